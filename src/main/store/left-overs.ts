import { dropIncomplete } from './checkpoints'
import { dropUnsealed } from './prediction-sets'
import { dropUnpublished } from './predictions'
import type { Db } from './statement'

/** Throws away what trainers left that are gone: half a checkpoint, half a set of predictions, predictions that no end has published. */
export function dropLeftOvers(db: Db): void {
  dropIncomplete(db)
  dropUnpublished(db)
  dropUnsealed(db)
}
