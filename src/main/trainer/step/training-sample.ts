/** Which training images are scored at the end of a run, and for how long. */
import { runTimeNumbers } from '../../../domain/estimate/run-time-numbers'
import { spreadOrder } from '../../../domain/prediction-set/spread-order'
import type { MissingOfPart } from '../data/missing-images'
import type { JobImages, TrainJob } from '../../protocol/messages'

export function imagesAt(images: JobImages, indices: readonly number[]): JobImages {
  return {
    ids: indices.map((index) => images.ids[index] ?? 0),
    keys: indices.map((index) => images.keys[index] ?? ''),
    labelIndices: indices.map((index) => images.labelIndices[index] ?? 0),
  }
}

/** Indices of the training part so that each beginning is a fair sample, without those that count for nothing by now. */
export function trainingSample(
  { images: { train }, recipe }: Pick<TrainJob, 'images' | 'recipe'>,
  missing: MissingOfPart,
  stepsDone: number,
): number[] {
  const position = stepsDone * recipe.batchSize
  return spreadOrder(train.labelIndices, recipe.seed).filter((index) => !missing.isMissing(index, position))
}

/**
 * Says when the scores have to end, so that they take at most their share of the run: asked before each batch, it allows for a batch as long as
 * the longest so far. `firstBatchMs`: what the first one will take.
 */
export function scoringLimit(runMs: number, firstBatchMs: number, clock: () => number): () => boolean {
  const startMs = clock()
  let [lastMs, longestMs] = [startMs, firstBatchMs]
  let asked = false
  return () => {
    const nowMs = clock()
    if (asked) longestMs = Math.max(longestMs, nowMs - lastMs)
    asked = true
    lastMs = nowMs
    return nowMs + longestMs - startMs > runTimeNumbers.scoringShare * runMs
  }
}
