import fc from '../support/properties'
import { expect, test } from 'vitest'
import { betaSample, normalSample, permutation, randomStream } from '../../src/domain/random'

function draws(count: number, next: () => number): number[] {
  return Array.from({ length: count }, next)
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

test('the same keys give the same numbers, and any other key gives others', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat({ max: 2 ** 40 }), { minLength: 1, maxLength: 4 }),
      fc.nat(3),
      (keys, place) => {
        const first = draws(4, randomStream(...keys))
        expect(draws(4, randomStream(...keys))).toEqual(first)
        const changed = keys.map((key, index) => (index === place % keys.length ? key + 1 : key))
        expect(draws(4, randomStream(...changed))).not.toEqual(first)
        expect(draws(4, randomStream(...keys, 0))).not.toEqual(first)
      },
    ),
  )
})

test('numbers fill [0, 1) evenly, also the first of neighbouring streams', () => {
  const firsts = Array.from({ length: 20_000 }, (_, step) => randomStream(7, 2, step)())
  for (const sample of [firsts, draws(20_000, randomStream(7))]) {
    expect(Math.min(...sample)).toBeGreaterThanOrEqual(0)
    expect(Math.max(...sample)).toBeLessThan(1)
    const bins = new Array<number>(10).fill(0)
    for (const value of sample) bins[Math.floor(value * 10)] = (bins[Math.floor(value * 10)] ?? 0) + 1
    for (const count of bins) expect(Math.abs(count - 2000)).toBeLessThan(220) // five standard deviations
  }
})

test('a permutation holds every index once, and each place gets each index about equally often', () => {
  fc.assert(
    fc.property(fc.nat(300), fc.nat(), (length, seed) => {
      expect([...permutation(length, seed)].sort((a, b) => a - b)).toEqual(
        Array.from({ length }, (_, index) => index),
      )
    }),
  )
  const firsts = Array.from({ length: 5000 }, (_, seed) => permutation(5, seed)[0])
  for (let value = 0; value < 5; value++) {
    expect(Math.abs(firsts.filter((first) => first === value).length - 1000)).toBeLessThan(145)
  }
})

test.each([0.05, 0.1, 0.4, 1, 3, 10])(
  'Beta(%f, %f) has its mean 1/2 and its variance 1/(4(2α+1))',
  (alpha) => {
    const next = randomStream(11, Math.round(alpha * 100))
    const sample = draws(20_000, () => betaSample(alpha, next))
    expect(sample.every((value) => value >= 0 && value <= 1)).toBe(true)
    const variance = mean(sample.map((value) => (value - 0.5) ** 2))
    expect(mean(sample)).toBeCloseTo(0.5, 1)
    expect(variance * 4 * (2 * alpha + 1)).toBeGreaterThan(0.95)
    expect(variance * 4 * (2 * alpha + 1)).toBeLessThan(1.05)
  },
)

test('normal draws have mean 0 and variance 1', () => {
  const next = randomStream(5)
  const sample = draws(20_000, () => normalSample(next))
  expect(Math.abs(mean(sample))).toBeLessThan(0.04)
  expect(Math.abs(mean(sample.map((value) => value * value)) - 1)).toBeLessThan(0.06)
})

test('a Gamma draw of Beta begins anew where its cube is not positive, and draws nothing for it', () => {
  // of two numbers each normal is made: √(−2 ln 0.01) · cos π = −3.03, below −√6, which is the limit at α 1; then 0, whose
  // cube is 1, and a third that accepts it; and the same 0 for the other Gamma draw
  const script = [0.99, 0.5, 0, 0, 0.5, 0, 0, 0.5]
  const next = (): number => {
    const drawn = script.shift()
    if (drawn === undefined) throw new Error('More numbers are drawn than these.')
    return drawn
  }
  expect(betaSample(1, next)).toBe(0.5)
  expect(script).toEqual([])
})
