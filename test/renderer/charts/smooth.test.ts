import fc from '../../support/properties'
import { describe, expect, it } from 'vitest'
import { bandWindowFor, rollingRange, smooth, smoothingFor } from '../../../src/renderer/charts/smooth'

describe('smoothing', () => {
  it('keeps the values with weight 0', () => {
    expect([...smooth([3, 1, 2], 0)]).toEqual([3, 1, 2])
  })

  it('has no start-up bias: the first value stands, and a constant stays constant', () => {
    const smoothed = smooth([5, 5, 5, 5], 0.86)
    for (const value of smoothed) expect(value).toBeCloseTo(5, 12)
  })

  it('is the weighted mean of what was seen', () => {
    // weights 0.5·0.5, 0.5 for the two values: (1·0.25 + 4·0.5) / 0.75
    expect(smooth([1, 4], 0.5)[1]).toBeCloseTo(3, 12)
  })

  it('goes on after a value that is not finite', () => {
    expect([...smooth([2, Number.NaN, 2], 0.5)]).toEqual([2, 2, 2])
    expect(smooth([Number.NaN], 0.5)[0]).toBeNaN()
  })

  it('smooths short runs less', () => {
    expect(smoothingFor(20)).toBeLessThan(smoothingFor(100))
    expect(smoothingFor(100)).toBeLessThan(smoothingFor(500))
    expect(smoothingFor(500)).toBe(0.86)
    expect(smoothingFor(10_000)).toBe(0.98)
    expect(smoothingFor(100_000)).toBeLessThan(1)
  })
})

describe('rolling range', () => {
  it('is the least and greatest of each window', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { maxLength: 60 }),
        fc.integer({ min: 1, max: 12 }),
        (values, window) => {
          const { low, high } = rollingRange(values, window)
          values.forEach((_, place) => {
            const seen = values.slice(Math.max(0, place - window + 1), place + 1)
            // 0 and −0 are the same height
            expect(low[place] === Math.min(...seen)).toBe(true)
            expect(high[place] === Math.max(...seen)).toBe(true)
          })
        },
      ),
    )
  })

  it('skips what is not finite', () => {
    expect([...rollingRange([1, Number.NaN, 3], 3).high]).toEqual([1, 1, 3])
  })

  it('takes ten steps where there are enough', () => {
    expect(bandWindowFor(500)).toBe(10)
    expect(bandWindowFor(20)).toBe(3)
    expect(bandWindowFor(10_000)).toBe(50)
  })
})
