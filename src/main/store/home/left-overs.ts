import { dropIncomplete } from '../checkpoints/checkpoints'
import { dropUnsealed } from '../runs/prediction-sets'
import { dropUnpublished } from '../runs/predictions'
import type { Db } from '../statement'

/**
 * Throws away what trainers left that are gone: half a checkpoint, half a set of predictions, predictions that no end has published. Those of `runId`; null: of
 * all, where none trains.
 */
export function dropLeftOvers(db: Db, runId: number | null): void {
  if (runId === null) dropIncomplete(db)
  dropUnpublished(db, runId)
  dropUnsealed(db, runId)
}
