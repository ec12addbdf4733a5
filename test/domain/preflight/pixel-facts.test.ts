import { describe, expect, it } from 'vitest'
import { bitDistance } from '../../../src/domain/duplicates/near-hashes'
import { pixelFacts } from '../../../src/domain/preflight/pixel-facts'

type Colour = readonly [red: number, green: number, blue: number]

function image(widthPx: number, heightPx: number, at: (x: number, y: number) => Colour): Uint8Array {
  return Uint8Array.from({ length: widthPx * heightPx * 3 }, (_, place) => {
    const pixel = Math.floor(place / 3)
    return at(pixel % widthPx, Math.floor(pixel / widthPx))[place % 3] ?? 0
  })
}

const facts = (widthPx: number, heightPx: number, at: (x: number, y: number) => Colour) =>
  pixelFacts(image(widthPx, heightPx, at), widthPx, heightPx)

describe('the facts of pixels', () => {
  it('of one colour: its brightness, and nothing else', () => {
    const { brightness, contrast, sharpness, grey } = facts(50, 40, () => [51, 51, 51])
    expect(brightness).toBeCloseTo(0.2, 6)
    expect(contrast).toBeCloseTo(0, 6)
    expect(sharpness).toBeCloseTo(0, 6)
    expect(new Set(grey)).toEqual(new Set([51]))
  })

  it('weigh the colours as the eye does', () => {
    expect(facts(10, 10, () => [255, 0, 0]).brightness).toBeCloseTo(0.299, 6)
    expect(facts(10, 10, () => [0, 255, 0]).brightness).toBeCloseTo(0.587, 6)
  })

  it('have half black and half white as the greatest contrast, and the sharpest board as the greatest sharpness', () => {
    const halves = facts(40, 40, (x) => (x < 20 ? [0, 0, 0] : [255, 255, 255]))
    expect(halves.contrast).toBeCloseTo(0.5, 6)
    const board = facts(40, 40, (x, y) => ((x + y) % 2 === 0 ? [0, 0, 0] : [255, 255, 255]))
    expect(board.sharpness).toBeCloseTo((4 * 255) ** 2, -1)
    expect(halves.sharpness).toBeLessThan(board.sharpness / 20)
  })

  it('have no colour where it is grey, and Hasler’s and Süsstrunk’s figure where it is not', () => {
    expect(facts(20, 20, (x) => [x, x, x]).colourfulness).toBe(0)
    // Half red, half blue: rg is 255 or 0, yb 127.5 or −255.
    const { colourfulness } = facts(20, 20, (x) => (x < 10 ? [255, 0, 0] : [0, 0, 255]))
    expect(colourfulness).toBeCloseTo(Math.hypot(127.5, 191.25) + 0.3 * Math.hypot(127.5, -63.75), 4)
  })

  it('come with the thumbnail of images of any size, smaller than it too', () => {
    const small = facts(3, 2, (x) => [x * 100, x * 100, x * 100])
    expect(small.grey).toHaveLength(1024)
    expect([small.grey[0], small.grey[16], small.grey[31]]).toEqual([0, 100, 200])
    expect(facts(1, 1, () => [9, 9, 9]).grey[1023]).toBe(9)
  })

  it('have hashes of which hardly a bit differs for the same image at another size', () => {
    const wave =
      (span: number) =>
      (x: number, y: number): Colour => {
        const level = Math.round(128 + 90 * Math.sin((x / span) * 9) * Math.cos((y / span) * 7))
        return [level, level, level]
      }
    const large = facts(200, 200, wave(200)).hashes
    const little = facts(100, 100, wave(100)).hashes
    for (const kind of [0, 1, 2])
      expect(bitDistance(large, kind, little, kind)).toBeLessThanOrEqual(kind === 2 ? 8 : 3)
  })
})
