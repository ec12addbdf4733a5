/** Random crop and flip (BiT, section 3 of the paper), drawn for each position of each step on its own. */
import { purpose, randomStream } from '../../domain/random'

/** A part of an image, in its pixels, not whole ones; brought to the crop's side. */
export interface PartDraw {
  readonly x: number
  readonly y: number
  readonly widthPx: number
  readonly heightPx: number
  readonly flip: boolean
}

export interface PartOptions {
  /** Of the image. */
  readonly widthPx: number
  readonly heightPx: number
  /** In (0, 1]. */
  readonly leastCropArea: number
  readonly flip: boolean
}

/** Sides of an inception crop, the longer over the shorter at most (Szegedy et al. 2015, section 6). */
const mostStretch = 4 / 3
const mostAttempts = 10

/**
 * An inception crop for one position of one step, as torchvision's `RandomResizedCrop` draws it: a part whose area is `leastCropArea` to 1 of the
 * image's, evenly drawn, and whose sides are 3:4 to 4:3 in the image's own pixels, drawn evenly on a log scale; its place is drawn evenly. What
 * stands out over the image is drawn again; after ten such draws it is the largest part in the middle that keeps to 3:4 to 4:3 (TensorFlow's
 * crop takes the whole image then, and would squash a panorama). Unlike torchvision's, sides and places are not rounded to whole pixels.
 * A pure function.
 */
export function inceptionPart(
  seed: number,
  stepIndex: number,
  position: number,
  { widthPx, heightPx, leastCropArea, flip }: PartOptions,
): PartDraw {
  const next = randomStream(seed, purpose.augment, stepIndex, position)
  const mirrored = next() < 0.5 && flip
  for (let attempt = 0; attempt < mostAttempts; attempt++) {
    const area = (leastCropArea + (1 - leastCropArea) * next()) * widthPx * heightPx
    const stretch = mostStretch ** (2 * next() - 1)
    const part = { widthPx: Math.sqrt(area * stretch), heightPx: Math.sqrt(area / stretch) }
    if (part.widthPx > widthPx || part.heightPx > heightPx) continue
    const x = next() * (widthPx - part.widthPx)
    const y = next() * (heightPx - part.heightPx)
    return { x, y, ...part, flip: mirrored }
  }
  const most = {
    widthPx: Math.min(widthPx, heightPx * mostStretch),
    heightPx: Math.min(heightPx, widthPx * mostStretch),
  }
  return { x: (widthPx - most.widthPx) / 2, y: (heightPx - most.heightPx) / 2, ...most, flip: mirrored }
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
