import { setImmediate as nextTurn } from 'node:timers/promises'
import type { ModelSpec } from '../../contract/entities/model'
import type { Recipe, StepMetric } from '../../contract/entities/run'
import { WorkbenchError } from '../../contract/errors'
import type { Pipeline, TrainBatch } from '../data/pipeline'
import { mixesPictures } from '../model/spec'
import { featureChannels } from '../model/units'
import { dropoutFactors } from './dropout'
import { makeRoom } from './make-room'
import type { Warn } from './make-room'
import { learningRate } from './schedule'
import type { Images, TrainState } from './train-state'

export interface StepOptions {
  readonly state: Pick<TrainState, 'begin' | 'accumulate' | 'apply' | 'microBatchSize' | 'setMicroBatchSize'>
  readonly pipeline: Pick<Pipeline, 'batch'>
  readonly recipe: Recipe
  readonly stepIndex: number
  readonly spec: ModelSpec
  readonly control: { stopRequested(): boolean }
  /** Told where memory ran out and the step is repeated in smaller pieces. */
  readonly warn: Warn
  /** Milliseconds. */
  readonly clock: () => number
}

/**
 * One optimizer step: the whole batch in micro-batches, then the update. null where a stop was asked for before its end: then the weights
 * are those before the step. Throws 'loss-not-finite', also before any update.
 */
export async function takeStep(options: StepOptions): Promise<StepMetric | null> {
  const { state, pipeline, recipe, stepIndex, control, clock } = options
  if (control.stopRequested()) return null
  const startMs = clock()
  const batch = await pipeline.batch(stepIndex)
  let sums: BatchSums | null = null
  while (sums === null) {
    if (control.stopRequested()) return null
    try {
      sums = await accumulateBatch(options, batch)
    } catch (thrown) {
      await makeRoom(state, thrown, options.warn, mixesPictures(options.spec))
      continue
    }
    if (sums === null) return null
  }
  const { lossSum, correct, waitMs } = sums
  const loss = lossSum / batch.size
  if (!Number.isFinite(loss)) throw notFinite(loss, stepIndex, recipe)
  const rate = learningRate(recipe, stepIndex)
  await state.apply(rate)
  const atMs = clock()
  return {
    stepIndex,
    loss,
    batchAccuracy: correct / batch.size,
    learningRate: rate,
    stepMs: atMs - startMs,
    waitMs,
    atMs,
  }
}

interface BatchSums {
  readonly lossSum: number
  readonly correct: number
  /** How long the engine stood still because pictures were not ready. */
  readonly waitMs: number
}

/** The gradient of the whole batch, micro-batch by micro-batch, from its beginning. null where a stop was asked for. */
async function accumulateBatch(options: StepOptions, batch: TrainBatch): Promise<BatchSums | null> {
  const { state, control, clock, recipe, stepIndex, spec } = options
  await state.begin()
  const { microBatchSize } = state
  let lossSum = 0
  let correct = 0
  let waitMs = 0
  let asked = pictures(batch, 0, microBatchSize)
  for (let start = 0; start < batch.size; start += microBatchSize) {
    const waitingSinceMs = clock()
    const { images, labelsNk, count } = await asked
    waitMs += clock() - waitingSinceMs
    // each turn of the event loop lets a stop in
    await nextTurn()
    if (control.stopRequested()) return null
    // the engine has its own copy when the call returns: the next pictures are prepared while it works
    const { dropout, seed } = recipe
    const factors = dropoutFactors(dropout, seed, stepIndex, start, count, featureChannels(spec))
    const working = state.accumulate(images, labelsNk, count, batch.size, factors)
    if (start + microBatchSize < batch.size) asked = pictures(batch, start + microBatchSize, microBatchSize)
    const result = await ended(working, asked)
    lossSum += result.lossSum
    correct += result.correct
  }
  return { lossSum, correct, waitMs }
}

/** The result; where it failed, only after what else is under way has ended, so that the caller can begin again. */
async function ended<T>(working: Promise<T>, meanwhile: Promise<unknown>): Promise<T> {
  meanwhile.catch(() => undefined) // thrown where it is awaited
  try {
    return await working
  } catch (thrown) {
    await Promise.allSettled([meanwhile])
    throw thrown
  }
}

async function pictures(
  batch: TrainBatch,
  start: number,
  microBatchSize: number,
): Promise<{ images: Images; labelsNk: Float32Array; count: number }> {
  const count = Math.min(microBatchSize, batch.size - start)
  const { pixelsNhwc, partnerPixelsNhwc, lambda, labelsNk } = await batch.microBatch(start, count)
  return { images: { kind: 'pixels', pixelsNhwc, partnersNhwc: partnerPixelsNhwc, lambda }, labelsNk, count }
}

/** `stepIndex` from 0; the message counts from 1. */
export function notFinite(loss: number, stepIndex: number, recipe: Recipe): WorkbenchError {
  return new WorkbenchError(
    'loss-not-finite',
    `The loss became ${Number.isNaN(loss) ? 'not a number' : 'infinite'} at step ${String(stepIndex + 1)} of ${String(recipe.stepCount)}: the training has diverged.`,
    `Train again with a lower learning rate than ${String(recipe.baseLearningRate)}. The last checkpoint before it is kept.`,
  )
}
