import fc from '../../support/properties'
import { describe, expect, it } from 'vitest'
import { evenPlaces, thinPlaces } from '../../../src/renderer/charts/decimate'

const counting = (length: number): number[] => Array.from({ length }, (_, index) => index)

describe('decimation', () => {
  it('keeps first, least, greatest and last of each column', () => {
    const ys = [5, 9, 1, 4, 2, 2, 2, 2]
    expect(thinPlaces(counting(8), ys, (x) => x / 4)).toEqual([0, 1, 2, 3, 4, 7])
  })

  it('keeps the extremes of any series and is bounded by the columns', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 500 }),
        (ys) => {
          const places = thinPlaces(counting(ys.length), ys, (x) => (x / ys.length) * 20)
          const kept = places.map((place) => ys[place] ?? 0)
          expect(Math.max(...kept)).toBe(Math.max(...ys))
          expect(Math.min(...kept)).toBe(Math.min(...ys))
          expect(places.length).toBeLessThanOrEqual(80)
          expect(places).toEqual([...new Set(places)].sort((a, b) => a - b))
          expect(places.at(-1)).toBe(ys.length - 1)
        },
      ),
    )
  })

  it('leaves out what is not finite', () => {
    expect(thinPlaces(counting(3), [1, Number.NaN, 2], (x) => x)).toEqual([0, 2])
    expect(thinPlaces([], [], (x) => x)).toEqual([])
  })
})

describe('a long table', () => {
  it('spreads the rows of a long table evenly, both ends in', () => {
    expect(evenPlaces(3, 10)).toEqual([0, 1, 2])
    expect(evenPlaces(101, 5)).toEqual([0, 25, 50, 75, 100])
  })
})
