import { expect, it } from 'vitest'
import { mcnemarExact } from '../../../src/domain/statistics/mcnemar'

// statsmodels 0.14, `mcnemar(table, exact=True)`
it.each([
  [1, 0, 1],
  [23, 9, 0.020061607006937265],
  [5, 5, 1],
  [120, 80, 0.005685155996750306],
  [2000, 1900, 0.11289365225934829],
])('%i fixed and %i broken have the p-value that statsmodels gives', (fixed, broken, p) => {
  expect(mcnemarExact(fixed, broken)).toBeCloseTo(p, 12)
  expect(mcnemarExact(broken, fixed)).toBeCloseTo(p, 12)
})

it('two models that differ on no image have a p-value of 1', () => {
  expect(mcnemarExact(0, 0)).toBe(1)
})

it('a p-value too small for its sum of powers is still above 0', () => {
  expect(mcnemarExact(1500, 0)).toBe(0)
  expect(mcnemarExact(1000, 0)).toBeGreaterThan(0)
})
