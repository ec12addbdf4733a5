/** One candidate's best use of a budget: crop, precision, batch and steps of a fine-tuning, or a probe of the head. Pure. */
import type { Overrides } from '../../contract/entities/run'
import type { BudgetCandidate, BudgetFacts, BudgetSize } from './budget-facts'
import { budgetNumbers as numbers } from './budget-numbers'
import { runTimeNumbers } from '../estimate/run-time-numbers'
import { runDurationMs, type RunCosts } from '../estimate/run-time'

export interface Tried {
  readonly candidate: BudgetCandidate
  readonly size: BudgetSize
  readonly stepCount: number
  readonly overrides: Overrides
  readonly expectedMs: number
  /** The next larger crop, and why it was not taken; null where there is none. */
  readonly larger: { readonly cropPx: number; readonly why: 'time' | 'memory' | 'blur' } | null
}

/** A small model whose every layer learns; its head alone where not even a few steps would fit. */
export function smallChoice(facts: BudgetFacts, candidate: BudgetCandidate): Tried {
  if (facts.set.linearProbe === true) return probeChoice(facts, candidate)
  const crops = cropsOf(facts)
  const fits = (cropPx: number): boolean =>
    candidate.fits(sizeOf(facts, candidate, cropPx, batchFor(facts, leastBatch)))
  const enough = (cropPx: number): boolean =>
    imagesAt(facts, candidate, cropPx, batchFor(facts, leastBatch)) >= imagesNeeded(facts, cropPx)
  const best = crops.findLast((cropPx) => fits(cropPx) && enough(cropPx)) ?? crops[0] ?? candidate.cropPx
  const tuned = fineTuning(facts, candidate, best)
  if (tuned.stepCount >= numbers.small.leastFineTuningSteps || facts.set.linearProbe === false) return tuned
  if (facts.set.stepCount !== undefined || facts.set.randomCrop === true || facts.set.crop === 'inception')
    return tuned
  const probe = probeChoice(facts, candidate)
  return probe.expectedMs < tuned.expectedMs || probe.expectedMs <= facts.budgetMs ? probe : tuned
}

/** The batch by which crops are compared: the one of small budgets. */
const leastBatch = 32

function fineTuning(facts: BudgetFacts, candidate: BudgetCandidate, cropPx: number): Tried {
  const { small } = numbers
  const images = imagesAt(facts, candidate, cropPx, batchFor(facts, leastBatch))
  const wide = numbers.batches.filter(
    (batch) => batch <= 16 || batch * small.leastBatchesPerEpoch <= facts.exampleCount,
  )
  const batch = wide.findLast((size) => images >= small.stepsPerBatch * size * size && size > 16)
  const fallback = images < small.leastSteps * leastBatch ? 16 : Math.min(leastBatch, Math.max(...wide))
  const size = sizeOf(facts, candidate, cropPx, batchFor(facts, batch ?? fallback))
  const stepCount = facts.set.stepCount ?? stepsIn(facts, candidate.costs(size), size.batchSize)
  const { batchSize, rate } = small.rate
  const share = size.batchSize / batchSize
  return finished(facts, candidate, size, stepCount, {
    // in proportion below the batch that was measured, by the square root above it
    baseLearningRate: rounded(rate * Math.min(share, Math.sqrt(share))),
    ...(size.freeze !== 'none' && { freeze: size.freeze }),
  })
}

