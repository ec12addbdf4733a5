import fc from '../support/properties'
import { describe, expect, it } from 'vitest'
import { shapedWithin, squashedTo } from '../../src/main/images/kept-size'

const side = fc.integer({ min: 1, max: 8000 })

describe('the size at which an image is kept', () => {
  it('is never larger than the file’s, and once kept stays as it is', () => {
    for (const kept of [squashedTo(448), shapedWithin(192, 64), shapedWithin(64, 64)]) {
      fc.assert(
        fc.property(side, side, (widthPx, heightPx) => {
          const found = kept.of({ widthPx, heightPx })
          expect(found.widthPx).toBeLessThanOrEqual(widthPx)
          expect(found.heightPx).toBeLessThanOrEqual(heightPx)
          expect(kept.takes(found)).toBe(true)
          expect(kept.of(found)).toEqual(found)
          expect(kept.takes({ widthPx, heightPx })).toBe(
            found.widthPx === widthPx && found.heightPx === heightPx,
          )
        }),
      )
    }
  })

  it('for a square crop is squashed: each axis for itself', () => {
    expect(squashedTo(448).of({ widthPx: 1000, heightPx: 300 })).toEqual({ widthPx: 448, heightPx: 300 })
    expect(squashedTo(448).most).toEqual({ widthPx: 448, heightPx: 448 })
  })

  it('for an inception crop keeps the shape within one part in the crop’s side, and as many pixels as a square', () => {
    const kept = shapedWithin(192, 64)
    fc.assert(
      fc.property(side, side, (widthPx, heightPx) => {
        const found = kept.of({ widthPx, heightPx })
        const stretch = (found.widthPx / found.heightPx) * (heightPx / widthPx)
        expect(Math.abs(Math.log(stretch))).toBeLessThan(1 / 64)
        const isPanorama = Math.max(widthPx, heightPx) > 9 * Math.min(widthPx, heightPx)
        // rounding adds at most half a pixel to each side
        if (!isPanorama) expect((found.widthPx - 0.5) * (found.heightPx - 0.5)).toBeLessThanOrEqual(192 ** 2)
        expect(Math.min(found.widthPx, found.heightPx)).toBeGreaterThanOrEqual(
          Math.min(64, widthPx, heightPx),
        )
      }),
    )
    expect(kept.of({ widthPx: 4000, heightPx: 3000 })).toEqual({ widthPx: 222, heightPx: 166 })
    expect(kept.of({ widthPx: 8000, heightPx: 400 })).toEqual({ widthPx: 1280, heightPx: 64 })
    expect(kept.of({ widthPx: 8000, heightPx: 40 })).toEqual({ widthPx: 8000, heightPx: 40 })
  })

  it('has another name where it keeps other pixels', () => {
    const names = [squashedTo(64), squashedTo(192), shapedWithin(192, 64), shapedWithin(192, 96)].map(
      ({ name }) => name,
    )
    expect(new Set(names).size).toBe(4)
  })
})
