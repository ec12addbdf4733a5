import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { fleissKappa, kappaSampler, middleInterval } from '../../../src/domain/statistics/fleiss'

const { fleissKappa: reference } = JSON.parse(
  readFileSync('test/fixtures/reference/statistics.json', 'utf8'),
) as { fleissKappa: { counts: number[][]; kappa: number } }

it('κ is what statsmodels gives', () => {
  expect(fleissKappa(reference.counts)).toBeCloseTo(reference.kappa, 14)
})

it('raters who always agree, on more than one answer, have a κ of 1', () => {
  const counts = [
    [3, 0],
    [0, 2],
    [5, 0],
  ]
  expect(fleissKappa(counts)).toBe(1)
})

it('of images with one rater, and of one answer alone, nothing is said', () => {
  expect(
    fleissKappa([
      [1, 0],
      [0, 1],
    ]),
  ).toBeNull()
  expect(
    fleissKappa([
      [3, 0],
      [2, 0],
    ]),
  ).toBeNull()
  expect(fleissKappa([])).toBeNull()
  expect(middleInterval([])).toBeNull()
})

it('an image with one rater changes nothing', () => {
  expect(fleissKappa([...reference.counts, [1, 0, 0, 0]])).toBeCloseTo(reference.kappa, 14)
})

it('the interval holds κ, is the same for the same seed, and narrows with more images', () => {
  const at = (counts: number[][], seed: number) => {
    const sample = kappaSampler(counts, seed)
    return middleInterval(Array.from({ length: 400 }, (_, number) => sample(number) ?? NaN))
  }
  const once = at(reference.counts, 1)
  expect(once?.low).toBeLessThan(reference.kappa)
  expect(once?.high).toBeGreaterThan(reference.kappa)
  expect(at(reference.counts, 1)).toEqual(once)
  expect(at(reference.counts, 2)).not.toEqual(once)
  const many = at(Array.from({ length: 10 }, () => reference.counts).flat(), 1)
  const width = (found: typeof once) => (found === null ? NaN : found.high - found.low)
  expect(width(many)).toBeLessThan(width(once) / 2)
})

it('of a sample of images that say nothing there is no κ', () => {
  expect(kappaSampler([[3, 0]], 1)(0)).toBeNull()
  expect(kappaSampler([], 1)(0)).toBeNull()
})
