import { setImmediate as nextTurn } from 'node:timers/promises'
import type { ModelSpec } from '../../../contract/entities/model'
import type { Recipe } from '../../../contract/entities/run'
import { WorkbenchError } from '../../../contract/errors'
import type { MicroBatch, Pipeline, TrainBatch } from '../data/pipeline'
import { mixesImages } from '../../../domain/model/spec'
import { featureChannels } from '../../../domain/model/units'
import { dropoutFactors } from './dropout'
import { makeRoom } from './make-room'
import type { Warn } from './make-room'
import type { StepOutcome } from './learner'
import { presentRows } from './present-rows'
import { learningRate } from '../../../domain/rules/schedule'
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
 * One optimizer step: the whole batch in micro-batches, then the update. null where a stop was asked for before its end, 'empty' where none of
 * its images is there: then the weights and momenta are those before the step. Images that are missing have weight zero: loss and accuracy are
 * means over those that are there. The gradient is divided by the batch size all the same, as if they pulled nowhere: how many are missing is
 * not known before the first micro-batch. Throws 'loss-not-finite' and 'images-missing', also before any update.
 */
export async function takeStep(options: StepOptions): Promise<StepOutcome> {
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
      await makeRoom(state, thrown, options.warn, mixesImages(options.spec))
      continue
    }
    if (sums === null) return null
  }
  const { lossSum, correct, waitMs, presentCount } = sums
  if (presentCount === 0) return 'empty'
  const loss = lossSum / presentCount
  if (!Number.isFinite(loss)) throw notFinite(loss, stepIndex, recipe)
  const rate = learningRate(recipe, stepIndex)
  await state.apply(rate)
  const atMs = clock()
  return {
    stepIndex,
    loss,
    batchAccuracy: correct / presentCount,
    learningRate: rate,
    stepMs: atMs - startMs,
    waitMs,
    atMs,
  }
}

interface BatchSums {
  readonly lossSum: number
  readonly correct: number
  /** Images that are there. */
  readonly presentCount: number
  /** How long the engine stood still because images were not ready. */
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
  let presentCount = 0
  const mixes = mixesImages(spec)
  let asked = microBatchOf(batch, 0, microBatchSize)
  for (let start = 0; start < batch.size; start += microBatchSize) {
    const waitingSinceMs = clock()
    const micro = await asked
    waitMs += clock() - waitingSinceMs
    // each turn of the event loop lets a stop in
    await nextTurn()
    if (control.stopRequested()) return null
    // the engine has its own copy when the call returns: the next images are prepared while it works
    const { dropout, seed } = recipe
    const size = micro.weights.length
    const factors = dropoutFactors(dropout, seed, stepIndex, start, size, featureChannels(spec))
    const { images, labelsNk, count, factorsNc } = mixes ? presentOf(micro, factors) : fed(micro, factors)
    // nothing at all of a micro-batch of BatchNorm: there are no statistics to take
    const working = count === 0 ? nothing : state.accumulate(images, labelsNk, count, batch.size, factorsNc)
    presentCount += micro.presentCount
    if (start + microBatchSize < batch.size)
      asked = microBatchOf(batch, start + microBatchSize, microBatchSize)
    const result = await ended(working, asked)
    lossSum += result.lossSum
    correct += result.correct
  }
  return { lossSum, correct, presentCount, waitMs }
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

const nothing = Promise.resolve({ lossSum: 0, correct: 0 })

function microBatchOf(batch: TrainBatch, start: number, microBatchSize: number): Promise<MicroBatch> {
  return batch.microBatch(start, Math.min(microBatchSize, batch.size - start))
}

interface Fed {
  readonly images: Images
  readonly labelsNk: Float32Array
  readonly factorsNc: Float32Array | null
  readonly count: number
}

function fed(micro: MicroBatch, factorsNc: Float32Array | null): Fed {
  const { pixelsNhwc, partnerPixelsNhwc: partnersNhwc, lambda, labelsNk, weights } = micro
  const images = { kind: 'pixels', pixelsNhwc, partnersNhwc, lambda } as const
  return { images, labelsNk, factorsNc, count: weights.length }
}

/** Without the rows of what is missing. */
function presentOf(micro: MicroBatch, factorsNc: Float32Array | null): Fed {
  const { pixelsNhwc, partnerPixelsNhwc, lambda, labelsNk, weights, presentCount } = micro
  const images = {
    kind: 'pixels',
    pixelsNhwc: presentRows(pixelsNhwc, weights),
    partnersNhwc: partnerPixelsNhwc === null ? null : presentRows(partnerPixelsNhwc, weights),
    lambda,
  } as const
  return {
    images,
    labelsNk: presentRows(labelsNk, weights),
    factorsNc: factorsNc === null ? null : presentRows(factorsNc, weights),
    count: presentCount,
  }
}

/** `stepIndex` from 0; the message counts from 1. */
export function notFinite(loss: number, stepIndex: number, recipe: Recipe): WorkbenchError {
  return new WorkbenchError(
    'loss-not-finite',
    `The loss became ${Number.isNaN(loss) ? 'not a number' : 'infinite'} at step ${String(stepIndex + 1)} of ${String(recipe.stepCount)}: training has diverged.`,
    `Train again with a lower learning rate than ${String(recipe.baseLearningRate)}. The last checkpoint before it was kept.`,
  )
}
