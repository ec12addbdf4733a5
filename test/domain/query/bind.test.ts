import { describe, expect, it } from 'vitest'
import { readQuery } from '../../../src/domain/query/bind'
import { subjects, type Subject } from '../../../src/domain/query/field'
import { fieldsOf } from '../../../src/domain/query/fields'

const classNames = ['Colts Foot', 'Iris', 'and', 'a "quoted" one', 'a*b', 'iris two', '1..2']
const read = (text: string, subject: Subject = 'images') => readQuery(text, subject, { classNames })
const wrong = { kind: 'codes', column: 'wrong', codes: [1] }

/** What a number's word asks for. */
function range(text: string, subject: Subject = 'images'): unknown {
  const { bound, faults } = read(text, subject)
  expect(faults).toEqual([])
  // What is not said, of predictions and runs, comes first.
  const test = bound.test.kind === 'and' ? bound.test.terms.at(-1) : bound.test
  if (test?.kind !== 'number') return test
  return `${test.isLowOpen ? '(' : '['}${test.low}, ${test.high}${test.isHighOpen ? ')' : ']'}`
}

describe('a query with many faults', () => {
  it('says each, with what may be meant for the first few', () => {
    const text = Array.from({ length: 30 }, (_, index) => `widht${index}:1`).join(' ')
    const { faults } = readQuery(text, 'images', { classNames: [] })
    expect(faults).toHaveLength(30)
    expect(faults.filter(({ message }) => message.includes('Did you mean'))).toHaveLength(5)
  })
})

it('repeats of a value without end only its ends', () => {
  const [fault] = read(`split:${'x'.repeat(100_000)}`).faults
  expect(fault?.message.length).toBeLessThan(1000)
  expect(fault?.message).toMatch(/^split: takes .* … x+\.$/)
  const [quoted] = read(`${'x'.repeat(100_000)}"y`).faults
  expect(quoted?.message).toMatch(/^There is a quotation mark inside x+ … .*inside them\.$/)
})

