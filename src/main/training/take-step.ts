import type { Recipe, StepMetric } from '../../contract/entities/run'
import { WorkbenchError } from '../../contract/errors'
import type { Pipeline } from '../data/pipeline'
import { toModelRange } from '../data/pixel-range'
import { learningRate } from './schedule'
import type { TrainState } from './train-step'

export interface StepOptions {
  readonly state: Pick<TrainState, 'accumulate' | 'apply'>
  readonly pipeline: Pick<Pipeline, 'batch'>
  readonly recipe: Recipe
  readonly stepIndex: number
  readonly control: { stopRequested(): boolean }
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
  let waitMs = 0
  let lossSum = 0
  let correct = 0
  for (let start = 0; start < batch.size; start += recipe.microBatchSize) {
    // each turn of the event loop lets a stop in, and the decoding of the next batch go on
    await new Promise<void>((resolve) => setImmediate(resolve))
    if (control.stopRequested()) return null
    const count = Math.min(recipe.microBatchSize, batch.size - start)
    const askedMs = clock()
    const { pixelsNhwc, partnerPixelsNhwc, lambda, labelsNk } = await batch.microBatch(start, count)
    waitMs += clock() - askedMs
    const imagesNhwc = toModelRange(pixelsNhwc, partnerPixelsNhwc, lambda)
    const result = state.accumulate(imagesNhwc, labelsNk, count, batch.size)
    lossSum += result.lossSum
    correct += result.correct
  }
  const loss = lossSum / batch.size
  if (!Number.isFinite(loss)) throw notFinite(loss, stepIndex, recipe)
  const rate = learningRate(recipe, stepIndex)
  state.apply(rate)
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

function notFinite(loss: number, stepIndex: number, recipe: Recipe): WorkbenchError {
  return new WorkbenchError(
    'loss-not-finite',
    `The loss became ${Number.isNaN(loss) ? 'not a number' : 'infinite'} at step ${String(stepIndex + 1)} of ${String(recipe.stepCount)}: the training has diverged.`,
    `Train again with a lower learning rate than ${String(recipe.baseLearningRate)}. The last checkpoint before it is kept.`,
  )
}
