import { mixesPictures } from '../model/spec'
import type { TrainJob } from '../trainer/messages'
import { outOfMemory } from '../trainer/out-of-memory'
import type { TrainerEnd } from '../trainer/supervisor'
import { ofSmallerPieces } from '../training/make-room'

export interface SmallerPieces {
  readonly job: TrainJob
  /** For the log. */
  readonly words: string
}

/** What another trainer can do after one that found no memory and died of it; null after any other end, or where nothing is left to halve. */
export function inSmallerPieces(job: TrainJob, end: TrainerEnd): SmallerPieces | null {
  const before = job.recipe.microBatchSize
  if (end.kind !== 'crash' || outOfMemory(new Error(end.lastLines)) === null || before <= 1) return null
  const after = Math.ceil(before / 2)
  return {
    job: { ...job, recipe: { ...job.recipe, microBatchSize: after } },
    words: `The memory was not enough for micro-batches of ${String(before)}, and TensorFlow gave up: repeating with ${String(after)}. ${ofSmallerPieces(mixesPictures(job.spec))}`,
  }
}
