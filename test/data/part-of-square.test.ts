import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { inceptionPart } from '../../src/main/data/augment'
import { cropOfSquare } from '../../src/main/data/enlarge'
import { partOfSquare } from '../../src/main/data/part-of-square'

const options = { sidePx: 128, leastCropArea: 0.25, flip: true }

describe('an inception crop', () => {
  it('stays inside, and its area and shape are what was asked for', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(1e6), fc.nat(4095), (seed, step, position) => {
        const { x, y, widthPx, heightPx } = inceptionPart(seed, step, position, options)
        expect(Math.min(x, y)).toBeGreaterThanOrEqual(0)
        expect(Math.max(x + widthPx, y + heightPx)).toBeLessThanOrEqual(128 + 1e-9)
        const area = (widthPx * heightPx) / 128 ** 2
        expect(area).toBeGreaterThanOrEqual(0.25 - 1e-9)
        expect(widthPx / heightPx).toBeGreaterThanOrEqual(0.75 - 1e-9)
        expect(widthPx / heightPx).toBeLessThanOrEqual(4 / 3 + 1e-9)
      }),
    )
  })

  it('takes small and large parts alike, each place, and mirrors half of them', () => {
    const parts = Array.from({ length: 4000 }, (_, position) => inceptionPart(3, 9, position, options))
    const areas = parts.map(({ widthPx, heightPx }) => (widthPx * heightPx) / 128 ** 2)
    expect(Math.min(...areas)).toBeLessThan(0.26)
    expect(Math.max(...areas)).toBeGreaterThan(0.97)
    expect(Math.abs(parts.filter(({ flip }) => flip).length - 2000)).toBeLessThan(160)
    expect(parts.filter(({ x }) => x > 32).length).toBeGreaterThan(300)
    expect(inceptionPart(3, 9, 5, { ...options, flip: false })).toEqual({ ...parts[5], flip: false })
  })
})

/** A picture in which each value says where it is. */
function ramp(widthPx: number, heightPx: number) {
  const pixels = new Uint8Array(widthPx * heightPx * 3)
  for (let y = 0; y < heightPx; y++) {
    for (let x = 0; x < widthPx; x++) pixels.set([x * 4, y * 4, 7], (y * widthPx + x) * 3)
  }
  return { pixels, widthPx, heightPx }
}

describe('a part brought to the crop’s side', () => {
  it('is the plain crop where the part has that side and lies on whole pixels', () => {
    const picture = ramp(50, 50)
    const whole = { x: 7, y: 11, widthPx: 32, heightPx: 32, flip: false }
    for (const flip of [false, true]) {
      const [found, expected] = [new Uint8Array(32 * 32 * 3), new Uint8Array(32 * 32 * 3)]
      partOfSquare(picture, 50, 32, { ...whole, flip }, found, 0)
      cropOfSquare(picture, 50, 32, { x: 7, y: 11, flip }, expected, 0)
      expect(found).toEqual(expected)
    }
  })

  it('averages two by two where the part is twice as large', () => {
    const found = new Uint8Array(16 * 16 * 3)
    partOfSquare(ramp(32, 32), 32, 16, { x: 0, y: 0, widthPx: 32, heightPx: 32, flip: false }, found, 0)
    // between places 2c and 2c + 1
    for (let c = 0; c < 16; c++) {
      expect(found[c * 3]).toBe((2 * c + 0.5) * 4)
      expect(found[c * 16 * 3 + 1]).toBe((2 * c + 0.5) * 4)
    }
  })

  it('reads a picture that is kept smaller than its square, down to a single pixel, and writes only its place', () => {
    const target = new Uint8Array(3 * 8 * 8 * 3).fill(99)
    const draw = { x: 3.3, y: 60.2, widthPx: 61.7, heightPx: 55, flip: true }
    partOfSquare({ pixels: Uint8Array.of(10, 20, 30), widthPx: 1, heightPx: 1 }, 128, 8, draw, target, 192)
    expect(new Set(target.slice(0, 192))).toEqual(new Set([99]))
    expect(new Set(target.slice(384))).toEqual(new Set([99]))
    expect([...target.slice(192, 198)]).toEqual([10, 20, 30, 10, 20, 30])
    const corner = { x: 64, y: 64, widthPx: 64, heightPx: 64, flip: false }
    partOfSquare(ramp(20, 40), 128, 8, corner, target, 0)
    expect(Math.max(...target.slice(0, 192))).toBeLessThanOrEqual(39 * 4)
  })
})
