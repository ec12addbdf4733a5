/** Pre-training as in the paper (BiT, section 3.2; bit-reference, section 5): what the recipe is, and why. Pure. */
import type { Choice, Overrides, Recipe, UpstreamPreset } from '../../contract/entities/run'
import { WorkbenchError } from '../../contract/errors'
import { plural } from '../figures'
import { offValues, userSetIt } from '../recipe/field'
import { recipeFields, type RecipeTable } from '../recipe/fields'
import { beyondLines, wordedLine } from './beyond-lines'
import { cuttable } from './hyper-rule'
import type { RuleFacts, RuleResult } from './rule-facts'
import { layerLines } from './layer-lines'
import {
  batchReason,
  batchText,
  flipLine,
  keptLabel,
  keptReason,
  optimizerLine,
  warmupText,
} from './rule-choices'
import { keptSideFactor, ruleMomentum, ruleSizeClass } from './rule-numbers'
import { decimal, fieldLine, line, listed, whole } from './rule-words'
import { mostWarmupShare, upstreamPresets, upstreamRatePer256 } from './upstream-presets'
import type { PresetNumbers } from './upstream-presets'

/** A square crop, which is not of this rule, is cut from a square of so many sides. */
const squareSideFactor = 2

/** Throws 'bad-input' where the crop is larger than the image it is cut from, and for a linear probe. */
export function upstreamRule(
  preset: UpstreamPreset,
  facts: RuleFacts,
  overrides: Overrides,
  table: RecipeTable = recipeFields,
): RuleResult {
  if (overrides.linearProbe === true) {
    throw new WorkbenchError(
      'bad-input',
      'Pre-training is the training of the whole network; a linear probe trains the head alone.',
      'Leave the linear probe out, or fine-tune a model.',
    )
  }
  const numbers = upstreamPresets[preset]
  const batchSize = overrides.batchSize ?? numbers.batchSize
  const epochCount = overrides.epochCount ?? numbers.epochCount
  const stepCount = overrides.stepCount ?? stepsOf(epochCount, facts.exampleCount, batchSize)
  const crop = overrides.crop ?? 'inception'
  const cropPx = overrides.cropPx ?? numbers.cropPx
  const recipe: Recipe = {
    rule: 'upstream',
    sizeClass: ruleSizeClass(facts.exampleCount),
    stepCount,
    batchSize,
    microBatchSize: Math.max(1, Math.min(overrides.microBatchSize ?? facts.microBatchSize, batchSize)),
    ...cuttable(overrides.resizePx ?? cropPx * sideFactor(crop), cropPx),
    baseLearningRate: overrides.baseLearningRate ?? rateOf(batchSize),
    momentum: ruleMomentum,
    decayAtSteps: decaysOf(numbers, stepCount),
    warmupStepCount: overrides.warmupStepCount ?? warmupOf(numbers, batchSize, stepCount),
    mixupAlpha: overrides.mixupAlpha ?? 0,
    flip: overrides.flip ?? true,
    randomCrop: overrides.randomCrop ?? true,
    checkpointEverySteps: overrides.checkpointEverySteps ?? Math.max(25, Math.ceil(stepCount / 20)),
    evaluateEverySteps: overrides.evaluateEverySteps ?? Math.max(10, Math.ceil(stepCount / 40)),
    ...offValues(table, overrides),
    preset,
    loss: overrides.loss ?? numbers.loss,
    crop,
    leastCropArea: crop === 'square' ? 1 : (overrides.leastCropArea ?? numbers.leastCropArea),
    weightDecay: overrides.weightDecay ?? numbers.weightDecay,
    seed: facts.seed,
  }
  const choices = explain(recipe, numbers, facts, overrides, table)
  return { recipe, choices, departureCount: choices.filter(({ departure }) => departure !== null).length }
}

function sideFactor(crop: Recipe['crop']): number {
  return crop === 'inception' ? keptSideFactor : squareSideFactor
}

function stepsOf(epochCount: number, exampleCount: number, batchSize: number): number {
  return Math.max(1, Math.round((epochCount * exampleCount) / batchSize))
}

function rateOf(batchSize: number): number {
  return (upstreamRatePer256 * batchSize) / 256
}

