import fc from '../../support/properties'
import { describe, expect, it } from 'vitest'
import { readWords, writeWord } from '../../../src/renderer/query/query-words'

const meaning = (text: string): [string | null, string][] =>
  readWords(text).words.map(({ field, value }) => [field, value])
const faults = (text: string): string[] => readWords(text).faults.map(({ message }) => message)

describe('the words of a query', () => {
  it('are values with a field before them or without, apart by any space', () => {
    expect(meaning(' split:test\tclass:Iris  petal ')).toEqual([
      ['split', 'test'],
      ['class', 'Iris'],
      [null, 'petal'],
    ])
  })

  it('hold spaces and signs together in quotes', () => {
    expect(meaning('class:"Colts Foot" "split:test" "say \\"a\\\\b\\""')).toEqual([
      ['class', 'Colts Foot'],
      [null, 'split:test'],
      [null, 'say "a\\b"'],
    ])
  })

  it('have a field only where letters stand before the colon', () => {
    expect(meaning('12:30 a/b:c')).toEqual([
      [null, '12:30'],
      [null, 'a/b:c'],
    ])
  })

  it('say where the text cannot be read, and why', () => {
    expect(faults('class:"Colts Foot')).toEqual(['The quotation mark before Colts Foot is not closed.'])
    expect(faults('a"b c"')[0]).toContain('inside a"b')
    expect(faults('"a"b')).toEqual(['A space is missing between "a" and b.'])
    expect(faults('"a\\q" b')[0]).toContain('In quotes, a backslash can come only before')
    expect(faults('"\\u{110000}"')).toHaveLength(1)
    expect(readWords('x "a').faults[0]).toMatchObject({ from: 2, to: 4 })
  })

  it('are read as they were written, whatever the value, and stand on one line', () => {
    fc.assert(
      fc.property(
        fc.option(fc.constantFrom('split', 'class', 'x-y')),
        fc.string({ unit: 'binary' }),
        (field, value) => {
          const text = writeWord(field, value)
          expect(text).not.toMatch(/[\n\r]/)
          expect(faults(text)).toEqual([])
          expect(meaning(text)).toEqual([[field, value]])
        },
      ),
    )
  })

  it('keep even half of a pair of code units, which the name of a file may have', () => {
    expect(meaning(writeWord('class', 'a\ud83d'))).toEqual([['class', 'a\ud83d']])
  })

  it('cover the text that is typed, whatever it is: each part of it is a word, a fault or a space', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', ':', '"', '\\', ' ', 'u{4', '}') }), (text) => {
        const { words, faults: found } = readWords(text)
        const covered = new Set<number>()
        for (const { from, to } of [...words, ...found]) {
          for (let at = from; at < to; at++) covered.add(at)
        }
        const rest = [...text].filter((_, at) => !covered.has(at)).join('')
        expect(rest.trim()).toBe('')
      }),
    )
  })
})
