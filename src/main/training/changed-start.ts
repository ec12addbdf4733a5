import { runModelOf } from '../../domain/model/run-model'
import { WorkbenchError } from '../../contract/errors'
import { latestCheckpoint } from '../store/checkpoints/checkpoints'
import { findRunName, getRun } from '../store/runs/runs'
import type { Db } from '../store/statement'

/**
 * A run that began with the weights of another one needs those weights, not what that one has learned since. Throws 'bad-weights' where it was
 * trained further, so that a result is never another than it says.
 */
export function refuseChangedStart(db: Db, runId: number): void {
  const { name, weights, createdAtMs, checkpointStep, recipe } = getRun(db, runId)
  const needsThem = checkpointStep === null || recipe.decayTowardInitial !== 0
  const source = runModelOf(weights ?? '')
  // those of a step do not change
  if (!needsThem || source === null || typeof source.which === 'number') return
  const latest = latestCheckpoint(db, source.runId)
  if (latest === null || latest.createdAtMs <= createdAtMs) return
  throw new WorkbenchError(
    'bad-weights',
    `"${name}" began with the weights of "${findRunName(db, source.runId) ?? String(source.runId)}", which was trained further since then: it cannot go on with the same weights. Nothing was changed.`,
    'Start a new run.',
  )
}
