/** Pairs of images that show the same: found by their hashes, confirmed by their thumbnails. Pure. */
import { hashWords } from './difference-hash'
import { greySide, likeness, similarLikeness } from './likeness'
import { indexHashes } from './near-hashes'

/** Of images by their places, each content once. */
export interface Fingerprints {
  /** Four words each of the image, of the image in a mirror, and of the image without its edges. */
  readonly upright: Uint16Array
  readonly mirrored: Uint16Array
  readonly cut: Uint16Array
  /** [32, 32] grey, smoothed. */
  greyOf(place: number): Uint8Array
  /** Too little contrast to tell it from others: only the same bytes make it the same. */
  isFlat(place: number): boolean
}

export interface Pair {
  readonly one: number
  readonly other: number
  /** At least `similarLikeness`. */
  readonly likeness: number
  readonly isMirrored: boolean
}

/**
 * Bits in which hashes of the same image may differ. Of the same image alone they differ in 3 at most; a cut of up to 5 % at each edge changes up to 11,
 * and what is not the same is told by the thumbnails.
 */
const mostBits = 11
/** Of one image by one hash: thousands of white pages are no candidates of each other. */
const mostCandidates = 64

/** Yields how many images are done, after each of them, so that whoever asks can rest or stop; returns the pairs. */
export function* findPairs(prints: Fingerprints): Generator<number, Pair[]> {
  const { upright, mirrored, cut, greyOf } = prints
  const count = upright.length / hashWords
  const index = indexHashes(upright)
  const pairs: Pair[] = []
  for (let place = 0; place < count; place++) {
    if (!prints.isFlat(place)) {
      const compared = new Set<number>()
      const mirroredWith = new Set<number>()
      index.near(upright, place, mostBits, (other) => other > place && add(compared, other))
      // Either of the two may be the one that was cut.
      index.near(cut, place, mostBits, (other) => other !== place && add(compared, other))
      index.near(mirrored, place, mostBits, (other) => other > place && add(mirroredWith, other))
      if (compared.size > 0 || mirroredWith.size > 0) {
        const grey = greyOf(place)
        const found = new Set<number>()
        for (const other of compared) if (compare(place, other, grey, false)) found.add(other)
        const turned = mirroredWith.size > 0 ? turnedGrey(grey) : grey
        for (const other of mirroredWith) if (!found.has(other)) compare(place, other, turned, true)
      }
    }
    yield place + 1
  }
  return unique(pairs)

  function add(to: Set<number>, other: number): void {
    if (to.size < mostCandidates && !prints.isFlat(other)) to.add(other)
  }

  function compare(place: number, other: number, grey: Uint8Array, isMirrored: boolean): boolean {
    const found = likeness(grey, greyOf(other))
    if (found < similarLikeness) return false
    pairs.push({ one: Math.min(place, other), other: Math.max(place, other), likeness: found, isMirrored })
    return true
  }
}

/** The surest first; of two findings of the same pair the surer. */
function unique(pairs: readonly Pair[]): Pair[] {
  const sorted = [...pairs].sort((a, b) => b.likeness - a.likeness || a.one - b.one || a.other - b.other)
  const seen = new Set<string>()
  return sorted.filter(({ one, other }) => {
    const key = `${String(one)} ${String(other)}`
    if (seen.has(key)) return false
    seen.add(key)
    return true
  })
}

/** As in a mirror. */
function turnedGrey(grey: Uint8Array): Uint8Array {
  const turned = new Uint8Array(grey.length)
  for (let y = 0; y < greySide; y++)
    for (let x = 0; x < greySide; x++) turned[y * greySide + x] = grey[y * greySide + greySide - 1 - x] ?? 0
  return turned
}