describe('what a query means', () => {
  it.each(subjects.flatMap((subject) => fieldsOf(subject).map((field) => [subject, field] as const)))(
    'reads the example of %s: %o',
    (subject, { example, type, help }) => {
      const vocabulary = { classNames: ['Colts Foot', 'Iris', 'Crocus'] }
      const { bound, faults } = readQuery(example, subject, vocabulary)
      expect(faults).toEqual([])
      expect(bound.test.kind).not.toBe('every')
      expect(help).toMatch(/\.$/)
      expect(type.kind).not.toBe('')
    },
  )

  it.each([
    ['width<96', '[-Infinity, 96)'],
    ['width<=96', '[-Infinity, 96]'],
    ['width>96px', '(96, Infinity]'],
    ['width:96', '[96, 96]'],
    ['width:96..', '[96, Infinity]'],
    ['width:..96', '[-Infinity, 96]'],
    ['bytes:1kB..2MB', '[1000, 2000000]'],
    ['bytes:2MB', '[1500000, 2500000)'],
  ])('reads %s of an image as %s', (text, expected) => {
    expect(range(text)).toBe(expected)
  })

  it('takes a number with a fraction for all that rounds to it', () => {
    expect(range('confidence:0.125', 'predictions')).toBe('[0.1245, 0.1255)')
    expect(range('confidence:0.5', 'predictions')).toBe('[0.495, 0.505)')
    expect(range('confidence:0.2..0.5', 'predictions')).toBe('[0.2, 0.5]')
    expect(range('confidence>50%', 'predictions')).toBe('(0.5, Infinity]')
    expect(range('rank:top5', 'predictions')).toBe('[1, 5]')
  })

  it('takes a day from its beginning to its end', () => {
    const [start, end] = [new Date(2026, 10, 20).getTime(), new Date(2026, 10, 21).getTime()]
    expect(range('created:2026-11-20', 'runs')).toBe(`[${start}, ${end})`)
    expect(range('created>2026-11-20', 'runs')).toBe(`[${end}, Infinity]`)
    expect(range('created:2026-11-19..2026-11-20', 'runs')).toBe(`[${start - 86_400_000}, ${end})`)
    expect(read('created:2026-02-30', 'runs').faults[0]?.message).toContain('takes a day')
  })

  it('finds a class by its name, in capital letters or not, or by some of its letters and *', () => {
    const codes = (text: string): unknown => read(text).bound.test
    expect(codes('class:"colts foot"')).toEqual({ kind: 'codes', column: 'class', codes: [0] })
    expect(codes('label:iris*')).toEqual({ kind: 'codes', column: 'class', codes: [1, 5] })
    expect(codes('class:"a\\*b"')).toEqual({ kind: 'codes', column: 'class', codes: [4] })
    expect(codes('class:1..2')).toEqual({ kind: 'codes', column: 'class', codes: [6] })
    expect(read('class:IRIS', 'predictions').bound.test).toEqual({
      kind: 'and',
      terms: [wrong, { kind: 'codes', column: 'label', codes: [1] }],
    })
  })

  it('asks for wrong predictions unless something else is said', () => {
    expect(read('', 'predictions').bound.test).toEqual({ kind: 'and', terms: [wrong, { kind: 'every' }] })
    expect(read('is:any', 'predictions').bound.test).toEqual({ kind: 'every' })
    expect(read('is:right', 'predictions').bound.test).toEqual({ ...wrong, codes: [0] })
    expect(read('(is:right or loss>2)', 'predictions').bound.test.kind).toBe('or')
    expect(read('is:turned', 'predictions').bound.test.kind).toBe('and')
  })

  it('looks for a word alone in the path, and among predictions in the names of both classes', () => {
    expect(read('IRIS').bound.test).toEqual({
      kind: 'text',
      column: 'path',
      pieces: ['iris'],
      isWhole: false,
    })
    expect(read('is:any iris', 'predictions').bound.test).toMatchObject({
      kind: 'and',
      terms: [
        {},
        {
          kind: 'or',
          terms: [{ column: 'path' }, { column: 'label', codes: [1, 5] }, { column: 'predicted' }],
        },
      ],
    })
  })

  it('keeps the order: by several fields, the first counts most', () => {
    expect(read('sort:label,-loss', 'predictions').bound.order).toEqual([
      { column: 'label', descending: false },
      { column: 'loss', descending: true },
    ])
  })

  it.each([
    ['images', 'split:tset', 'split: takes train, val or test, not tset. Did you mean split:test?', 6, 10],
    ['images', 'clas:Iris', 'There is no field clas. Did you mean class?', 0, 4],
    ['images', 'x label: ', 'label: needs the name of a class, such as label:"Colts Foot".', 2, 8],
    ['images', 'class:Iriss', 'There is no class Iriss. Did you mean class:Iris?', 6, 11],
    ['images', 'loss>2', 'There is no field loss. ', 0, 4],
    ['images', 'http://x', 'put it in quotes', 0, 4],
    [
      'images',
      'width:wide',
      'width: takes a number (with px or without) or a range, such as width<96, not wide.',
      6,
      10,
    ],
    ['images', 'width:9..3', 'goes from 9 down to 3', 6, 10],
    ['images', 'width<1..3', 'a range follows a colon', 6, 10],
    ['images', 'path>x', 'path is no number', 0, 6],
    ['images', 'sort:aspct', 'There is no field aspct. Did you mean aspect?', 5, 10],
    ['images', 'sort:same', 'Nothing can be ordered by same.', 5, 9],
    ['images', 'tag:', 'tag: needs some text, such as tag:hard.', 0, 4],
    ['images', 'bytes>2TB', 'bytes: takes a number (with B, kB, MB, GB or without)', 6, 9],
    ['predictions', 'rank<top5', 'write rank:top5', 5, 9],
    ['predictions', 'predcited:Iris', 'Did you mean predicted', 0, 9],
    [
      'predictions',
      'is:worng',
      'is: takes wrong, right, any, turned, upright, relabelled, excluded, noted, tagged, doubted or near-duplicate, not worng. Did you mean is:wrong?',
      3,
      8,
    ],
    ['runs', 'state:finished', 'state: takes starting', 6, 14],
    ['runs', 'accuracy>high', 'accuracy: takes a number', 9, 13],
  ] as const)('says of %s what is wrong in %s', (subject, text, words, from, to) => {
    const { faults } = read(text, subject)
    expect(faults).toHaveLength(1)
    expect(faults[0]?.message).toContain(words)
    expect([faults[0]?.from, faults[0]?.to]).toEqual([from, to])
  })
})
