import { mixesImages } from '../../domain/model/spec'
import type { TrainJob } from '../protocol/messages'
import { outOfMemory } from '../protocol/out-of-memory'
import type { TrainerEnd } from '../protocol/supervisor'
import { halved } from '../../domain/estimate/halved'

export interface SmallerPieces {
  readonly job: TrainJob
  /** For the log. */
  readonly words: string
}

/** What another trainer can do after one that found no memory and died of it; null after any other end, or where nothing is left to halve. */
export function inSmallerPieces(job: TrainJob, end: TrainerEnd): SmallerPieces | null {
  if (end.kind !== 'crash' || outOfMemory(new Error(end.lastLines)) === null) return null
  const smaller = halved(job.recipe.microBatchSize, mixesImages(job.spec), ', and TensorFlow aborted')
  if (smaller === null) return null
  const { microBatchSize, words } = smaller
  return { job: { ...job, recipe: { ...job.recipe, microBatchSize } }, words }
}
