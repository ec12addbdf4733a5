/** "Stop and keep the best": of the checkpoints that a run still has, the one that was most accurate on the validation images. */
import type { LogLine } from '../../contract/entities/run'
import { WorkbenchError } from '../../contract/errors'
import { formatCount } from '../../domain/figures'
import type { TrainJob } from '../protocol/messages'
import { readCheckpoint, verifyCheckpoint } from '../store/checkpoints/checkpoint-read'
import { bestCheckpoint } from '../store/checkpoints/checkpoint-retention'
import { latestCheckpoint } from '../store/checkpoints/checkpoints'
import { listEvaluations } from '../store/runs/metrics'
import { spentBefore } from '../store/runs/runs'
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
  const best = bestCheckpoint(db, runId)
  const chosen = best ?? latestCheckpoint(db, runId)
  if (chosen === null)
    throw new WorkbenchError('not-found', 'The run has no checkpoint yet.', 'Let it train longer.')
  await verifyCheckpoint(db, checkpoints, chosen.id)
  const { stepIndex } = chosen
  const accuracy =
    best === null
      ? undefined
      : listEvaluations(db, runId).find((one) => one.part === 'val' && one.stepIndex === stepIndex)?.accuracy
  tell({
    kind: 'info',
    text:
      accuracy === undefined
        ? `No checkpoint was evaluated on validation images: that of step ${formatCount(stepIndex)} is kept, the last one.`
        : `Of the checkpoints at hand, that of step ${formatCount(stepIndex)} is best on the validation images (${String(accuracy.correct)} of ${String(accuracy.total)} right): it is kept and evaluated.`,
  })
  return {
    resume: { stepIndex, ...spentBefore(db, runId, stepIndex), isValidated: true, bestAccuracy: null },
    bytes: readCheckpoint(db, checkpoints, chosen.id),
  }
}
