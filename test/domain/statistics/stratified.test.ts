import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { stratifiedAccuracy, type Strata } from '../../../src/domain/statistics/stratified'

const { stratified } = JSON.parse(readFileSync('test/fixtures/reference/statistics.json', 'utf8')) as {
  stratified: Strata & { estimate: number; standardError: number; low: number; high: number }
}

it('estimate, standard error and interval are those of the reference', () => {
  const found = stratifiedAccuracy(stratified)
  expect(found.value).toBeCloseTo(stratified.estimate, 14)
  expect(found.standardError).toBeCloseTo(stratified.standardError, 14)
  expect(found.low).toBeCloseTo(stratified.low, 14)
  expect(found.high).toBeCloseTo(stratified.high, 14)
})

it('a sample that is all right still has an interval, and never one beyond what there is', () => {
  const found = stratifiedAccuracy({ ...stratified, sampledRight: stratified.sampled })
  expect(found.value).toBeCloseTo((41 + 940) / 1000, 14)
  expect(found.low).toBeLessThan(found.value - 0.01)
  expect(found.high).toBeCloseTo(found.value, 14)
})

it('where all others were judged, too, nothing is uncertain', () => {
  const found = stratifiedAccuracy({ ...stratified, sampled: 940, sampledRight: 930 })
  expect(found).toMatchObject({ value: 0.971, low: 0.971, high: 0.971 })
})

it('of one sampled image there is none', () => {
  expect(() => stratifiedAccuracy({ ...stratified, sampled: 1, sampledRight: 1 })).toThrow(RangeError)
})
