/** What the rule chose and why, in plain sentences; and where the user's value stands instead. Pure. */
import type { Choice, HyperRuleName, Overrides, Recipe } from '../../contract/entities/run'
import { plural } from '../figures'
import { mixesImages, parseModel } from '../model/spec'
import { userSetIt, userTurnedItOff, type FieldLine } from '../recipe/field'
import { recipeFields, type RecipeTable } from '../recipe/fields'
import { beyondLines, wholeImage, wordedLine } from './beyond-lines'
import type { RuleFacts } from './rule-facts'
import {
  decayFractions,
  isSmallImage,
  mediumBelow,
  ruleBaseLearningRate,
  ruleBatchSize,
  ruleMixupAlpha,
  rulePixels,
  ruleStepCount,
  smallBelow,
  takesLargerImages,
  warmupFraction,
} from './rule-numbers'
import { decimal, fieldLine, line, listed, whole } from './rule-words'

/** A recipe of HyperRule's, and which one it was. */
type HyperRecipe = Recipe & { readonly rule: HyperRuleName }

export function explain(
  recipe: HyperRecipe,
  facts: RuleFacts,
  overrides: Overrides,
  table: RecipeTable,
): Choice[] {
  const { stepCount, batchSize } = recipe
  return [
    line('sizeClass', 'Size class', recipe.sizeClass, sizeReason(recipe, facts)),
    fieldLine(
      recipeFields.stepCount,
      whole(stepCount),
      stepReason(recipe, facts, overrides),
      whole(ruleStepCount[recipe.sizeClass]),
    ),
    pixelLine(recipe, facts, overrides),
    fieldLine(
      recipeFields.baseLearningRate,
      decimal(recipe.baseLearningRate),
      rateReason(recipe, overrides),
      decimal(ruleBaseLearningRate),
    ),
    line(
      'decay',
      'Decay',
      `÷ 10 at ${listed(recipe.decayAtSteps.map(whole), ', ')}`,
      `${listed(
        decayFractions(recipe.rule, recipe.sizeClass).map((share) => whole(share * 100)),
        ' and ',
      )} % of ${whole(stepCount)} steps${recipe.rule === 'reference-code' ? '; the code divides one step after each' : ''}`,
    ),
    warmupLine(recipe, overrides),
    fieldLine(
      recipeFields.batchSize,
      batchText(recipe),
      batchReason(recipe, facts.model, overrides),
      batchSize === ruleBatchSize ? null : whole(ruleBatchSize),
    ),
    mixupLine(recipe, overrides),
    flipLine(recipe),
    recipe.linearProbe
      ? fieldLine(recipeFields.randomCrop, 'off', wholeImage)
      : switchLine(
          recipeFields.randomCrop,
          recipe.randomCrop,
          'a new seeded position at each step',
          'the whole image matters',
        ),
    optimizerLine(recipe),
    ...beyondLines(recipe, {}, table),
    wordedLine('precision', recipe, table),
    headLine(recipe, facts),
  ]
}

function sizeReason({ sizeClass }: Pick<Recipe, 'sizeClass'>, { exampleCount }: RuleFacts): string {
  const images = plural(exampleCount, 'training image is', 'training images are')
  if (sizeClass === 'small') return `${images} fewer than ${whole(smallBelow)}`
  if (sizeClass === 'medium')
    return `${images} at least ${whole(smallBelow)} and fewer than ${whole(mediumBelow)}`
  return `${images} at least ${whole(mediumBelow)}`
}

function stepReason(
  { stepCount, batchSize }: Recipe,
  { exampleCount }: RuleFacts,
  overrides: Overrides,
): string {
  const views = (stepCount * batchSize) / Math.max(1, exampleCount)
  const seen = `each image is seen about ${views < 10 ? String(Number(views.toFixed(1))) : whole(views)} times`
  if (overrides.stepCount !== undefined) return `${userSetIt}; ${seen}`
  if (batchSize === ruleBatchSize) return seen
  return `scaled by 512 ÷ ${whole(batchSize)}, in proportion to the batch; ${seen}`
}

function pixelLine(recipe: HyperRecipe, facts: RuleFacts, overrides: Overrides): Choice {
  const median = `median image is ${whole(facts.medianWidthPx)} × ${whole(facts.medianHeightPx)}`
  const size = isSmallImage(facts) ? 'smaller than 96 × 96' : 'not smaller than 96 × 96'
  const isKept = recipe.crop === 'inception'
  const fromRule = rulePixels(recipe.rule, facts, recipe.crop)
  const text = (pixels: { resizePx: number; cropPx: number }): string =>
    `${String(pixels.resizePx)} → ${String(pixels.cropPx)}`
  const userSet = overrides.resizePx !== undefined || overrides.cropPx !== undefined
  const reason = userSet
    ? `${userSetIt}; the ${median}`
    : isKept
      ? `${keptReason(recipe)}; ${median}, ${size}`
      : recipe.randomCrop
        ? `${median}, ${size}${takesLargerImages(facts.model) && recipe.rule === 'paper' && !isSmallImage(facts) ? '; R152x4 takes larger images' : ''}`
        : `the whole image, because the random crop is off; ${median}, ${size}`
  const { key, label } = recipeFields.resizePx.line
  return line(key, isKept ? keptLabel : label, text(recipe), reason, userSet ? text(fromRule) : null)
}

/** Of the line of the two sizes, where images are kept in their own shape. */
export const keptLabel = 'Image size → crop'

