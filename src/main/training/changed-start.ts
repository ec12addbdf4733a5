import { runModelOf } from '../../domain/model/run-model'
import type { Run } from '../../contract/entities/run'
import { WorkbenchError } from '../../contract/errors'
import { formatCount } from '../../domain/figures'
import { checkpointOf, latestCheckpoint } from '../store/checkpoints/checkpoints'
import { checkpointToGoOn, findRunName, getRun } from '../store/runs/runs'
import type { Db } from '../store/statement'

/** Throws as `refuseOtherStart` where the run needs its initial weights to go on. */
export function refuseChangedStart(db: Db, runId: number): void {
  const run = getRun(db, runId)
  if (run.recipe.decayTowardInitial !== 0 || checkpointToGoOn(db, runId) === null) refuseOtherStart(db, run)
}

/**
 * What began with the weights of another run needs those weights, not others that this one has now: a result is never another than it says.
 * Throws 'not-found' where their checkpoint is gone, 'bad-weights' where nobody wrote their step down and the other run was trained further.
 */
export function refuseOtherStart(
  db: Db,
  { name, weights, createdAtMs }: Pick<Run, 'name' | 'weights' | 'createdAtMs'>,
): void {
  const source = runModelOf(weights ?? '')
  if (source === null) return
  const { runId, which } = source
  const sourceName = findRunName(db, runId)
  const began = `"${name}" began with the weights of ${sourceName === null ? `run ${String(runId)}` : `"${sourceName}"`}`
  const refused = 'it cannot go on with the same weights. Nothing was changed.'
  if (typeof which === 'number') {
    if (checkpointOf(db, runId, which) !== null) return
    throw new WorkbenchError(
      'not-found',
      `${began} after step ${formatCount(which)}, and that checkpoint is gone: ${refused}`,
      'Start a new run.',
    )
  }
  // of older versions, which did not write the step down
  const latest = latestCheckpoint(db, runId)
  if (latest === null || latest.createdAtMs <= createdAtMs) return
  throw new WorkbenchError(
    'bad-weights',
    `${began}, which was trained further since then: ${refused}`,
    'Start a new run.',
  )
}
