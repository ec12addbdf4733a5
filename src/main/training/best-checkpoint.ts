/** "Stop and keep the best": of the checkpoints that a run still has, the one that was most accurate on the validation images. */
import type { Checkpoint, Evaluation, LogLine } from '../../contract/entities/run'
import { WorkbenchError } from '../../contract/errors'
import { formatCount } from '../../domain/figures'
import type { TrainJob } from '../protocol/messages'
import { readCheckpoint, verifyCheckpoint } from '../store/checkpoints/checkpoint-read'
import { latestCheckpoint, listCheckpoints } from '../store/checkpoints/checkpoints'
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
  const best = bestOf(listCheckpoints(db, runId), listEvaluations(db, runId))
  const chosen = best?.checkpoint ?? latestCheckpoint(db, runId)
  if (chosen === null)
    throw new WorkbenchError('not-found', 'The run has no checkpoint yet.', 'Let it train longer.')
  await verifyCheckpoint(db, checkpoints, chosen.id)
  const { stepIndex } = chosen
  tell({
    kind: 'info',
    text:
      best === null
        ? `No checkpoint was evaluated on validation images: that of step ${formatCount(stepIndex)} is kept, the last one.`
        : `Of the checkpoints at hand, that of step ${formatCount(stepIndex)} is best on the validation images (${String(best.accuracy.correct)} of ${String(best.accuracy.total)} right): it is kept and evaluated.`,
  })
  return {
    resume: { stepIndex, ...spentBefore(db, runId, stepIndex), isValidated: true, bestAccuracy: null },
    bytes: readCheckpoint(db, checkpoints, chosen.id),
  }
}

/** The later one where two are as good. */
function bestOf(
  checkpoints: readonly Checkpoint[],
  evaluations: readonly Evaluation[],
): { readonly checkpoint: Checkpoint; readonly accuracy: Evaluation['accuracy'] } | null {
  let found: ReturnType<typeof bestOf> = null
  for (const checkpoint of checkpoints) {
    const here = evaluations.find(
      ({ part, stepIndex }) => part === 'val' && stepIndex === checkpoint.stepIndex,
    )
    if (here !== undefined && (found === null || here.accuracy.value >= found.accuracy.value))
      found = { checkpoint, accuracy: here.accuracy }
  }
  return found
}
