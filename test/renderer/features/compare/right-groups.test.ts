import { expect, it } from 'vitest'
import { setWord, valuesOf } from '../../../../src/domain/query/edit'
import { rightGroups } from '../../../../src/renderer/features/compare/right-groups'

it('are the numbers themselves of a few runs', () => {
  expect(rightGroups([5, 2, 9]).map(({ right, name, count }) => [right, name, count])).toEqual([
    ['0', '0 right', 5],
    ['1', '1 right', 2],
    ['2', '2 right', 9],
  ])
})

it('are never, sometimes and always of many, each a query', () => {
  const counts = [3, 1, 1, 0, 2, 4, 0, 7]
  expect(rightGroups(counts).map(({ right, count }) => [right, count])).toEqual([
    ['0', 3],
    ['1..6', 8],
    ['7', 7],
  ])
  // the query says which one is shown
  const query = setWord('label:Iris', 'compared', 'right', 'right:1..6')
  expect(valuesOf(query, 'compared', 'right').asked).toEqual(['1..6'])
})
