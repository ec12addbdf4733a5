/** The checkpoint that a run goes on from: the last one whose bytes are those that were saved. */
import type { LogLine } from '../../contract/entities/run'
import { WorkbenchError } from '../../contract/errors'
import { readCheckpoint, verifyCheckpoint } from '../store/checkpoints/checkpoint-read'
import { deleteCheckpoint } from '../store/checkpoints/checkpoints'
import { checkpointToGoOn } from '../store/runs/runs'
import type { ServiceContext } from '../app/context'

export interface SoundCheckpoint {
  readonly stepIndex: number
  /** Of the run which this one went on from. */
  readonly isAnothers: boolean
  /** For the trainer, see TrainJob.resume. */
  readonly bytes: AsyncGenerator<Uint8Array, void, undefined>
}

/**
 * Damaged ones are thrown away on the way, each told: the steps after the one before it are done again, with the same result. null: none is left,
 * and the run begins again. One that cannot be read now may be whole: it stays, and the error goes up. It is read twice, here and while the trainer
 * takes it: so nothing is begun from what is not sound.
 */
export async function findLastSound(
  { db, checkpoints }: Pick<ServiceContext, 'db' | 'checkpoints'>,
  runId: number,
  tell: (line: Pick<LogLine, 'kind' | 'text'>) => void,
): Promise<SoundCheckpoint | null> {
  for (;;) {
    const latest = checkpointToGoOn(db, runId)
    if (latest === null) return null
    const { id, stepIndex, isAnothers } = latest
    try {
      await verifyCheckpoint(db, checkpoints, id)
      return { stepIndex, isAnothers, bytes: readCheckpoint(db, checkpoints, id) }
    } catch (thrown) {
      if (!(thrown instanceof WorkbenchError)) throw thrown
      if (thrown.code !== 'home-broken') throw notReadNow(thrown, stepIndex)
      deleteCheckpoint(db, latest)
      const before = checkpointToGoOn(db, runId)?.stepIndex ?? 0
      tell({
        kind: 'warn',
        text: `The checkpoint of step ${stepIndex} is damaged and was discarded. The run goes on from step ${before}; the steps after it are done again, with the same result.`,
      })
    }
  }
}

function notReadNow(cause: WorkbenchError, stepIndex: number): WorkbenchError {
  return new WorkbenchError(
    cause.code,
    `The checkpoint of step ${stepIndex} cannot be read now, and was kept. ${cause.message}`,
    `${cause.wayOut} Then resume the run again. If this checkpoint still cannot be read, delete it: the run goes on from the one before.`.trimStart(),
    { cause },
  )
}
