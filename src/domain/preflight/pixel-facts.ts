/** What the pixels of an image say of it: light, contrast, sharpness, colour, its hash and its small grey thumbnail. Pure. */
import {
  differenceHash,
  hashGridHeight,
  hashGridWidth,
  hashWords,
  mirroredHash,
} from '../duplicates/difference-hash'
import { greySide } from '../duplicates/alignment'

/** Changes with what is computed here: facts of an older version are computed again. */
export const pixelFactsVersion = 1
/** Images are brought within it first: what is lost there no crop of a usual size would see. */
export const factsSidePx = 256
/** Of each side: between no cut and one of 5 %, the most that hides little. */
const cutShare = 0.03

export interface PixelFacts {
  /** Four words of the difference hash, four of the mirrored image's, four of the image's without its edges. */
  readonly hashes: Uint16Array
  /** [32, 32] grey, smoothed. */
  readonly grey: Uint8Array
  /** Mean of the grey, in [0, 1]. */
  readonly brightness: number
  /** Standard deviation of the grey, in [0, 0.5]. */
  readonly contrast: number
  /** Variance of the Laplacian of the grey in levels of 255, at `factsSidePx`. */
  readonly sharpness: number
  /** Hasler and Süsstrunk (2003), equation of M̂(3): 0 is grey, 33 moderately, 109 extremely colourful. */
  readonly colourfulness: number
}

/** `pixels`: [heightPx, widthPx, 3] sRGB, upright. */
export function pixelFacts(pixels: Uint8Array, widthPx: number, heightPx: number): PixelFacts {
  const count = widthPx * heightPx
  const grey = new Float32Array(count)
  let [sum, sumSquares, sumRg, sumRgSquares, sumYb, sumYbSquares] = [0, 0, 0, 0, 0, 0]
  for (let place = 0, from = 0; place < count; place++, from += 3) {
    const red = pixels[from] ?? 0
    const green = pixels[from + 1] ?? 0
    const blue = pixels[from + 2] ?? 0
    const level = 0.299 * red + 0.587 * green + 0.114 * blue // ITU-R BT.601
    grey[place] = level
    sum += level
    sumSquares += level * level
    const rg = red - green
    const yb = (red + green) / 2 - blue
    sumRg += rg
    sumRgSquares += rg * rg
    sumYb += yb
    sumYbSquares += yb * yb
  }
  const variance = (total: number, squares: number): number =>
    Math.max(0, squares / count - (total / count) ** 2)
  const small = boxMeans(grey, widthPx, heightPx, greySide, greySide)
  const grid = boxMeans(grey, widthPx, heightPx, hashGridWidth, hashGridHeight)
  const hashes = new Uint16Array(hashWords * 3)
  hashes.set(differenceHash(grid))
  hashes.set(mirroredHash(grid), hashWords)
  hashes.set(
    differenceHash(boxMeans(grey, widthPx, heightPx, hashGridWidth, hashGridHeight, cutShare)),
    hashWords * 2,
  )
  return {
    hashes,
    grey: smoothed(small),
    brightness: sum / count / 255,
    contrast: Math.sqrt(variance(sum, sumSquares)) / 255,
    sharpness: laplacianVariance(grey, widthPx, heightPx),
    colourfulness:
      Math.sqrt(variance(sumRg, sumRgSquares) + variance(sumYb, sumYbSquares)) +
      0.3 * Math.hypot(sumRg / count, sumYb / count),
  }
}

/** Binomial over 3 × 3: fine patterns fall between the pixels of a thumbnail otherwise as soon as the image is cut. */
function smoothed(means: Float32Array): Uint8Array {
  const at = (y: number, x: number): number => {
    const [row, column] = [y, x].map((place) => Math.min(greySide - 1, Math.max(0, place)))
    return means[(row ?? 0) * greySide + (column ?? 0)] ?? 0
  }
  return Uint8Array.from(means, (_, place) => {
    const y = Math.floor(place / greySide)
    const x = place % greySide
    let sum = 0
    for (let down = -1; down <= 1; down++)
      for (let right = -1; right <= 1; right++)
        sum += at(y + down, x + right) * (2 - Math.abs(down)) * (2 - Math.abs(right))
    return Math.round(sum / 16)
  })
}

/** Means over the boxes of a grid, parts of pixels by their share, without `cut` of each side. Of an image smaller than the grid, the pixel that the box lies in. */
function boxMeans(
  grey: Float32Array,
  widthPx: number,
  heightPx: number,
  toWidth: number,
  toHeight: number,
  cut = 0,
): Float32Array {
  const columns = shares(widthPx, toWidth, cut)
  const rows = shares(heightPx, toHeight, cut)
  const across = new Float32Array(toWidth * heightPx)
  for (let y = 0; y < heightPx; y++)
    columns.forEach(({ first, weights }, x) => {
      let mean = 0
      for (let step = 0; step < weights.length; step++)
        mean += (weights[step] ?? 0) * (grey[y * widthPx + first + step] ?? 0)
      across[y * toWidth + x] = mean
    })
  const means = new Float32Array(toWidth * toHeight)
  rows.forEach(({ first, weights }, y) => {
    for (let x = 0; x < toWidth; x++) {
      let mean = 0
      for (let step = 0; step < weights.length; step++)
        mean += (weights[step] ?? 0) * (across[(first + step) * toWidth + x] ?? 0)
      means[y * toWidth + x] = mean
    }
  })
  return means
}

interface Share {
  readonly first: number
  /** They sum to 1. */
  readonly weights: Float64Array
}

const knownShares = new Map<string, readonly Share[]>()

/** Of each of `to` boxes over `from` pixels without `cut` of them at either end. */
function shares(from: number, to: number, cut: number): readonly Share[] {
  const key = `${String(from)} ${String(to)} ${String(cut)}`
  const known = knownShares.get(key)
  if (known !== undefined) return known
  const lengthPx = (from * (1 - 2 * cut)) / to
  const made = Array.from({ length: to }, (_, box): Share => {
    const begin = from * cut + box * lengthPx
    const end = begin + lengthPx
    const first = Math.min(from - 1, Math.floor(begin))
    const last = Math.min(from, Math.max(first + 1, Math.ceil(end - 1e-9)))
    const weights = Float64Array.from(
      { length: last - first },
      (__, step) => Math.min(end, first + step + 1) - Math.max(begin, first + step),
    )
    const total = weights.reduce((all, weight) => all + weight, 0)
    return { first, weights: weights.map((weight) => weight / total) }
  })
  knownShares.set(key, made)
  return made
}

function laplacianVariance(grey: Float32Array, widthPx: number, heightPx: number): number {
  let [sum, squares, count] = [0, 0, 0]
  for (let y = 1; y < heightPx - 1; y++) {
    for (let x = 1, place = y * widthPx + 1; x < widthPx - 1; x++, place++) {
      const value =
        (grey[place - 1] ?? 0) +
        (grey[place + 1] ?? 0) +
        (grey[place - widthPx] ?? 0) +
        (grey[place + widthPx] ?? 0) -
        4 * (grey[place] ?? 0)
      sum += value
      squares += value * value
      count++
    }
  }
  return count === 0 ? 0 : Math.max(0, squares / count - (sum / count) ** 2)
}
