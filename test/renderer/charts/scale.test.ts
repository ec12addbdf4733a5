import { describe, expect, it } from 'vitest'
import { exponent, percent, plainNumber, threeDigits } from '../../../src/renderer/charts/format-axis'
import { linePath } from '../../../src/renderer/charts/paths'
import { makeScale, rangeOf } from '../../../src/renderer/charts/scale'

describe('axes', () => {
  it('puts equal ratios at equal distances on a log axis', () => {
    const scale = makeScale('log', 0.01, 1, true)
    expect(scale.at(1)).toBeCloseTo(0)
    expect(scale.at(0.1)).toBeCloseTo(0.5)
    expect(scale.at(0.01)).toBeCloseTo(1)
    expect(scale.ticks).toEqual([0.01, 0.03, 0.1, 0.3, 1])
  })

  it('draws zero and less at the bottom of a log axis', () => {
    expect(makeScale('log', 0.01, 1).at(0)).toBe(1)
    expect(makeScale('log', 0.01, 1).at(-3)).toBe(1)
  })

  it('has whole decades over many, and lines even within a small part of one', () => {
    expect(makeScale('log', 1e-6, 1, true).ticks).toEqual([1e-6, 1e-5, 1e-4, 1e-3, 0.01, 0.1, 1])
    expect(makeScale('log', 2.02, 2.09).ticks.length).toBeGreaterThanOrEqual(2)
  })

  it('has round lines on a linear axis and does not go below zero for values that do not', () => {
    const scale = makeScale('linear', 0.02, 2.9)
    expect(scale.low).toBe(0)
    expect(scale.ticks).toEqual([0, 1, 2, 3])
    expect(scale.at(0)).toBe(1)
  })

  it('takes one value as a range', () => {
    expect(makeScale('linear', 2, 2).ticks.length).toBeGreaterThan(1)
    expect(Number.isFinite(makeScale('log', 2, 2).at(2))).toBe(true)
  })

  it('ends where a range is a point, on an exact axis too', () => {
    expect(makeScale('log', 0.01, 0.01, true).ticks).toEqual([0.01])
    expect(makeScale('linear', 1e300, 1e300, true).ticks.length).toBeLessThan(20)
  })

  it('finds the range of what can be drawn', () => {
    expect(rangeOf('linear', [1, Number.NaN], [-2])).toEqual([-2, 1])
    expect(rangeOf('log', [1, 0, -4, 0.5])).toEqual([0.5, 1])
    expect(rangeOf('log', [0])).toBeNull()
  })
})

describe('paths', () => {
  const box = { width: 100, height: 50, xMin: 0, xMax: 10 }
  const scale = makeScale('linear', 0, 1, true)

  it('draws lines', () => {
    const points = { xs: [0, 10], ys: [1, 0] }
    expect(linePath(points, scale, box)).toBe('M0 0L100 50')
    expect(linePath({ xs: [], ys: [] }, scale, box)).toBe('')
  })

  it('draws a hundred thousand steps with a few points a pixel', () => {
    const xs = Array.from({ length: 100_000 }, (_, step) => step)
    const ys = xs.map((step) => (step * 7919) % 1000)
    const path = linePath({ xs, ys }, makeScale('linear', 0, 1000), { ...box, width: 800, xMax: 100_000 })
    expect(path.split('L').length).toBeLessThanOrEqual(4 * 801)
  })
})

describe('numbers', () => {
  it('are short and have real minus signs', () => {
    expect(plainNumber(0.052_71)).toBe('0.0527')
    expect(plainNumber(2.3)).toBe('2.3')
    expect(plainNumber(0)).toBe('0')
    expect(plainNumber(0.000_012_3)).toBe('1.23e−5')
    expect(plainNumber(Number.NaN)).toBe('not finite')
    expect([0.23, 1.7, 0.0512, 123.4, 0, 2e-6].map(threeDigits)).toEqual([
      '0.230',
      '1.70',
      '0.0512',
      '123',
      '0',
      '2e−6',
    ])
    expect(exponent(3e-4)).toBe('3e−4')
    expect(exponent(0)).toBe('0')
    expect(percent(0.9265, 2)).toBe('92.65 %')
  })
})
