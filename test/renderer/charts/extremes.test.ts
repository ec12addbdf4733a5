import { describe, expect, it } from 'vitest'
import { Extremes } from '../../../src/renderer/charts/extremes'
import fc from '../../support/properties'

const value = fc.oneof(fc.double({ noDefaultInfinity: true }), fc.constant(Number.NaN))

describe('extremes', () => {
  it('are those of any stretch, whatever is missing in it', () => {
    fc.assert(
      fc.property(fc.array(value, { maxLength: 300 }), fc.nat(300), fc.nat(300), (values, one, other) => {
        const [from, to] = [
          Math.min(one, other, values.length),
          Math.min(Math.max(one, other), values.length),
        ]
        const extremes = new Extremes(Float64Array.from(values))
        const there = values.slice(from, to).filter((each) => !Number.isNaN(each))
        expect(extremes.find(from, to)).toBe(there.length > 0)
        if (there.length === 0) return
        // 0 and −0 are the same height
        expect(extremes.low === Math.min(...there)).toBe(true)
        expect(extremes.high === Math.max(...there)).toBe(true)
      }),
    )
  })

  it('of a band are the least of its lower and the greatest of its upper edge', () => {
    const extremes = new Extremes(Float64Array.of(3, 1, 2), Float64Array.of(4, 9, 5))
    expect(extremes.find(0, 3)).toBe(true)
    expect([extremes.low, extremes.high]).toEqual([1, 9])
  })
})
