/** Random crop and flip (BiT, section 3 of the paper), drawn for each position of each step on its own. */
import { purpose, randomStream } from './random'

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
