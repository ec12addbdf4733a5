import fc from '../support/properties'
import { expect, test } from 'vitest'
import { cropOfSquare, type Image } from '../../src/main/images/enlarge'
import { noise } from './support/images'

const whole = { x: 0, y: 0, flip: false }

/** Bilinear with half-pixel centres in float64, as PyTorch's `interpolate` (align_corners false) defines it. */
function exact({ pixels, widthPx, heightPx }: Image, sidePx: number): Float64Array {
  const values = new Float64Array(sidePx * sidePx * 3)
  const at = (place: number, lengthPx: number): { low: number; high: number; share: number } => {
    const position = Math.min(Math.max(((place + 0.5) * lengthPx) / sidePx - 0.5, 0), lengthPx - 1)
    const low = Math.floor(position)
    return { low, high: Math.min(low + 1, lengthPx - 1), share: position - low }
  }
  for (let y = 0; y < sidePx; y++) {
    for (let x = 0; x < sidePx; x++) {
      const [row, column] = [at(y, heightPx), at(x, widthPx)]
      for (let channel = 0; channel < 3; channel++) {
        const value = (line: number, place: number): number =>
          pixels[(line * widthPx + place) * 3 + channel] ?? NaN
        const upper =
          value(row.low, column.low) * (1 - column.share) + value(row.low, column.high) * column.share
        const lower =
          value(row.high, column.low) * (1 - column.share) + value(row.high, column.high) * column.share
        values[(y * sidePx + x) * 3 + channel] = upper * (1 - row.share) + lower * row.share
      }
    }
  }
  return values
}

function squareOf(image: Image, sidePx: number): Uint8Array {
  const square = new Uint8Array(sidePx * sidePx * 3)
  cropOfSquare(image, sidePx, sidePx, whole, square, 0)
  return square
}

test.each([
  [32, 32, 160],
  [1, 1, 9],
  [7, 3, 20],
  [20, 11, 20],
  [13, 40, 40],
  [97, 64, 128],
])(
  'an image of %i × %i px enlarged to %i px is within 2 of the exact bilinear values, and 0.5 on average',
  (width, height, side) => {
    const image = noise(3, width, height)
    const found = squareOf(image, side)
    const distances = Array.from(exact(image, side), (value, index) =>
      Math.abs(value - (found[index] ?? NaN)),
    )
    expect(Math.max(...distances)).toBeLessThanOrEqual(2)
    expect(distances.reduce((sum, distance) => sum + distance, 0) / distances.length).toBeLessThan(0.5)
  },
)

test('any crop is the same part of the whole square, a flipped one mirrored left to right, and nothing beside it is written', () => {
  fc.assert(
    fc.property(
      fc.record({
        widthPx: fc.integer({ min: 1, max: 24 }),
        heightPx: fc.integer({ min: 1, max: 24 }),
        cropPx: fc.integer({ min: 1, max: 24 }),
        x: fc.nat(23),
        y: fc.nat(23),
        flip: fc.boolean(),
        offset: fc.nat(9),
      }),
      ({ widthPx, heightPx, cropPx, x, y, flip, offset }) => {
        const side = 24
        const draw = { x: Math.min(x, side - cropPx), y: Math.min(y, side - cropPx), flip }
        const image = noise(widthPx * 31 + heightPx, widthPx, heightPx)
        const square = squareOf(image, side)
        const cropBytes = cropPx * cropPx * 3
        const target = new Uint8Array(offset + cropBytes + 5).fill(77)
        cropOfSquare(image, side, cropPx, draw, target, offset)
        const expected = new Uint8Array(target.length).fill(77)
        for (let row = 0; row < cropPx; row++) {
          for (let column = 0; column < cropPx; column++) {
            const from = draw.x + (flip ? cropPx - 1 - column : column)
            for (let channel = 0; channel < 3; channel++) {
              expected[offset + (row * cropPx + column) * 3 + channel] =
                square[((draw.y + row) * side + from) * 3 + channel] ?? NaN
            }
          }
        }
        expect(target).toEqual(expected)
      },
    ),
  )
})
