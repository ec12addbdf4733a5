/** The numbers of BiT-HyperRule, both variants: the paper, and the authors' code where it differs (bit-reference, section 4). Pure. */
import type { HyperRuleName, Recipe } from '../../contract/entities/run'

type SizeClass = Recipe['sizeClass']

export const smallBelow = 20_000
export const mediumBelow = 500_000
/** Images with a smaller area get the small resize and crop. */
const smallImageSide = 96

export const ruleBatchSize = 512
export const ruleBaseLearningRate = 0.003
export const ruleMomentum = 0.9
/** Of an inception crop, as a share of the image (Szegedy et al. 2015, section 6: 8 %; TensorFlow's and BiT's inception crop: 5 %). */
export const leastCropArea = 0.05
/**
 * For inception crops an image is kept with as many pixels as a square of so many crop sides has: no part of a ninth of the image or more is
 * enlarged. Measured against parts cut from the file's own pixels (Pillow, antialias; 15 photos of 1.8 to 18 megapixels and 98 of flowers17, crops of
 * 64 to 384 px): 0.1 to 1.0 grey levels apart on average. With 2 it would be 0.9 to 1.5, for 44 % of the memory.
 */
export const keptSideFactor = 3
export const ruleStepCount: Readonly<Record<SizeClass, number>> = {
  small: 500,
  medium: 10_000,
  large: 20_000,
}
export const ruleMixupAlpha: Readonly<Record<SizeClass, number>> = { small: 0, medium: 0.1, large: 0.1 }

export function ruleSizeClass(exampleCount: number): SizeClass {
  if (exampleCount < smallBelow) return 'small'
  return exampleCount < mediumBelow ? 'medium' : 'large'
}

/** As shares of the steps. The code's are 200/300/400 of 500, 3000/6000/9000 of 10,000, 6000/12,000/18,000 of 20,000. */
export function decayFractions(rule: HyperRuleName, sizeClass: SizeClass): readonly number[] {
  return rule === 'reference-code' && sizeClass === 'small' ? [0.4, 0.6, 0.8] : [0.3, 0.6, 0.9]
}

/**
 * The steps, counted from 0, from which on the rate is divided. The authors' code divides where `s < step` (bit_hyperrule.py), so the step of the
 * boundary itself still has the rate before it: 201, 301, 401 of 500. The paper says nothing so fine; there the boundary is the first.
 */
export function decaySteps(rule: HyperRuleName, sizeClass: SizeClass, stepCount: number): number[] {
  const later = rule === 'reference-code' ? 1 : 0
  return decayFractions(rule, sizeClass).map((share) => Math.max(1, Math.round(share * stepCount)) + later)
}

/** The paper states none; the code's is 100 of 500, 500 of 10,000, 500 of 20,000. */
export function warmupFraction(rule: HyperRuleName, sizeClass: SizeClass): number {
  if (rule === 'paper') return 0
  return { small: 100 / 500, medium: 500 / 10_000, large: 500 / 20_000 }[sizeClass]
}

/** Decided on the median image, since one size serves all. The paper gives R152x4 a larger one; the code one size to every model. An inception crop, which is not of the rule, has the same side. */
export function rulePixels(
  rule: HyperRuleName,
  facts: { medianWidthPx: number; medianHeightPx: number; model: string },
  crop: Recipe['crop'],
): { resizePx: number; cropPx: number } {
  const square = squarePixels(rule, facts)
  return crop === 'square' ? square : { ...square, resizePx: square.cropPx * keptSideFactor }
}

function squarePixels(
  rule: HyperRuleName,
  facts: { medianWidthPx: number; medianHeightPx: number; model: string },
): { resizePx: number; cropPx: number } {
  if (isSmallImage(facts)) return { resizePx: 160, cropPx: 128 }
  if (rule === 'reference-code' || takesLargerImages(facts.model)) return { resizePx: 512, cropPx: 480 }
  return { resizePx: 448, cropPx: 384 }
}

/** The paper's largest model, with whatever norm and convolutions. */
export function takesLargerImages(model: string): boolean {
  return /^R152x4(?:\+|$)/.test(model)
}

export function isSmallImage(facts: { medianWidthPx: number; medianHeightPx: number }): boolean {
  return facts.medianWidthPx * facts.medianHeightPx < smallImageSide ** 2
}
