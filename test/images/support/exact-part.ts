/** What a part of an image is to be, in float64 and not rounded: a triangle, at least two pixels wide, over the whole image for each place. */
import type { PartDraw } from '../../../src/main/images/augment'
import type { Image } from '../../../src/main/images/enlarge'

/** [cropPx, cropPx, 3] */
export function exactPart({ pixels, widthPx, heightPx }: Image, cropPx: number, part: PartDraw): number[] {
  const columns = shares(part.x, part.widthPx, widthPx, cropPx)
  if (part.flip) columns.reverse()
  return shares(part.y, part.heightPx, heightPx, cropPx).flatMap((line) => {
    const row = Array.from({ length: widthPx * 3 }, (_, at) =>
      line.reduce((sum, share, y) => sum + share * (pixels[y * widthPx * 3 + at] ?? NaN), 0),
    )
    return columns.flatMap((column) =>
      [0, 1, 2].map((channel) =>
        column.reduce((sum, share, x) => sum + share * (row[x * 3 + channel] ?? NaN), 0),
      ),
    )
  })
}

function shares(start: number, length: number, size: number, cropPx: number): number[][] {
  const scale = length / cropPx
  return Array.from({ length: cropPx }, (_, place) => {
    const middle = start + (place + 0.5) * scale
    const triangle = Array.from({ length: size }, (__, from) =>
      Math.max(0, 1 - Math.abs(from + 0.5 - middle) / Math.max(scale, 1)),
    )
    const sum = triangle.reduce((total, share) => total + share, 0)
    return triangle.map((share) => share / sum)
  })
}

export function greatestDifference(one: ArrayLike<number>, other: ArrayLike<number>): number {
  if (one.length !== other.length) return Infinity
  return Array.from(one).reduce((most, value, at) => Math.max(most, Math.abs(value - (other[at] ?? NaN))), 0)
}

/** Smaller and larger than the crop, over edges, of images of a pixel and of panoramas: [width, height, part, crop]. */
export const partCases: readonly (readonly [number, number, Omit<PartDraw, 'flip'>, number])[] = [
  [40, 30, { x: 3.25, y: 1.5, widthPx: 31.5, heightPx: 27.25 }, 16],
  [40, 30, { x: 0, y: 0, widthPx: 40, heightPx: 30 }, 7],
  [40, 30, { x: 20.1, y: 10.7, widthPx: 6.2, heightPx: 7.9 }, 24],
  [64, 64, { x: 7, y: 11, widthPx: 32, heightPx: 32 }, 32],
  [90, 5, { x: 83.1, y: 0.4, widthPx: 6.1, heightPx: 4.6 }, 8],
  [5, 90, { x: 0, y: 41, widthPx: 5, heightPx: 3.75 }, 9],
  [1, 1, { x: 0, y: 0, widthPx: 1, heightPx: 1 }, 5],
  [3, 2, { x: 0.9, y: 0.2, widthPx: 1.1, heightPx: 1.3 }, 4],
  [120, 110, { x: 0.01, y: 0.02, widthPx: 119.9, heightPx: 109.9 }, 3],
  [70, 50, { x: 60, y: 40, widthPx: 10, heightPx: 10 }, 1],
]

/** 9 × 7 pixels, two boxes and what Pillow 13 makes of them with BILINEAR at 3 × 3. */
export const pillowImage: Image = {
  widthPx: 9,
  heightPx: 7,
  pixels: Uint8Array.from({ length: 9 * 7 * 3 }, (_, at) => {
    const [x, y, channel] = [Math.floor(at / 3) % 9, Math.floor(at / 27), at % 3]
    return x * 37 + y * 61 + channel * 83
  }),
}
export const pillowParts: readonly (readonly [PartDraw, readonly number[]])[] = [
  [
    { x: 1.25, y: 0.5, widthPx: 7.25, heightPx: 6.25, flip: false },
    [
      [129, 161, 101, 150, 112, 136, 95, 136, 151],
      [104, 109, 145, 108, 140, 130, 158, 114, 117],
      [127, 148, 115, 135, 98, 129, 104, 130, 164],
    ].flat(),
  ],
  [
    { x: 2.1, y: 3.3, widthPx: 2.5, heightPx: 1.9, flip: false },
    [
      [9, 92, 175, 39, 122, 180, 70, 153, 206],
      [48, 131, 210, 78, 161, 81, 109, 192, 83],
      [86, 169, 151, 116, 199, 50, 147, 163, 57],
    ].flat(),
  ],
]
