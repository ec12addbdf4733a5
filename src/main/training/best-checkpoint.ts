/** "Stop and keep the best": of the checkpoints that a run still has, the one that was most accurate on the validation images. */
import { activeRunStates, type Checkpoint, type LogLine } from '../../contract/entities/run'
import { WorkbenchError } from '../../contract/errors'
import type { Kept } from '../../domain/checkpoint-kinds'
import { formatCount } from '../../domain/figures'
import type { TrainJob } from '../protocol/messages'
import { readCheckpoint, verifyCheckpoint } from '../store/checkpoints/checkpoint-read'
import { bestCheckpoint, heldAfter } from '../store/checkpoints/checkpoint-retention'
import { latestCheckpoint } from '../store/checkpoints/checkpoints'
import { listEvaluations } from '../store/runs/metrics'
import { isBundled } from '../store/runs/bundled-runs'
import { refuseTrashed } from '../store/runs/run-marks'
import { getRun, spentBefore } from '../store/runs/runs'
import type { Db } from '../store/statement'
import type { ServiceContext } from '../app/context'

export interface BestCheckpoint {
  readonly resume: NonNullable<TrainJob['resume']>
  /** For the trainer. */
  readonly bytes: AsyncGenerator<Uint8Array, void, undefined>
}

/** Says which it is. Throws 'not-found' where the run has none, 'home-broken' where it is damaged. */
export async function findBest(
  { db, checkpoints }: Pick<ServiceContext, 'db' | 'checkpoints'>,
  runId: number,
  tell: (line: Pick<LogLine, 'kind' | 'text'>) => void,
): Promise<BestCheckpoint> {
  const { best, chosen } = choose(db, runId)
  await verifyCheckpoint(db, checkpoints, chosen.id)
  const { stepIndex } = chosen
  const held = heldAfter(db, runId, stepIndex).map(
    (one) => ` The checkpoint of step ${formatCount(one.stepIndex)} stays too: it is ${heldWords(one)}.`,
  )
  const accuracy =
    best === null
      ? undefined
      : listEvaluations(db, runId).find((one) => one.part === 'val' && one.stepIndex === stepIndex)?.accuracy
  tell({
    kind: 'info',
    text: `${
      accuracy === undefined
        ? `No checkpoint was evaluated on validation images: that of step ${formatCount(stepIndex)} is kept, the last one.`
        : `Of the checkpoints at hand, that of step ${formatCount(stepIndex)} is best on the validation images (${String(accuracy.correct)} of ${String(accuracy.total)} right): it is kept and evaluated.`
    }${held.join('')}`,
  })
  return {
    resume: { stepIndex, ...spentBefore(db, runId, stepIndex), isValidated: true, bestAccuracy: null },
    bytes: readCheckpoint(db, checkpoints, chosen.id),
  }
}

/**
 * Of a run that has ended. Throws 'bad-input' in the trash, 'busy' while it trains, 'unsupported' where it was imported or all its steps are done, 'not-found'
 * where it has no checkpoint, 'not-allowed' where one after the best is pinned or in use: the best cannot be its last then. Changes nothing.
 */
export function checkCanKeepBest(db: Db, runId: number): void {
  const run = getRun(db, runId)
  refuseTrashed(run)
  if (activeRunStates.includes(run.state))
    throw new WorkbenchError('busy', `The run "${run.name}" is training.`, 'Wait until it has ended.')
  if (isBundled(db, runId))
    throw new WorkbenchError(
      'unsupported',
      `The run "${run.name}" was imported: it stays as it came.`,
      'Start a new run from its weights.',
    )
  if (run.state === 'done')
    throw new WorkbenchError(
      'unsupported',
      `The run "${run.name}" has completed all its steps: it stays with its last weights and their results.`,
      `Use its best checkpoint as the model run:${String(runId)}@best.`,
    )
  const { stepIndex } = choose(db, runId).chosen
  const held = heldAfter(db, runId, stepIndex).at(-1)
  if (held === undefined) return
  throw new WorkbenchError(
    'not-allowed',
    `To keep the best of "${run.name}", that of step ${formatCount(stepIndex)}, the checkpoints after it go. That of step ${formatCount(held.stepIndex)} cannot: it is ${heldWords(held)}.`,
    held.kinds.includes('in-use')
      ? `Use the best as the model run:${String(runId)}@${String(stepIndex)}, or branch from step ${formatCount(stepIndex)}.`
      : 'Unpin it first.',
  )
}

function choose(db: Db, runId: number): { readonly best: Kept | null; readonly chosen: Checkpoint } {
  const best = bestCheckpoint(db, runId)
  const chosen = best ?? latestCheckpoint(db, runId)
  if (chosen === null)
    throw new WorkbenchError('not-found', 'The run has no checkpoint yet.', 'Let it train longer.')
  return { best, chosen }
}

function heldWords({ kinds }: Kept): string {
  return kinds.includes('in-use') ? 'in use (it was promoted, or a run went on from it)' : 'pinned'
}
