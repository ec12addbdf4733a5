import { describe, expect, it } from 'vitest'
import {
  fitted,
  isInside,
  panned,
  pointAt,
  toPlane,
  toView,
  zoomed,
} from '../../../../src/renderer/features/map/camera'

const box = { widthPx: 400, heightPx: 300 }
const points = Float32Array.of(-1, 0, 3, 2, 1, 1)

describe('the view of a map', () => {
  it('shows all points at first', () => {
    const camera = fitted(points, box)
    for (let at = 0; at < points.length; at += 2) {
      const [x, y] = toView(camera, box, points[at] ?? 0, points[at + 1] ?? 0)
      expect(x).toBeGreaterThanOrEqual(20)
      expect(x).toBeLessThanOrEqual(380)
      expect(y).toBeGreaterThanOrEqual(20)
      expect(y).toBeLessThanOrEqual(280)
    }
    expect(fitted(new Float32Array(0), box).scale).toBe(1)
  })

  it('keeps what is under the pointer when it zooms, and moves with the hand', () => {
    const camera = fitted(points, box)
    const before = toPlane(camera, box, 77, 200)
    const near = zoomed(camera, box, 3, 77, 200)
    expect(toPlane(near, box, 77, 200).map((value) => value.toFixed(6))).toEqual(
      before.map((value) => value.toFixed(6)),
    )
    const moved = panned(camera, 30, -10)
    const [x, y] = toView(camera, box, 1, 1)
    expect(toView(moved, box, 1, 1)).toEqual([x + 30, y - 10])
  })

  it('finds the point under the pointer, and those within a line', () => {
    const camera = fitted(points, box)
    const place = toView(camera, box, 3, 2)
    expect(pointAt(points, camera, box, place)).toBe(1)
    expect(pointAt(points, camera, box, [place[0] - 60, place[1]])).toBe(-1)
    const square = [
      [0, 0],
      [2, 0],
      [2, 2],
      [0, 2],
    ] as const
    expect(isInside(square, 1, 1)).toBe(true)
    expect(isInside(square, 3, 1)).toBe(false)
  })
})
