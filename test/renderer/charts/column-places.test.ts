import { describe, expect, it } from 'vitest'
import { columnPlaces, firstAtOrAfter } from '../../../src/renderer/charts/column-places'
import fc from '../../support/properties'

const rising = fc
  .array(fc.integer({ min: 0, max: 1000 }), { maxLength: 200 })
  .map((list) => Float64Array.from(list).sort())

describe('the places of a pixel column', () => {
  it('are all of those whose x lies in it', () => {
    fc.assert(
      fc.property(rising, fc.integer({ min: 1, max: 60 }), (xs, width) => {
        const edges = columnPlaces(xs, { from: 100, to: 900 }, width)
        expect(edges).toHaveLength(width + 1)
        for (let column = 0; column <= width; column++) {
          const x = 100 + (column * 800) / width
          const expected = xs.findIndex((each) => each >= x)
          expect(edges[column]).toBe(expected < 0 ? xs.length : expected)
        }
      }),
    )
  })

  it('are found from a place on', () => {
    const xs = Float64Array.of(0, 10, 10, 20, 30)
    expect(firstAtOrAfter(xs, 10)).toBe(1)
    expect(firstAtOrAfter(xs, 11, 2)).toBe(3)
    expect(firstAtOrAfter(xs, 31)).toBe(5)
    expect(firstAtOrAfter(new Float64Array(), 1)).toBe(0)
  })
})
