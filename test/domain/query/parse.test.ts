import { describe, expect, it } from 'vitest'
import { parseQuery } from '../../../src/domain/query/parse'
import { printQuery, printWord } from '../../../src/domain/query/print'
import { allOf, anyOf, type Expression, type Query, type Value } from '../../../src/domain/query/tree'
import fc from '../../support/properties'

/** Where a thing stands in the text is no part of what it says. */
function meaning(query: Query): unknown {
  return JSON.parse(
    JSON.stringify(query, (key, value: unknown) => (key === 'from' || key === 'to' ? undefined : value)),
  )
}

const nowhere = { from: 0, to: 0 }
const fieldName = fc.stringMatching(/^[A-Za-z][\w-]{0,8}$/).filter((name) => name.toLowerCase() !== 'sort')
const end = fc.stringMatching(/^-?\d{1,4}(\.\d{1,3})?(kB|%)?$/)
const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 8 }),
  fc.string({ unit: 'binary', maxLength: 5 }),
)
const texts: fc.Arbitrary<Value> = fc
  .array(text, { minLength: 1, maxLength: 3 })
  .map((pieces) => ({ kind: 'text', pieces, ...nowhere }))
const ranges: fc.Arbitrary<Value> = fc
  .tuple(fc.option(end, { nil: '' }), end)
  .map(([low, high]) => ({ kind: 'range', low, high, ...nowhere }))
const words: fc.Arbitrary<Expression> = fc.oneof(
  texts.map((value): Expression => ({ kind: 'match', field: null, sign: ':', values: [value], ...nowhere })),
  fc
    .record({
      field: fieldName,
      sign: fc.constantFrom(':' as const, '<' as const, '<=' as const, '>' as const, '>=' as const),
      values: fc.array(fc.oneof(texts, ranges), { minLength: 1, maxLength: 3 }),
    })
    .map((match): Expression => ({ kind: 'match', ...match, ...nowhere })),
)
const expressions = fc.letrec<{ any: Expression; many: Expression }>((tie) => ({
  any: fc.oneof({ maxDepth: 4 }, words, tie('many')),
  many: fc.oneof(
    tie('any').map((term): Expression => ({ kind: 'not', term })),
    fc
      .tuple(fc.boolean(), fc.array(tie('any'), { minLength: 2, maxLength: 4 }))
      .map(([isAnd, terms]) => (isAnd ? allOf(terms) : anyOf(terms)) as Expression),
  ),
})).any
const sortKeys = fc.array(
  fc.record({
    field: fc
      .string({ minLength: 1, maxLength: 6 })
      .filter((name) => !name.startsWith('-') && !name.includes('*')),
    descending: fc.boolean(),
  }),
  { maxLength: 3 },
)
const queries: fc.Arbitrary<Query> = fc.record({
  where: fc.option(expressions),
  sort: sortKeys.map((keys) => keys.map((key) => ({ ...key, ...nowhere }))),
})

describe('the grammar of queries', () => {
  it('reads what it prints: every tree comes back from its text', () => {
    fc.assert(
      fc.property(queries, (query) => {
        const { query: read, faults } = parseQuery(printQuery(query))
        expect(faults).toEqual([])
        expect(meaning(read)).toEqual(meaning(query))
      }),
      { numRuns: 1500 },
    )
  })

  it('answers every text, with faults that lie inside it', () => {
    const signs = fc.constantFrom(
      '(',
      ')',
      '"',
      '-',
      ' ',
      'or',
      'not',
      'and',
      'a',
      ':',
      'is:',
      '\\',
      '..',
      'sort:',
    )
    fc.assert(
      fc.property(fc.array(signs, { maxLength: 14 }), (parts) => {
        const whole = parts.join('')
        const { query, faults } = parseQuery(whole)
        for (const { from, to, message } of faults) {
          expect(message).toMatch(/[.?]$/)
          expect(from).toBeGreaterThanOrEqual(0)
          expect(to).toBeGreaterThanOrEqual(from)
          expect(to).toBeLessThanOrEqual(whole.length)
        }
        if (faults.length === 0) expect(meaning(parseQuery(printQuery(query)).query)).toEqual(meaning(query))
      }),
      { numRuns: 2000 },
    )
  })

  it.each([
    ['a b or c -d', 'a b or c -d'],
    ['a and b', 'a b'],
    ['a AND (b)', 'a b'],
    ['a (b c)', 'a b c'],
    ['(a or b) c', '(a or b) c'],
    ['not a', '-a'],
    ['not (a b)', '-(a b)'],
    ['split = x', 'split "=" x'],
    ['width=96', 'width:96'],
    ['IMG(1).jpg', '"IMG(1).jpg"'],
    ['(name:a(1).jpg)', 'name:"a(1).jpg"'],
    ['sort:path a sort:-loss', 'a sort:path,-loss'],
    ['"or"', '"or"'],
    ['orchid android notes', 'orchid android notes'],
    ['class:"Colts Foot",Iris', 'class:"Colts Foot",Iris'],
    ['name:"a \\* b*"', 'name:"a \\* b*"'],
    ['../x', '../x'],
    ['', ''],
  ])('reads %s', (given, printed) => {
    const { query, faults } = parseQuery(given)
    expect(faults).toEqual([])
    expect(printQuery(query)).toBe(printed)
  })

  it.each([
    ['a or', 'nothing after this or', 2, 4],
    ['or a', 'nothing before this or', 0, 2],
    ['a and', 'nothing after this and', 2, 5],
    ['(a', 'not closed', 0, 1],
    ['a )', 'closes none', 2, 3],
    ['()', 'nothing in these brackets', 0, 2],
    ['x -', 'nothing after the minus', 2, 3],
    ['not', 'nothing after not', 0, 3],
    ['a "b', 'not closed', 2, 4],
    ['a"b"', 'quotation mark inside', 0, 4],
    ['"a"b', 'A space is missing', 0, 4],
    ['"\\d"', 'backslash', 0, 4],
    ['-sort:path', 'outside of brackets', 1, 10],
    ['(a sort:path)', 'outside of brackets', 3, 12],
    ['sort:', 'takes a field', 0, 5],
    ['a '.padEnd(120, '-') + 'a', 'inside one another', 42, 121],
  ])('refuses %s', (given, words, from, to) => {
    const { faults } = parseQuery(given)
    expect(faults[0]?.message).toContain(words)
    expect([faults[0]?.from, faults[0]?.to]).toEqual([from, to])
  })

  it('quotes a value where its signs could mean something', () => {
    expect(printWord('class', 'Colts Foot')).toBe('class:"Colts Foot"')
    expect(printWord('class', 'a*"b"')).toBe('class:"a\\*\\"b\\""')
    expect(printWord(null, '-x')).toBe('"-x"')
    expect(printWord('class', 'and')).toBe('class:"and"')
    expect(printWord('class', '1..2')).toBe('class:"1..2"')
  })
})
