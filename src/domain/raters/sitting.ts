/** The order in which a rater sees the images of a rating, with those that come again. The same on every machine. Pure. */
import { createHash } from 'node:crypto'
import { permutation, purpose, randomStream } from '../random'

export interface Slot {
  /** Which image, by its place in the rating. */
  readonly position: number
  /** It comes a second time. */
  readonly isControl: boolean
  /** Where two words are shown that are not told apart: the label comes first. */
  readonly isSwapped: boolean
}

/** Between an image and its repetition lie at least so many others, where there are so many. */
const leastBetween = 10

export function controlCount(imageCount: number, share: number): number {
  return Math.round(imageCount * share)
}

/** Each image once, and `share` of them a second time, later. Another rater has another order. */
export function sitting(imageCount: number, share: number, seed: number, rater: string): Slot[] {
  const keys = [seed, raterKey(rater)]
  const order = permutation(imageCount, ...keys, purpose.ratingOrder)
  const places = Array.from(order, (position, at) => ({ position, isControl: false, place: at }))
  const count = controlCount(imageCount, share)
  // Those after which enough others come, where there are so many.
  const candidates = permutation(Math.max(count, imageCount - leastBetween), ...keys, purpose.ratingControls)
  const next = randomStream(...keys, purpose.ratingControls, 1)
  for (const at of candidates.slice(0, count)) {
    const earliest = Math.min(at + leastBetween + 0.5, imageCount - 0.5)
    places.push({
      position: order[at] ?? 0,
      isControl: true,
      place: earliest + next() * (imageCount - earliest),
    })
  }
  places.sort((a, b) => a.place - b.place)
  const swap = randomStream(...keys, purpose.ratingWords)
  return places.map(({ position, isControl }) => ({ position, isControl, isSwapped: swap() < 0.5 }))
}

function raterKey(rater: string): number {
  return createHash('sha256').update(rater, 'utf8').digest().readUIntBE(0, 6)
}
