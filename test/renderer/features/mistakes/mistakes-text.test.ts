import fc from '../../../support/properties'
import { describe, expect, it } from 'vitest'
import {
  allMistakes,
  mistakesQueryOf,
  parseMistakesQuery,
  type MistakesQuery,
} from '../../../../src/renderer/features/mistakes/mistakes-query'
import { mistakesFields } from '../../../../src/renderer/features/mistakes/mistakes-text'
import { readQuery, writeQuery } from '../../../../src/renderer/query/query-fields'
import { hrefTo, parseRoute } from '../../../../src/renderer/routes'

const names = ['Colts Foot', 'Iris', 'any', '"', 'a:b']
const fields = mistakesFields(names)
const faultsOf = (text: string): string[] =>
  readQuery(text, fields, allMistakes).faults.map(({ message }) => message)

const share = fc.integer({ min: 0, max: 10_000 }).map((parts) => parts / 10_000)
const queries: fc.Arbitrary<MistakesQuery> = fc.record({
  which: fc.constantFrom('wrong', 'right', 'all'),
  label: fc.option(fc.nat(names.length - 1)),
  predicted: fc.option(fc.nat(names.length - 1)),
  group: fc.constantFrom('all', 'label-in-top-5', 'label-not-in-top-5'),
  order: fc.constantFrom('loss', 'confidence', 'path'),
  range: fc.option(
    fc.tuple(share, share).map(([one, other]) => ({ from: Math.min(one, other), to: Math.max(one, other) })),
  ),
  text: fc.oneof(fc.string({ unit: 'grapheme', maxLength: 12 }), fc.constantFrom('', 'label:Iris', 'a  b')),
})

describe('the query of the mistakes as a text', () => {
  it('is what one would write, and nothing for all mistakes', () => {
    expect(writeQuery(allMistakes, fields)).toBe('')
    const query = { ...allMistakes, label: 0, predicted: 1, range: { from: 0.5, to: 1 } } as const
    expect(writeQuery(query, fields)).toBe('label:"Colts Foot" prediction:Iris probability:0.5..1')
    expect(writeQuery({ ...allMistakes, which: 'all', group: 'label-in-top-5' }, fields)).toBe(
      'is:any rank:top5',
    )
  })

  it('takes words alone for a part of a class’s name or of a path', () => {
    expect(readQuery('colts foot', fields, allMistakes)).toEqual({
      state: { ...allMistakes, text: 'colts foot' },
      faults: [],
    })
  })

  it('reads every query that it writes; the order stays what it was', () => {
    fc.assert(
      fc.property(queries, (query) => {
        const { state, faults } = readQuery(writeQuery(query, fields), fields, {
          ...allMistakes,
          order: query.order,
        })
        expect(faults).toEqual([])
        expect(state).toEqual(query)
      }),
    )
  })

  it('stands for the same as the address', () => {
    fc.assert(
      fc.property(queries, (query) => {
        const { query: words } = parseRoute(hrefTo('mistakes', 7, mistakesQueryOf(query)))
        expect(parseMistakesQuery(words, names.length)).toEqual(query)
      }),
    )
  })

  it('has no class that the run has not, so that all that filters can be printed', () => {
    expect(parseMistakesQuery({ label: '5', predicted: '4' }, 5)).toEqual({ ...allMistakes, predicted: 4 })
  })

  it('says what is not understood', () => {
    expect(faultsOf('is:turned')).toEqual(['is: takes wrong, right or any, not turned.'])
    expect(faultsOf('rank:3')[0]).toContain('top5 or beyond5')
    for (const range of ['0.9..0.5', '0.5', '0..2', '-1..1', '0,5..1', '']) {
      expect(faultsOf(`probability:${range}`)[0]).toContain('a range from 0 to 1')
    }
    expect(faultsOf('x'.repeat(501))[0]).toContain('at most 500 characters')
    expect(faultsOf('prediction:Rose')).toEqual(['There is no class Rose.'])
  })
})
