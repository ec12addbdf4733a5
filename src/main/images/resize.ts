/** The resize where there is no addon, the same as `native/resize.cc` within 1: Pillow's BILINEAR, torchvision's antialias. */
import type { Picture } from './enlarge'

/**
 * `picture` brought to widthPx × heightPx, at least 1 and at most its own size: a triangle as wide as the reduction laid over it, down and then
 * across, in float32, rounded once. Holds the thread for about 4 ms a megapixel. (libvips' own, for which it would be strips of memory only, is
 * up to 1.5 levels away on average: it averages boxes first, and places its weights to 1/64 of a pixel.)
 */
export function resizePicture(picture: Picture, widthPx: number, heightPx: number): Picture {
  const across = sharesOf(picture.widthPx, widthPx)
  const down = sharesOf(picture.heightPx, heightPx)
  const rowLength = picture.widthPx * 3
  const row = new Float32Array(rowLength)
  const pixels = new Uint8Array(widthPx * heightPx * 3)
  for (const [y, column] of down.entries()) {
    row.fill(0)
    for (const [tap, share] of column.shares.entries())
      addRow(picture.pixels, (column.first + tap) * rowLength, share, row)
    acrossRow(row, across, pixels, y * widthPx * 3)
  }
  return { pixels, widthPx, heightPx }
}

function addRow(pixels: Uint8Array, from: number, share: number, row: Float32Array): void {
  // `as number`: every index is inside, and this is the innermost loop
  for (let at = 0; at < row.length; at++)
    row[at] = (row[at] as number) + share * (pixels[from + at] as number)
}

function acrossRow(row: Float32Array, across: readonly Shares[], target: Uint8Array, offset: number): void {
  let to = offset
  for (const { first, shares } of across) {
    let [red, green, blue] = [0.5, 0.5, 0.5]
    let from = first * 3
    for (const share of shares) {
      red += share * (row[from] as number)
      green += share * (row[from + 1] as number)
      blue += share * (row[from + 2] as number)
      from += 3
    }
    target[to] = red
    target[to + 1] = green
    target[to + 2] = blue
    to += 3
  }
}

/** The old places that a new one is made of, from `first` on, and their shares, which sum to 1. */
interface Shares {
  readonly first: number
  readonly shares: Float64Array
}

function sharesOf(length: number, newLength: number): Shares[] {
  const scale = length / newLength
  return Array.from({ length: newLength }, (_, place) => {
    const centre = (place + 0.5) * scale
    const first = Math.max(0, Math.floor(centre - scale + 0.5))
    const end = Math.min(length, Math.floor(centre + scale + 0.5))
    const weights = Float64Array.from({ length: end - first }, (__, tap) =>
      Math.max(0, 1 - Math.abs(first + tap + 0.5 - centre) / scale),
    )
    const sum = weights.reduce((total, weight) => total + weight, 0)
    return { first, shares: weights.map((weight) => weight / sum) }
  })
}