/** The rest of a fine-tuning, from what was decided. */
export function finished(
  facts: BudgetFacts,
  candidate: BudgetCandidate,
  size: BudgetSize,
  stepCount: number,
  more: Overrides,
): Tried {
  const costs = candidate.costs(size)
  const evaluateEverySteps = everyFor(
    stepCount,
    countWithin(facts.budgetMs * numbers.evaluationShare, costs.evaluationMs, numbers.mostEvaluations),
  )
  const apart = everyFor(
    stepCount,
    countWithin(facts.budgetMs * numbers.checkpointShare, costs.checkpointMs, numbers.mostCheckpoints),
  )
  // what is saved has been evaluated: else none but the last can be the best
  const evaluatedEvery = facts.set.evaluateEverySteps ?? evaluateEverySteps
  const checkpointEverySteps = Math.ceil(apart / evaluatedEvery) * evaluatedEvery
  const overrides: Overrides = {
    stepCount,
    batchSize: size.batchSize,
    cropPx: size.cropPx,
    ...(facts.set.resizePx === undefined && { resizePx: resizeOf(facts, size.cropPx) }),
    precision: size.precision,
    evaluateEverySteps,
    checkpointEverySteps,
    ...mixing(facts, candidate, (stepCount * size.batchSize) / Math.max(1, facts.exampleCount)),
    ...more,
  }
  const expectedMs = runDurationMs(
    costs,
    {
      stepCount,
      batchSize: size.batchSize,
      evaluateEverySteps: evaluatedEvery,
      checkpointEverySteps: facts.set.checkpointEverySteps ?? checkpointEverySteps,
    },
    facts.exampleCount,
  )
  return { candidate, size, stepCount, overrides, expectedMs, larger: largerThan(facts, candidate, size) }
}

/** `views`: how often each training image is seen. */
function mixing(
  { ruleMixes }: BudgetFacts,
  { kind }: BudgetCandidate,
  views: number,
): Pick<Overrides, 'mixupAlpha'> {
  if (views < numbers.leastViewsForMixup) return ruleMixes ? { mixupAlpha: 0 } : {}
  return kind === 'small' ? { mixupAlpha: numbers.small.mixupAlpha } : {}
}

/** Only the head learns, by the rule's steps and rate: at the largest crop that the budget has time for, else at the least. */
export function probeChoice(facts: BudgetFacts, candidate: BudgetCandidate, leastPx = 0): Tried {
  const batchSize = facts.set.batchSize ?? 512
  const at = (cropPx: number): Tried => {
    const size = sizeOf(facts, candidate, cropPx, batchSize, true)
    const costs = candidate.costs(size)
    const leftMs = facts.budgetMs - costs.fixedMs
    const stepCount = facts.set.stepCount ?? Math.max(1, Math.min(500, Math.floor(leftMs / costs.stepMs)))
    const overrides: Overrides = {
      linearProbe: true,
      cropPx,
      stepCount,
      precision: size.precision,
      evaluateEverySteps: Math.max(10, Math.ceil(stepCount / 20)),
    }
    const expectedMs = costs.fixedMs + stepCount * costs.stepMs
    return { candidate, size, stepCount, overrides, expectedMs, larger: largerThan(facts, candidate, size) }
  }
  const crops = cropsOf(facts).filter((cropPx) => cropPx >= leastPx)
  const tried = (crops.length > 0 ? crops : cropsOf(facts).slice(-1)).map(at)
  const [least] = tried
  if (least === undefined) throw new Error('There is no crop to choose from.')
  return tried.findLast((one) => one.expectedMs <= facts.budgetMs && candidate.fits(one.size)) ?? least
}

/** Ascending: those that do not enlarge the dataset's images too much, at least one; the user's alone where one is set. */
export function cropsOf({ set, medianWidthPx, medianHeightPx }: BudgetFacts): readonly number[] {
  if (set.cropPx !== undefined) return [set.cropPx]
  const most = Math.min(
    numbers.mostEnlargement * Math.sqrt(medianWidthPx * medianHeightPx),
    set.resizePx ?? Infinity,
  )
  const crops = numbers.crops.filter((cropPx) => cropPx <= most)
  return crops.length > 0 ? crops : [Math.min(numbers.crops[0], set.resizePx ?? Infinity)]
}

/** In the fastest precision, unless one is set. */
export function sizeOf(
  facts: BudgetFacts,
  candidate: BudgetCandidate,
  cropPx: number,
  batchSize: number,
  linearProbe = false,
): BudgetSize {
  const freeze = linearProbe ? 'none' : (facts.set.freeze ?? frozenOf(candidate))
  const at = (precision: BudgetSize['precision']): BudgetSize => ({
    cropPx,
    batchSize,
    precision,
    linearProbe,
    freeze,
  })
  if (facts.set.precision !== undefined) return at(facts.set.precision)
  const timeOf = (size: BudgetSize): number => {
    const { fixedMs, stepMs } = candidate.costs(size)
    return linearProbe ? fixedMs : stepMs
  }
  const worthIt =
    facts.precisions.includes('bfloat16') &&
    timeOf(at('float32')) > numbers.leastPrecisionGain * timeOf(at('bfloat16'))
  return at(worthIt ? 'bfloat16' : 'float32')
}

