/** The resize where there is no addon, the same as `native/resize.cc` within 1: Pillow's BILINEAR, torchvision's antialias. */
import type { PartDraw } from './augment'
import type { Image } from './enlarge'

/**
 * `image` brought to widthPx × heightPx, at least 1 and at most its own size: a triangle as wide as the reduction laid over it, down and then
 * across, in float32, rounded once. Holds the thread for a few milliseconds a megapixel. (libvips' own, for which it would be strips of memory only, is
 * up to 1.5 levels away on average: it averages boxes first, and places its weights to 1/64 of a pixel.)
 */
export function resizeImage(image: Image, widthPx: number, heightPx: number): Image {
  const resized = { pixels: new Uint8Array(widthPx * heightPx * 3), widthPx, heightPx }
  resizeBox(image, { x: 0, y: 0, widthPx: image.widthPx, heightPx: image.heightPx, flip: false }, resized)
  return resized
}

/** The same for a box of the image, its edges between pixels where they fall; it fills `target`, smaller or larger. */
export function resizeBox({ pixels, widthPx, heightPx }: Image, box: PartDraw, target: Image): void {
  const columns = axisOf(box.x, box.widthPx, widthPx, target.widthPx)
  const lines = axisOf(box.y, box.heightPx, heightPx, target.heightPx)
  // only what the box's columns read: from `left` on, `count` values
  const left = (columns.first[0] as number) * 3
  const count = ((columns.first[target.widthPx - 1] as number) + columns.taps) * 3 - left
  const row = new Float32Array(count)
  for (let line = 0; line < target.heightPx; line++) {
    sumRows(pixels, left, widthPx * 3, lines, line, row)
    sumColumns(row, left, columns, box.flip, target.pixels, line * target.widthPx * 3)
  }
}

/** Each place of the result is a weighted sum of `taps` neighbours in the image, the first of which is at `first`. */
interface Axis {
  readonly taps: number
  /** Ascending. */
  readonly first: Int32Array
  /** [place, tap], the sum for each place 1. */
  readonly weights: Float64Array
}

function axisOf(start: number, length: number, size: number, newSize: number): Axis {
  const scale = length / newSize
  const support = Math.max(scale, 1)
  const middle = (place: number): number => start + (place + 0.5) * scale
  const begin = (place: number): number => Math.max(0, Math.floor(middle(place) - support + 0.5))
  const end = (place: number): number => Math.min(size, Math.floor(middle(place) + support + 0.5))
  let taps = 1
  for (let place = 0; place < newSize; place++) taps = Math.max(taps, end(place) - begin(place))
  const first = new Int32Array(newSize)
  const weights = new Float64Array(newSize * taps)
  for (let place = 0; place < newSize; place++) {
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
  const widthPx = first.length
  const step = flip ? -3 : 3
  let to = targetOffset + (flip ? (widthPx - 1) * 3 : 0)
  for (let place = 0; place < widthPx; place++) {
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
