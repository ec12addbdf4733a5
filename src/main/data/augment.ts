/** Random crop and flip (BiT, section 3 of the paper), drawn for each position of each step on its own. */
import { purpose, randomStream } from './random'

/** A part of the resized square, in its pixels, not whole ones; brought to the crop's side. */
export interface PartDraw {
  readonly x: number
  readonly y: number
  readonly widthPx: number
  readonly heightPx: number
  readonly flip: boolean
}

/** Sides of an inception crop, the longer over the shorter at most (Szegedy et al. 2015, section 6). */
const mostStretch = 4 / 3
/** Of a square, only few of the draws stand out over its edges. */
const mostAttempts = 10

/**
 * An inception crop for one position of one step: a part whose area is `leastCropArea` to 1 of the square's, evenly drawn, and whose sides are
 * 3:4 to 4:3, drawn evenly on a log scale; where ten draws do not fit, the whole. In the frame of the square, as BiT resizes without keeping the
 * aspect ratio; the original cuts from the picture as it is. A pure function.
 */
export function inceptionPart(
  seed: number,
  stepIndex: number,
  position: number,
  { sidePx, leastCropArea, flip }: { sidePx: number; leastCropArea: number; flip: boolean },
): PartDraw {
  const next = randomStream(seed, purpose.augment, stepIndex, position)
  const mirrored = next() < 0.5 && flip
  for (let attempt = 0; attempt < mostAttempts; attempt++) {
    const area = leastCropArea + (1 - leastCropArea) * next()
    const stretch = mostStretch ** (2 * next() - 1)
    const widthPx = sidePx * Math.sqrt(area * stretch)
    const heightPx = sidePx * Math.sqrt(area / stretch)
    if (widthPx > sidePx || heightPx > sidePx) continue
    const x = next() * (sidePx - widthPx)
    const y = next() * (sidePx - heightPx)
    return { x, y, widthPx, heightPx, flip: mirrored }
  }
  return { x: 0, y: 0, widthPx: sidePx, heightPx: sidePx, flip: mirrored }
}

/** Where the crop begins, in pixels of the resized square, and whether it is mirrored left to right. */
export interface AugmentDraw {
  readonly x: number
  readonly y: number
  readonly flip: boolean
}

export interface AugmentOptions {
  readonly resizePx: number
  readonly cropPx: number
  readonly flip: boolean
  readonly randomCrop: boolean
}

/** The draw for one position of one step; a pure function. Without `randomCrop` the crop is the middle one. */
export function augmentation(
  seed: number,
  stepIndex: number,
  position: number,
  options: AugmentOptions,
): AugmentDraw {
  const next = randomStream(seed, purpose.augment, stepIndex, position)
  const slackPx = options.resizePx - options.cropPx
  // All three are drawn always: switching the flip off leaves the crops as they were.
  const x = Math.floor(next() * (slackPx + 1))
  const y = Math.floor(next() * (slackPx + 1))
  const flip = next() < 0.5
  const middlePx = slackPx >> 1
  return {
    x: options.randomCrop ? x : middlePx,
    y: options.randomCrop ? y : middlePx,
    flip: options.flip && flip,
  }
}
