/**
 * BiT-HyperRule: everything about a fine-tuning follows from the dataset's size and its images' size (BiT, sections 3.3 and 4.1;
 * bit-reference, section 4). Pure. `rule-numbers.ts` has the rule's numbers, `rule-choices.ts` the sentences.
 */
import type { HyperRuleName, Overrides, Recipe } from '../../contract/entities/run'
import { WorkbenchError } from '../../contract/errors'
import { offValues } from '../recipe/field'
import { recipeFields, type RecipeTable } from '../recipe/fields'
import { layerLines } from './layer-lines'
import { explain } from './rule-choices'
import type { RuleFacts, RuleResult } from './rule-facts'
import {
  decaySteps,
  leastCropArea,
  ruleBaseLearningRate,
  ruleBatchSize,
  ruleMixupAlpha,
  ruleMomentum,
  rulePixels,
  ruleSizeClass,
  ruleStepCount,
  warmupFraction,
} from './rule-numbers'

/** Throws 'bad-input' where the overrides contradict each other (a crop larger than the image). */
export function hyperRule(
  rule: HyperRuleName,
  facts: RuleFacts,
  overrides: Overrides,
  table: RecipeTable = recipeFields,
): RuleResult {
  const sizeClass = ruleSizeClass(facts.exampleCount)
  const batchSize = overrides.batchSize ?? ruleBatchSize
  // Another effective batch is the user's explicit choice: the rate falls and the steps grow with it, so that each image is seen as often.
  const batchFactor = batchSize / ruleBatchSize
  const stepCount = overrides.stepCount ?? Math.max(1, Math.round(ruleStepCount[sizeClass] / batchFactor))
  const linearProbe = overrides.linearProbe ?? false
  if (linearProbe) refuseRandomParts(overrides)
  const randomCrop = overrides.randomCrop ?? !linearProbe
  const recipe = {
    rule,
    sizeClass,
    stepCount,
    batchSize,
    microBatchSize: Math.max(1, Math.min(overrides.microBatchSize ?? facts.microBatchSize, batchSize)),
    ...pixels(rule, facts, overrides, randomCrop),
    baseLearningRate: overrides.baseLearningRate ?? ruleBaseLearningRate * batchFactor,
    momentum: ruleMomentum,
    decayAtSteps: decaySteps(rule, sizeClass, stepCount),
    warmupStepCount: overrides.warmupStepCount ?? Math.round(warmupFraction(rule, sizeClass) * stepCount),
    mixupAlpha: overrides.mixupAlpha ?? ruleMixupAlpha[sizeClass],
    flip: overrides.flip ?? true,
    randomCrop,
    // a probe's steps are made again faster than they are saved
    checkpointEverySteps:
      overrides.checkpointEverySteps ?? (linearProbe ? stepCount : Math.max(25, Math.ceil(stepCount / 10))),
    evaluateEverySteps: overrides.evaluateEverySteps ?? Math.max(10, Math.ceil(stepCount / 20)),
    preset: null,
    ...offValues(table, overrides),
    leastCropArea: overrides.leastCropArea ?? (overrides.crop === 'inception' ? leastCropArea : 1),
    seed: facts.seed,
  } satisfies Recipe
  const choices = [...explain(recipe, facts, overrides, table), ...layerLines(facts.model)]
  return { recipe, choices, departureCount: choices.filter(({ departure }) => departure !== null).length }
}

function refuseRandomParts({ randomCrop, crop }: Overrides): void {
  if (randomCrop !== true && crop !== 'inception') return
  throw new WorkbenchError(
    'bad-input',
    'A linear probe computes the features of each image once, so it cannot crop at random.',
    'Leave the crop out, or the linear probe.',
  )
}

/** One of the two sizes set alone takes the other along in the rule's proportion. */
function pixels(
  rule: HyperRuleName,
  facts: RuleFacts,
  overrides: Overrides,
  randomCrop: boolean,
): { resizePx: number; cropPx: number } {
  const crop = overrides.crop ?? 'square'
  const fromRule = rulePixels(rule, facts, crop)
  const ratio = fromRule.resizePx / fromRule.cropPx
  const cropPx =
    overrides.cropPx ??
    (overrides.resizePx === undefined
      ? fromRule.cropPx
      : Math.min(overrides.resizePx, Math.max(16, Math.round(overrides.resizePx / ratio))))
  // Without a random crop the whole image is resized to what the model sees.
  const resizePx =
    randomCrop || crop === 'inception'
      ? (overrides.resizePx ??
        (overrides.cropPx === undefined ? fromRule.resizePx : Math.round(cropPx * ratio)))
      : cropPx
  return cuttable(resizePx, cropPx)
}

/** Both, where such a crop can be cut from such an image. Throws 'bad-input'. */
export function cuttable(resizePx: number, cropPx: number): { resizePx: number; cropPx: number } {
  if (cropPx > resizePx) {
    throw new WorkbenchError(
      'bad-input',
      `A crop of ${String(cropPx)} px cannot be cut from an image of ${String(resizePx)} px.`,
      'Set the resize at least as large as the crop.',
    )
  }
  return { resizePx, cropPx }
}
