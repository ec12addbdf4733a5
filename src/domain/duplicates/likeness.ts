/**
 * How alike two images are in what they show: the correlation of their small grey thumbnails, after the one has been moved and scaled onto the other, so
 * that a cut at the edges does not hide that they are the same. Light and contrast do not count. Pure.
 */
import { correlation, newtonStep, noPlacement, type Placement } from './alignment'

export { greySide } from './alignment'

/** From here on two images are the same one, maybe resized, cut at the edges, lit or encoded otherwise. Found on photos, see docs/performance.md. */
export const sameImageLikeness = 0.9965
/** From here on they are alike enough to be looked at: the next shot of the same thing, or another thing in the same place. */
export const similarLikeness = 0.985

const mostRounds = 8
/** What begins below it is not the same image: neither cuts nor light take away so much. */
const hopeless = 0.5
/** What is below it after `fewRounds`, too. */
const leastHope = 0.9
const fewRounds = 3
/** Of the half side: how far the edges of the one may lie outside of the other's. */
const mostMove = 0.3

/**
 * In [-1, 1]; 1 where they are the same, and lower than it might be where they are far from that. 0 where one of the two has no contrast. `one`, `other`:
 * [32, 32] grey, smoothed.
 */
export function likeness(one: Uint8Array, other: Uint8Array): number {
  const there = alignedCorrelation(one, other)
  // Which of the two was cut is not known: the better of both ways counts.
  return there < leastHope || there >= sameImageLikeness
    ? there
    : Math.max(there, alignedCorrelation(other, one))
}

function alignedCorrelation(fixed: Uint8Array, moving: Uint8Array): number {
  let best = correlation(fixed, moving, noPlacement)
  if (best < hopeless) return best
  let at: Placement = noPlacement
  for (let round = 1; round <= mostRounds; round++) {
    const next = newtonStep(fixed, moving, at)
    if (next === null || isFar(next)) break
    at = next
    const now = correlation(fixed, moving, at)
    const gained = now - best
    if (gained > 0) best = now
    if (Math.abs(gained) < 1e-4 || (round >= fewRounds && best < leastHope)) break
  }
  return best
}

function isFar({ scaleX, scaleY, shiftX, shiftY }: Placement): boolean {
  const farthest = Math.max(
    Math.abs(scaleX - 1) + Math.abs(shiftX) / 16,
    Math.abs(scaleY - 1) + Math.abs(shiftY) / 16,
  )
  return farthest > mostMove
}