/** Before the crop: what the first of the two sizes is. */
export function keptReason({ crop, resizePx }: Recipe): string {
  const square = `${whole(resizePx)} × ${whole(resizePx)}`
  if (crop === 'square') return `images are resized to ${square} px; crops are cut from them`
  return `images keep their aspect ratio, with at most as many pixels as ${square}; crops are cut from them`
}

function rateReason({ rule, batchSize }: Recipe, overrides: Overrides): string {
  if (overrides.baseLearningRate !== undefined) return userSetIt
  if (batchSize !== ruleBatchSize)
    return `${decimal(ruleBaseLearningRate)} × ${whole(batchSize)} ÷ 512, in proportion to the batch`
  return rule === 'paper'
    ? 'base rate of the rule, no warm-up in the paper'
    : 'base rate of the rule, reached after the warm-up'
}

function warmupLine(recipe: HyperRecipe, overrides: Overrides): Choice {
  const { rule, sizeClass, warmupStepCount, stepCount } = recipe
  const share = warmupFraction(rule, sizeClass)
  const reason =
    overrides.warmupStepCount !== undefined
      ? `${userSetIt}${warmupStepCount > 0 ? '; linear from 0' : ''}`
      : rule === 'paper'
        ? 'the paper states none'
        : `linear over ${decimal(share * 100)} % of ${whole(stepCount)} steps, as in the authors’ code, where step 0 has rate 0`
  const fromRule = warmupText(Math.round(share * stepCount))
  return fieldLine(recipeFields.warmupStepCount, warmupText(warmupStepCount), reason, fromRule)
}

export function warmupText(stepCount: number): string {
  return stepCount === 0 ? 'none' : `${whole(stepCount)} steps`
}

export function flipLine({ flip }: Recipe): Choice {
  const whenOn = 'half of the images in each batch are mirrored'
  return switchLine(recipeFields.flip, flip, whenOn, 'direction matters')
}

export function optimizerLine({ momentum }: Recipe): Choice {
  return line('optimizer', 'Optimizer', `SGD, momentum ${decimal(momentum)}`, 'as in the paper')
}

function headLine(recipe: Recipe, facts: RuleFacts): Choice {
  const { classCount } = facts
  const firstLoss = recipe.loss === 'softmax' ? Math.log(classCount) : classCount * Math.LN2
  const formula = recipe.loss === 'softmax' ? `ln ${String(classCount)}` : `${String(classCount)} · ln 2`
  const reason = recipe.keepHead
    ? 'the head of the initial weights if it has as many classes, otherwise zeros'
    : `first loss will be ${formula} = ${firstLoss.toFixed(3)}`
  const text = (kept: boolean): string => `${whole(classCount)} classes, ${kept ? 'kept' : 'from zeros'}`
  return fieldLine(recipeFields.keepHead, text(recipe.keepHead), reason, text(false))
}

/** "512 = 64 × 8": 64 at a time, 8 times; a remainder is added. */
export function batchText({ batchSize, microBatchSize }: Recipe): string {
  const full = Math.floor(batchSize / microBatchSize)
  const rest = batchSize - full * microBatchSize
  if (full === 1 && rest === 0) return whole(batchSize)
  return `${whole(batchSize)} = ${whole(microBatchSize)} × ${whole(full)}${rest === 0 ? '' : ` + ${whole(rest)}`}`
}

/** How many are computed at once, and what becomes of the pieces. */
export function batchReason(
  { batchSize, microBatchSize }: Recipe,
  model: string,
  overrides: Overrides,
): string {
  const pieces = Math.ceil(batchSize / microBatchSize)
  const computed =
    pieces === 1
      ? 'all are computed at once'
      : `${whole(microBatchSize)} ${overrides.microBatchSize === undefined ? 'fit in memory' : 'at a time, set by you'}; ${whole(pieces)} of them ${addingUp(model)}`
  return overrides.batchSize === undefined ? computed : `${userSetIt}; ${computed}`
}

/** What micro-batches do, after a plural. */
function addingUp(model: string): string {
  return mixesImages(parseModel(model).spec)
    ? 'add up, each normalized by itself'
    : 'add up to the whole batch, up to rounding'
}

function mixupLine({ mixupAlpha, sizeClass, linearProbe }: Recipe, overrides: Overrides): Choice {
  const text = (alpha: number): string => (alpha === 0 ? 'off' : `α ${decimal(alpha)}`)
  const reason =
    overrides.mixupAlpha !== undefined
      ? `${userSetIt}${linearProbe && mixupAlpha > 0 ? '; mixes the features, not the images' : ''}`
      : mixupAlpha === 0
        ? `the rule uses 0.1 from ${whole(smallBelow)} images up`
        : `λ from Beta(${decimal(mixupAlpha)}, ${decimal(mixupAlpha)}) once a step, partners from the whole batch${linearProbe ? '; mixes the features, not the images' : ''}`
  return fieldLine(recipeFields.mixupAlpha, text(mixupAlpha), reason, text(ruleMixupAlpha[sizeClass]))
}

function switchLine(
  field: { readonly line: FieldLine },
  on: boolean,
  whenOn: string,
  whenOff: string,
): Choice {
  return fieldLine(
    field,
    on ? 'on' : 'off',
    on ? whenOn : `${userTurnedItOff}: for labels where ${whenOff}`,
    'on',
  )
}
