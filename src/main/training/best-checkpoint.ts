/** "Stop and keep the best": of the checkpoints that a run still has, the one that was most accurate on the validation images. */
import type { Checkpoint, Evaluation, LogLine } from '../../contract/entities/run'
import { WorkbenchError } from '../../contract/errors'
import { formatCount } from '../../domain/figures'
import { openCheckpointFile } from '../models/model-source'
import type { TrainJob } from '../protocol/messages'
import { latestCheckpoint, listCheckpoints } from '../store/checkpoints'
import { listEvaluations } from '../store/metrics'
import { spentBefore } from '../store/runs'
import type { ServiceContext } from '../app/context'

export interface BestCheckpoint {
  readonly resume: NonNullable<TrainJob['resume']>
  close(): Promise<void>
}

/** Written to a file, which the caller closes. Says which it is. Throws 'not-found' where the run has none, 'home-broken' where it is damaged. */
export async function openBest(
  context: Pick<ServiceContext, 'db' | 'paths'>,
  runId: number,
  tell: (line: Pick<LogLine, 'kind' | 'text'>) => void,
): Promise<BestCheckpoint> {
  const { db } = context
  const evaluations = listEvaluations(db, runId)
  const best = bestOf(listCheckpoints(db, runId), evaluations)
  const chosen = best?.checkpoint ?? latestCheckpoint(db, runId)
  if (chosen === null)
    throw new WorkbenchError('not-found', 'The run has no checkpoint yet.', 'Let it train longer.')
  const file = await openCheckpointFile(context, chosen.id)
  const { stepIndex } = chosen
  tell({
    kind: 'info',
    text:
      best === null
        ? `No checkpoint was evaluated on validation images: that of step ${formatCount(stepIndex)} is kept, the last one.`
        : `Of the checkpoints at hand, that of step ${formatCount(stepIndex)} is best on the validation images (${String(best.accuracy.correct)} of ${String(best.accuracy.total)} right): it is kept and evaluated.`,
  })
  return {
    resume: { path: file.path, stepIndex, ...spentBefore(db, runId, stepIndex), isValidated: true },
    close: () => file.close(),
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
