/** The checkpoint that a run goes on from: the last one whose bytes are those that were saved. */
import type { LogLine } from '../../contract/entities/run'
import { WorkbenchError } from '../../contract/errors'
import { dropDamaged } from '../store/checkpoints'
import { checkpointToGoOn } from '../store/runs'
import type { ServiceContext } from '../app/context'
import { type ModelFile, openCheckpointFile } from '../models/model-source'

/**
 * Damaged ones are thrown away on the way, each told: the steps after the one before it are done again, with the same result. null: none is left,
 * and the run begins again. Throws what keeps a sound one from being written to a file.
 */
export async function openLastSound(
  context: Pick<ServiceContext, 'db' | 'paths'>,
  runId: number,
  tell: (line: Pick<LogLine, 'kind' | 'text'>) => void,
): Promise<(ModelFile & { readonly stepIndex: number; readonly isAnothers: boolean }) | null> {
  for (;;) {
    const latest = checkpointToGoOn(context.db, runId)
    if (latest === null) return null
    const { id, stepIndex, isAnothers } = latest
    try {
      return { ...(await openCheckpointFile(context, id)), stepIndex, isAnothers }
    } catch (thrown) {
      if (!(thrown instanceof WorkbenchError) || thrown.code !== 'home-broken') throw thrown
      dropDamaged(context.db, latest)
      const before = checkpointToGoOn(context.db, runId)?.stepIndex ?? 0
      tell({
        kind: 'warn',
        text: `The checkpoint of step ${stepIndex} is damaged and was discarded. The run goes on from step ${before}; the steps after it are done again, with the same result.`,
      })
    }
  }
}