/** What keeps its weights: of random ones nothing does. */
function frozenOf({ kind, id }: BudgetCandidate): BudgetSize['freeze'] {
  return kind === 'small' && id !== null ? numbers.small.frozen : 'none'
}

export function batchFor({ set }: BudgetFacts, batchSize: number): number {
  return set.batchSize ?? batchSize
}

/** How many images of training the budget has time for, and no fewer than one step's. */
export function imagesAt(
  facts: BudgetFacts,
  candidate: BudgetCandidate,
  cropPx: number,
  batchSize: number,
): number {
  const size = sizeOf(facts, candidate, cropPx, batchSize)
  return batchSize * stepsIn(facts, candidate.costs(size), batchSize)
}

/** What is left of the budget beside the start, the evaluations, the checkpoints, and the scores of training images; at least one step. */
export function stepsIn(facts: BudgetFacts, costs: RunCosts, batchSize: number): number {
  const { budgetMs, exampleCount } = facts
  // reserved whether or not a whole evaluation fits into its share, so that more time never means fewer images
  const reserved =
    Math.min(budgetMs * numbers.evaluationShare, costs.evaluationMs * numbers.mostEvaluations) +
    Math.min(budgetMs * numbers.checkpointShare, costs.checkpointMs * numbers.mostCheckpoints)
  const { scoringShare } = runTimeNumbers
  const scoringMs = Math.min(costs.scoringMs, (budgetMs * scoringShare) / (1 + scoringShare))
  const leftMs = budgetMs - costs.fixedMs - reserved - scoringMs
  const allNew = leftMs / (costs.stepMs / batchSize + costs.firstSightMs)
  const images =
    allNew <= exampleCount
      ? allNew
      : ((leftMs - exampleCount * costs.firstSightMs) / costs.stepMs) * batchSize
  return Math.max(1, Math.floor(images / batchSize + 1e-9))
}

function imagesNeeded({ exampleCount, classCount }: BudgetFacts, cropPx: number): number {
  const { imagesAtCrop, leastEpochs, mostImages } = numbers.small
  const forCrop =
    imagesAtCrop.images *
    (cropPx / imagesAtCrop.cropPx) ** imagesAtCrop.growth *
    Math.sqrt(Math.max(1, classCount / imagesAtCrop.classCount))
  return Math.max(forCrop, Math.min(leastEpochs * exampleCount, mostImages))
}

function largerThan(facts: BudgetFacts, candidate: BudgetCandidate, size: BudgetSize): Tried['larger'] {
  if (facts.set.cropPx !== undefined) return null
  const cropPx = numbers.crops.find((px) => px > size.cropPx)
  if (cropPx === undefined) return null
  if (!cropsOf(facts).includes(cropPx)) return { cropPx, why: 'blur' }
  return { cropPx, why: candidate.fits({ ...size, cropPx }) ? 'time' : 'memory' }
}

/** Whole, and at least the crop. Without a random crop the whole image is resized to the crop. */
function resizeOf({ set }: BudgetFacts, cropPx: number): number {
  return set.randomCrop === false ? cropPx : Math.round(cropPx * numbers.resizeFactor)
}

function countWithin(shareMs: number, eachMs: number, most: number): number {
  return eachMs <= 0 ? most : Math.min(most, Math.floor(shareMs / eachMs))
}

/** So that there are at most `count` before the last step. */
function everyFor(stepCount: number, count: number): number {
  return Math.max(1, Math.ceil(stepCount / (count + 1)))
}

/** Two digits: a rate is no more exact than that. */
export function rounded(rate: number): number {
  return Number(rate.toPrecision(2))
}