/** At the same shares of the way, whatever its length. */
function decaysOf({ decayAtEpochs, epochCount }: PresetNumbers, stepCount: number): number[] {
  return decayAtEpochs.map((epoch) => Math.max(1, Math.round((epoch / epochCount) * stepCount)))
}

function warmupOf(
  { warmupStepCount, batchSize: preset }: PresetNumbers,
  batchSize: number,
  stepCount: number,
) {
  return Math.round(Math.min((warmupStepCount * preset) / batchSize, mostWarmupShare * stepCount))
}

function explain(
  recipe: Recipe,
  numbers: PresetNumbers,
  facts: RuleFacts,
  overrides: Overrides,
  table: RecipeTable,
): Choice[] {
  const { stepCount, batchSize } = recipe
  const epochs = (stepCount * batchSize) / Math.max(1, facts.exampleCount)
  const given = (key: keyof Overrides): boolean => overrides[key] !== undefined
  const presetSteps = stepsOf(numbers.epochCount, facts.exampleCount, batchSize)
  const mostWarmup = recipe.warmupStepCount === Math.round(mostWarmupShare * stepCount)
  return [
    line('preset', 'Pre-training', recipe.preset ?? '', numbers.about),
    fieldLine(
      recipeFields.stepCount,
      whole(stepCount),
      `${given('stepCount') || given('epochCount') ? `${userSetIt}; ` : ''}${decimal(Number(epochs.toPrecision(3)))} passes over ${plural(facts.exampleCount, 'image')}`,
      whole(presetSteps),
    ),
    line(
      recipeFields.resizePx.line.key,
      keptLabel,
      `${String(recipe.resizePx)} → ${String(recipe.cropPx)}`,
      keptReason(recipe),
      `${String(numbers.cropPx * sideFactor(recipe.crop))} → ${String(numbers.cropPx)}`,
    ),
    fieldLine(
      recipeFields.baseLearningRate,
      decimal(recipe.baseLearningRate),
      given('baseLearningRate')
        ? userSetIt
        : `${decimal(upstreamRatePer256)} × ${whole(batchSize)} ÷ 256, in proportion to the batch`,
      decimal(rateOf(batchSize)),
    ),
    line(
      'decay',
      'Decay',
      `÷ 10 at ${listed(recipe.decayAtSteps.map(whole), ', ')}`,
      `after ${listed(
        numbers.decayAtEpochs.map((epoch) => decimal(Number(epoch.toPrecision(3)))),
        ' and ',
      )} of ${decimal(numbers.epochCount)} epochs, or at the same shares`,
    ),
    fieldLine(
      recipeFields.warmupStepCount,
      warmupText(recipe.warmupStepCount),
      given('warmupStepCount')
        ? `${userSetIt}${recipe.warmupStepCount > 0 ? '; linear from 0' : ''}`
        : mostWarmup
          ? `linear from 0; ${whole(mostWarmupShare * 100)} % of the steps, the largest share in the paper`
          : `linear from 0 over as many images as ${whole(numbers.warmupStepCount)} steps of ${whole(numbers.batchSize)}`,
      warmupText(warmupOf(numbers, batchSize, stepCount)),
    ),
    fieldLine(
      recipeFields.batchSize,
      batchText(recipe),
      batchReason(recipe, facts.model, overrides),
      batchSize === numbers.batchSize ? null : whole(numbers.batchSize),
    ),
    fieldLine(
      recipeFields.mixupAlpha,
      recipe.mixupAlpha === 0 ? 'off' : `α ${decimal(recipe.mixupAlpha)}`,
      recipe.mixupAlpha === 0 ? 'none in pre-training' : userSetIt,
      'off',
    ),
    flipLine(recipe),
    optimizerLine(recipe),
    ...beyondLines(
      recipe,
      { weightDecay: numbers.weightDecay, loss: numbers.loss, crop: 'inception' },
      table,
    ),
    ...layerLines(facts.model),
    wordedLine('precision', recipe, table),
    fieldLine(
      recipeFields.keepHead,
      `${whole(facts.classCount)} classes, from zeros`,
      'the others are drawn from the seed (He)',
    ),
  ]
}
