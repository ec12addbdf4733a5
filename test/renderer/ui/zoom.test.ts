import fc from '../../support/properties'
import { describe, expect, it } from 'vitest'
import { fitScale, fitted, isLarger, panned, percentOf, zoomed } from '../../../src/renderer/ui/zoom'

const stage = { widthPx: 800, heightPx: 600 }
const photo = { widthPx: 4000, heightPx: 2000 }
const middle = { xPx: 400, yPx: 300 }

describe('an image on its stage', () => {
  it('fits in the middle, small ones enlarged', () => {
    expect(fitted(photo, stage)).toEqual({ scale: 0.2, leftPx: 0, topPx: 100 })
    expect(fitted({ widthPx: 32, heightPx: 32 }, stage)).toEqual({ scale: 18.75, leftPx: 100, topPx: 0 })
    expect(fitScale({ widthPx: 1, heightPx: 1 }, stage)).toBe(64)
  })

  it('is at 100 % where one of its pixels is one of the screen', () => {
    expect(percentOf({ scale: 1, leftPx: 0, topPx: 0 }, 1)).toBe(100)
    expect(percentOf({ scale: 0.5, leftPx: 0, topPx: 0 }, 2)).toBe(100)
  })

  it('keeps under the pointer what was there, where no edge is in the way', () => {
    const before = zoomed(fitted(photo, stage), 1, middle, photo, stage)
    const point = { xPx: 200, yPx: 500 }
    const after = zoomed(before, 2, point, photo, stage)
    const under = (view: typeof before): number[] => [
      (point.xPx - view.leftPx) / view.scale,
      (point.yPx - view.topPx) / view.scale,
    ]
    expect(under(after)[0]).toBeCloseTo(under(before)[0] ?? NaN)
    expect(under(after)[1]).toBeCloseTo(under(before)[1] ?? NaN)
  })

  it('is moved as far as its edges and no further', () => {
    const whole = zoomed(fitted(photo, stage), 1, middle, photo, stage)
    expect(isLarger(whole, photo, stage)).toBe(true)
    expect(panned(whole, { xPx: 1e6, yPx: 1e6 }, photo, stage)).toMatchObject({ leftPx: 0, topPx: 0 })
    expect(panned(whole, { xPx: -1e6, yPx: -1e6 }, photo, stage)).toMatchObject({
      leftPx: -3200,
      topPx: -1400,
    })
    const fit = fitted(photo, stage)
    expect(isLarger(fit, photo, stage)).toBe(false)
    expect(panned(fit, { xPx: 50, yPx: 50 }, photo, stage)).toEqual(fit)
  })

  it('whatever its size and wherever one zooms: it shows no gap beside a larger image, and it is never lost', () => {
    const length = fc.integer({ min: 1, max: 20_000 })
    const size = fc.record({ widthPx: length, heightPx: length })
    const point = fc.record({ xPx: fc.nat(2000), yPx: fc.nat(2000) })
    fc.assert(
      fc.property(
        size,
        size,
        fc.array(fc.tuple(fc.double({ min: 0.1, max: 10, noNaN: true }), point)),
        (own, room, turns) => {
          let view = fitted(own, room)
          for (const [factor, at] of turns) {
            view = zoomed(view, view.scale * factor, at, own, room)
            view = panned(view, { xPx: at.xPx - 1000, yPx: at.yPx - 1000 }, own, room)
            for (const [offsetPx, lengthPx, roomPx] of [
              [view.leftPx, own.widthPx * view.scale, room.widthPx],
              [view.topPx, own.heightPx * view.scale, room.heightPx],
            ] as const) {
              if (lengthPx > roomPx) {
                expect(offsetPx).toBeLessThanOrEqual(1e-6)
                expect(offsetPx + lengthPx).toBeGreaterThanOrEqual(roomPx - 1e-6)
              } else expect(offsetPx).toBeCloseTo((roomPx - lengthPx) / 2)
            }
          }
        },
      ),
    )
  })
})
