import { describe, expect, it } from 'vitest'
import { datasetName, isolated, shownName, typedName } from '../../src/domain/names'

describe('a name beside another in a line', () => {
  it('turns nothing round but itself, whatever it is written in', () => {
    expect(isolated('red oak')).toBe('red oak')
    expect(isolated('כלב')).toBe('\u2068כלב\u2069')
    expect(isolated('گل')).toBe('\u2068گل\u2069')
    expect(isolated('\u2069\u202eesrever')).toBe('\u2068esrever\u2069')
  })
})

describe('a name that a user types', () => {
  it('is taken in every script, with signs, emoji and joiners, without space at its ends', () => {
    for (const name of ['flowers 17', 'Blüten (2)', 'گل‌ها', '花', 'été & été', '👩‍🌾', '#1'])
      expect(typedName(`  ${name} `, 'run')).toBe(name)
  })

  it.each([
    ['a\nb', 'U+000A'],
    ['a\tb', 'U+0009'],
    ['a\u001b[31mb', 'U+001B'],
    ['a\u0000b', 'U+0000'],
    ['a\u0085b', 'U+0085'],
    ['a\u2028b', 'U+2028'],
    ['a\u202egpj.b', 'U+202E'],
    ['a\u2066b', 'U+2066'],
    ['a\u200fb', 'U+200F'],
    ['a\ud800b', 'U+D800'],
  ])('is refused for a character that hides or turns what stands around it: %j', (name, code) => {
    const give = () => typedName(name, 'dataset')
    expect(give).toThrow(`cannot be the name of a dataset: it contains the control character ${code}`)
    expect(give).toThrow(`<${code}>`) // and is never shown as it is
  })

  it.each(['', '  ', '\u200b', '\u200d\u00ad'])('is refused where nothing of it can be seen: %j', (name) => {
    expect(() => typedName(name, 'run')).toThrow('it has no visible characters')
  })

  it.each(['5', '0012', 'run:5', 'published:BiT-M-R50x1', 'Path:/x'])(
    'is refused where it reads as the number or the address of another: %s',
    (name) => {
      expect(() => typedName(name, 'run')).toThrow(
        `“${name}” cannot be the name of a run: it reads as the number of one.`,
      )
      expect(typedName(name, 'file')).toBe(name)
    },
  )

  it('is refused for a dataset or a run where it is longer than is kept, and told by its beginning', () => {
    expect(typedName('花'.repeat(200), 'dataset')).toHaveLength(200)
    expect(() => typedName('x'.repeat(201), 'run')).toThrow(
      `“${'x'.repeat(60)}…” cannot be the name of a run: it has 201 characters.`,
    )
  })

  it('is refused for a folder where no file system would take it, by bytes', () => {
    expect(typedName('花'.repeat(85), 'folder')).toHaveLength(85)
    expect(() => typedName('花'.repeat(86), 'folder')).toThrow('it is too long')
    expect(typedName('花'.repeat(86), 'dataset')).toHaveLength(86)
  })
})

describe('a name that comes with a folder or a file', () => {
  it('is shown without what misleads, or else by what it is', () => {
    expect(shownName('two\nlines\u202e', 'model')).toBe('two lines')
    expect(shownName('\n\u200b', 'model')).toBe('model')
    expect(shownName('roses', 'model')).toBe('roses')
  })

  it('names a dataset as far as it can be a name', () => {
    expect(datasetName('roses')).toBe('roses')
    expect(datasetName('2019')).toBe('dataset 2019')
    expect(datasetName('\n')).toBe('dataset')
    expect(datasetName('x'.repeat(255))).toHaveLength(200)
  })
})
