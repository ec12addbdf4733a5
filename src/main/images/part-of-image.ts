/** A drawn part of an image, brought to the side that the model sees. */
import type { PartDraw } from './augment'
import type { Picture } from './enlarge'
import { pictureResizer } from './resizer'

/**
 * Writes the part as [cropPx, cropPx, 3] to `target` from `targetOffset` on. Bilinear, with antialias where the part is larger than the crop:
 * a triangle as wide as the reduction, the part's edges between pixels where they fall, as Pillow's `resize(…, BILINEAR, box=part)`. Within 0.51
 * of the exact value (Pillow's own is within 1: it rounds between its passes). The addon's code does it where there is one, 13 times as fast.
 */
export function partOfPicture(
  picture: Picture,
  cropPx: number,
  draw: PartDraw,
  target: Uint8Array,
  targetOffset: number,
): void {
  const place = target.subarray(targetOffset, targetOffset + cropPx * cropPx * 3)
  const resizer = pictureResizer()
  if (resizer === null) resizePart(picture, cropPx, draw, place)
  else resizer.resizePart(picture, cropPx, draw, place)
}

/** The same in JavaScript. `target` is [cropPx, cropPx, 3]. */
export function resizePart(
  { pixels, widthPx, heightPx }: Picture,
  cropPx: number,
  draw: PartDraw,
  target: Uint8Array,
): void {
  const columns = axisOf(draw.x, draw.widthPx, widthPx, cropPx)
  const lines = axisOf(draw.y, draw.heightPx, heightPx, cropPx)
  // only what the part's columns read: from `left` on, `count` values
  const left = (columns.first[0] as number) * 3
  const count = ((columns.first[cropPx - 1] as number) + columns.taps) * 3 - left
  const row = new Float32Array(count)
  for (let line = 0; line < cropPx; line++) {
    sumRows(pixels, left, widthPx * 3, lines, line, row)
    sumColumns(row, left, columns, draw.flip, target, line * cropPx * 3)
  }
}

/** Each place of the crop is a weighted sum of `taps` neighbours in the image, the first of which is at `first`. */
interface Axis {
  readonly taps: number
  /** Ascending. */
  readonly first: Int32Array
  /** [place, tap], the sum for each place 1. */
  readonly weights: Float64Array
}

function axisOf(start: number, length: number, size: number, cropPx: number): Axis {
  const scale = length / cropPx
  const support = Math.max(scale, 1)
  const middle = (place: number): number => start + (place + 0.5) * scale
  const begin = (place: number): number => Math.max(0, Math.floor(middle(place) - support + 0.5))
  const end = (place: number): number => Math.min(size, Math.floor(middle(place) + support + 0.5))
  let taps = 1
  for (let place = 0; place < cropPx; place++) taps = Math.max(taps, end(place) - begin(place))
  const first = new Int32Array(cropPx)
  const weights = new Float64Array(cropPx * taps)
  for (let place = 0; place < cropPx; place++) {
    const from = Math.min(begin(place), size - taps)
    first[place] = from
    let sum = 0
    for (let tap = 0; tap < taps; tap++) {
      const weight = Math.max(0, 1 - Math.abs(from + tap + 0.5 - middle(place)) / support)
      weights[place * taps + tap] = weight
      sum += weight
    }
    for (let at = place * taps; at < (place + 1) * taps; at++) weights[at] = (weights[at] as number) / sum
  }
  return { taps, first, weights }
}

// `as number`, not `?? 0`, below: all indices are inside, and these loops run for every value of every image.

function sumRows(
  pixels: Uint8Array,
  left: number,
  rowBytes: number,
  { taps, first, weights }: Axis,
  line: number,
  row: Float32Array,
): void {
  const from = (first[line] as number) * rowBytes + left
  const weight = (tap: number): number => weights[line * taps + tap] as number
  const count = row.length
  const own = weight(0)
  for (let index = 0; index < count; index++) row[index] = own * (pixels[from + index] as number)
  for (let tap = 1; tap < taps; tap++) {
    const factor = weight(tap)
    const start = from + tap * rowBytes
    if (factor === 0) continue
    for (let index = 0; index < count; index++)
      row[index] = (row[index] as number) + factor * (pixels[start + index] as number)
  }
}

function sumColumns(
  row: Float32Array,
  left: number,
  { taps, first, weights }: Axis,
  flip: boolean,
  target: Uint8Array,
  targetOffset: number,
): void {
  const cropPx = first.length
  const step = flip ? -3 : 3
  let to = targetOffset + (flip ? (cropPx - 1) * 3 : 0)
  for (let place = 0; place < cropPx; place++) {
    let from = (first[place] as number) * 3 - left
    // half a level, for rounding where the number is cut off
    let [red, green, blue] = [0.5, 0.5, 0.5]
    for (let at = place * taps; at < (place + 1) * taps; at++) {
      const weight = weights[at] as number
      red += weight * (row[from] as number)
      green += weight * (row[from + 1] as number)
      blue += weight * (row[from + 2] as number)
      from += 3
    }
    target[to] = red
    target[to + 1] = green
    target[to + 2] = blue
    to += step
  }
}
