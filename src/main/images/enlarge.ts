/**
 * Crops of an image's square, made from the image as it is kept: along an axis where it is smaller than the square it stays as it
 * was, and is enlarged here, at each use. So a set of thumbnails is kept in a fraction of the memory of its squares, and the decoder's
 * slow enlarging is not used: libvips takes 10 ms of processor time for a square of 640 px from a photo of 500 px.
 */
import type { AugmentDraw } from './augment'

/** uint8 RGB, [heightPx, widthPx, 3]. */
export interface Image {
  readonly pixels: Uint8Array
  readonly widthPx: number
  readonly heightPx: number
}

/**
 * Writes the drawn crop [cropPx, cropPx, 3] of the image's square of `sidePx` to `target` from `targetOffset` on. The image is at most
 * `sidePx` long along each axis. Bilinear with half-pixel centres, 8 bits between the two passes and weights of 1/256, so each value is
 * within 1 of Pillow's (and of PyTorch's `interpolate` with antialias).
 */
export function cropOfSquare(
  image: Image,
  sidePx: number,
  cropPx: number,
  draw: AugmentDraw,
  target: Uint8Array,
  targetOffset: number,
): void {
  const { pixels, widthPx, heightPx } = image
  const rowBytes = cropPx * 3
  const columns = placesOf(widthPx, sidePx)
  const lines = placesOf(heightPx, sidePx)
  const copyRow = (sourceRow: number, to: Uint8Array, offset: number): void => {
    const from = (sourceRow * widthPx + (widthPx === sidePx ? draw.x : 0)) * 3
    if (widthPx !== sidePx) stretchRow(pixels, from, columns, draw, cropPx, to, offset)
    else if (draw.flip) mirrorRow(pixels, from, to, offset, cropPx)
    else to.set(pixels.subarray(from, from + rowBytes), offset)
  }
  if (heightPx === sidePx) {
    for (let row = 0; row < cropPx; row++) copyRow(draw.y + row, target, targetOffset + row * rowBytes)
    return
  }
  const [upper, lower, mixed] = rowBuffers(rowBytes)
  let [above, below] = [upper, lower]
  above.sourceRow = below.sourceRow = -1
  const words = wordsOf(target, targetOffset, rowBytes)
  const fill = (row: Row, sourceRow: number): void => {
    if (row.sourceRow !== sourceRow) copyRow(sourceRow, row.bytes, 0)
    row.sourceRow = sourceRow
  }
  for (let row = 0; row < cropPx; row++) {
    const first = lines.first[draw.y + row] ?? 0
    const weight = lines.weight[draw.y + row] ?? 0
    if (below.sourceRow === first) [above, below] = [below, above]
    fill(above, first)
    fill(below, Math.min(first + 1, heightPx - 1))
    mixRows(
      above.words,
      below.words,
      weight,
      words ?? mixed.words,
      words === null ? 0 : (row * rowBytes) >> 2,
    )
    if (words === null) target.set(mixed.bytes.subarray(0, rowBytes), targetOffset + row * rowBytes)
  }
}

/** Where each place along an axis of the square lies between two places of the image. */
interface Places {
  readonly first: Int32Array
  /** Of the place after `first`, 0 … 256 in 1/256. */
  readonly weight: Int32Array
}

const knownPlaces = new Map<string, Places>()

function placesOf(lengthPx: number, sidePx: number): Places {
  const key = `${String(lengthPx)} ${String(sidePx)}`
  const known = knownPlaces.get(key)
  if (known !== undefined) return known
  const first = new Int32Array(sidePx)
  const weight = new Int32Array(sidePx)
  for (let place = 0; place < sidePx; place++) {
    const at = Math.min(Math.max(((place + 0.5) * lengthPx) / sidePx - 0.5, 0), lengthPx - 1)
    // at the far edge the last but one with all the weight on the last: so there always is a next place
    first[place] = Math.max(Math.min(Math.floor(at), lengthPx - 2), 0)
    weight[place] = Math.round((at - (first[place] ?? 0)) * 256)
  }
  const places = { first, weight }
  knownPlaces.set(key, places)
  return places
}

interface Row {
  sourceRow: number
  readonly bytes: Uint8Array
  /** The same memory, a little longer where the row is no multiple of 4. */
  readonly words: Uint32Array
}

let buffers: { rowBytes: number; rows: [Row, Row, Row] } | null = null

function rowBuffers(rowBytes: number): [Row, Row, Row] {
  if (buffers?.rowBytes === rowBytes) return buffers.rows
  const row = (): Row => {
    const words = new Uint32Array(Math.ceil(rowBytes / 4))
    return { sourceRow: -1, words, bytes: new Uint8Array(words.buffer) }
  }
  buffers = { rowBytes, rows: [row(), row(), row()] }
  return buffers.rows
}

/** `target` in words, from `offset` on; null where the rows do not lie on word boundaries. */
function wordsOf(target: Uint8Array, offset: number, rowBytes: number): Uint32Array | null {
  const start = target.byteOffset + offset
  if (start % 4 !== 0 || rowBytes % 4 !== 0) return null
  return new Uint32Array(target.buffer, start, (target.length - offset) >> 2)
}

/** One row of the image, stretched to the square's width, cropped and perhaps mirrored. */
function stretchRow(
  pixels: Uint8Array,
  rowOffset: number,
  { first, weight }: Places,
  draw: AugmentDraw,
  cropPx: number,
  target: Uint8Array,
  targetOffset: number,
): void {
  const step = draw.flip ? -1 : 1
  let place = draw.flip ? draw.x + cropPx - 1 : draw.x
  const end = targetOffset + cropPx * 3
  for (let to = targetOffset; to < end; to += 3) {
    const from = rowOffset + (first[place] as number) * 3
    const right = weight[place] as number
    place += step
    // `as number`, not `?? 0`: all indices are inside, and these loops run for every value of every image.
    const red = pixels[from] as number
    const green = pixels[from + 1] as number
    const blue = pixels[from + 2] as number
    target[to] = red + ((((pixels[from + 3] as number) - red) * right + 128) >> 8)
    target[to + 1] = green + ((((pixels[from + 4] as number) - green) * right + 128) >> 8)
    target[to + 2] = blue + ((((pixels[from + 5] as number) - blue) * right + 128) >> 8)
  }
}

function mirrorRow(
  pixels: Uint8Array,
  from: number,
  target: Uint8Array,
  targetOffset: number,
  widthPx: number,
): void {
  let right = from + (widthPx - 1) * 3
  const end = targetOffset + widthPx * 3
  for (let to = targetOffset; to < end; to += 3) {
    target[to] = pixels[right] as number
    target[to + 1] = pixels[right + 1] as number
    target[to + 2] = pixels[right + 2] as number
    right -= 3
  }
}

/** Four values at a time: two of a word's bytes stand 16 bits apart, which leaves each room for its product with the weight. */
function mixRows(
  above: Uint32Array,
  below: Uint32Array,
  weight: number,
  target: Uint32Array,
  targetOffset: number,
): void {
  const count = above.length
  for (let index = 0; index < count; index++) {
    const one = above[index] as number
    const other = below[index] as number
    const even = one & 0xff00ff
    const odd = (one >>> 8) & 0xff00ff
    const evenSum = ((even << 8) + Math.imul((other & 0xff00ff) - even, weight) + 0x800080) | 0
    const oddSum = ((odd << 8) + Math.imul(((other >>> 8) & 0xff00ff) - odd, weight) + 0x800080) | 0
    target[targetOffset + index] = ((evenSum >>> 8) & 0xff00ff) | (oddSum & 0xff00ff00)
  }
}
