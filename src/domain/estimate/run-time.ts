/** How long a run takes from its start to its end: one arithmetic for the estimate of a plan and for the planner. Pure. */
import type { ModelSpec } from '../../contract/entities/model'
import type { Recipe } from '../../contract/entities/run'
import type { SplitPart } from '../../contract/entities/dataset'
import { parameterCount, type NamedModel } from '../model/spec'
import { featureChannels } from '../model/units'
import { probePassCount } from './probe-size'
import { runTimeNumbers } from './run-time-numbers'
import type { Speed } from './speed'

/** What decides how long a run takes, but for the count of its steps. */
export type TimedRecipe = Pick<
  Recipe,
  'batchSize' | 'microBatchSize' | 'cropPx' | 'resizePx' | 'precision' | 'linearProbe' | 'flip' | 'freeze'
>

export interface TimedDataset {
  readonly classCount: number
  readonly medianWidthPx: number
  readonly medianHeightPx: number
  readonly counts: Readonly<Record<SplitPart, number>>
}

/** All in ms. A run of n steps with e evaluations along the way and c checkpoints takes fixed + n·step + e·evaluation + c·checkpoint + decoding, and at most `scoringShare` of that for the scores of training images. */
export interface RunCosts {
  /** Start, graphs, features of a probe, and the evaluation of the last weights. */
  readonly fixedMs: number
  readonly stepMs: number
  readonly evaluationMs: number
  readonly checkpointMs: number
  /** Of one training image, when it is seen for the first time. */
  readonly firstSightMs: number
  /** Of all training images' scores. */
  readonly scoringMs: number
}

export function runCosts(
  model: NamedModel,
  dataset: TimedDataset,
  recipe: TimedRecipe,
  speed: Speed,
): RunCosts {
  const { counts, classCount } = dataset
  const { batchSize, precision, cropPx, microBatchSize, linearProbe } = recipe
  const predictMs = (count: number): number =>
    speed.predictMs(model, precision, cropPx, count, microBatchSize)
  const decodeMs = decodingMs(dataset, speed)
  const useMs = usingMs(recipe.resizePx, speed)
  const judged = counts.test > 0 ? counts.test : counts.val > 0 ? counts.val : counts.train
  const alsoVal = counts.test > 0 ? counts.val : 0
  const heldOutMs = predictMs(judged) + predictMs(alsoVal) + (judged + alsoVal) * (decodeMs + useMs)
  const startMs = startingMs(model.spec, classCount, speed)
  const checkpointMs = savingMs(model.spec, classCount, linearProbe)
  if (linearProbe) {
    const passes = probePassCount(recipe, counts)
    const decoded = counts.train + counts.val + counts.test
    const featuresMs = predictMs(passes) + decoded * decodeMs + passes * useMs
    const stepMs = probeStepMs(model.spec, classCount, batchSize)
    const evaluationMs = probeStepMs(model.spec, classCount, counts.val)
    return {
      fixedMs: startMs + featuresMs + checkpointMs,
      stepMs,
      evaluationMs,
      checkpointMs,
      firstSightMs: 0,
      // from features that are there
      scoringMs: 0,
    }
  }
  return {
    fixedMs: startMs + heldOutMs + checkpointMs,
    stepMs: speed.stepMs(model, precision, recipe) + batchSize * useMs,
    evaluationMs: counts.val === 0 ? 0 : predictMs(counts.val) + counts.val * useMs,
    checkpointMs,
    firstSightMs: decodeMs,
    // where nothing was held out, the training images are what is judged
    scoringMs: counts.test + counts.val === 0 ? 0 : predictMs(counts.train) + counts.train * useMs,
  }
}

/** Of a run, from what it takes until its last evaluation. */
export function withScores(untilResultMs: number, { scoringMs }: RunCosts): number {
  return untilResultMs + Math.min(scoringMs, untilResultMs * runTimeNumbers.scoringShare)
}

/** Of a whole recipe, or of what a planner tries. */
export function runDurationMs(
  costs: RunCosts,
  {
    stepCount,
    batchSize,
    evaluateEverySteps,
    checkpointEverySteps,
  }: Pick<Recipe, 'stepCount' | 'batchSize' | 'evaluateEverySteps' | 'checkpointEverySteps'>,
  trainCount: number,
): number {
  // the last of both is in the fixed part
  const evaluations = Math.floor((stepCount - 1) / evaluateEverySteps)
  const checkpoints = Math.floor((stepCount - 1) / checkpointEverySteps)
  return withScores(
    costs.fixedMs +
      stepCount * costs.stepMs +
      Math.min(trainCount, stepCount * batchSize) * costs.firstSightMs +
      evaluations * costs.evaluationMs +
      checkpoints * costs.checkpointMs,
    costs,
  )
}

function startingMs(spec: ModelSpec, classCount: number, { start }: Speed): number {
  const units = spec.units.reduce((sum, count) => sum + count, 0)
  const graphs = start.graphMs * units * runTimeNumbers.graphsOfRun
  return start.engineMs + graphs + parameterCount(spec, classCount) * 4 * runTimeNumbers.readMsPerByte
}

function savingMs(spec: ModelSpec, classCount: number, linearProbe: boolean): number {
  const bytes = parameterCount(spec, classCount) * 4 * (linearProbe ? 1 : 2)
  return runTimeNumbers.saveMs + bytes * runTimeNumbers.saveMsPerByte
}

function probeStepMs(spec: ModelSpec, classCount: number, rows: number): number {
  return (
    runTimeNumbers.probeStepMs + rows * featureChannels(spec) * classCount * runTimeNumbers.probeMsPerProduct
  )
}

/** Of an image that was not seen before, where the time is not spent beside the engine. */
function decodingMs({ medianWidthPx, medianHeightPx }: TimedDataset, speed: Speed): number {
  if (speed.preparesBeside) return 0
  const megapixels = (medianWidthPx * medianHeightPx) / 1e6
  return (runTimeNumbers.decodeMs + megapixels * runTimeNumbers.decodeMsPerMegapixel) / speed.threadCount
}

/** Of each use: the crop is cut from the decoded image and enlarged. */
function usingMs(resizePx: number, speed: Speed): number {
  return speed.preparesBeside ? 0 : (resizePx ** 2 * runTimeNumbers.useMsPerPixel) / speed.threadCount
}
