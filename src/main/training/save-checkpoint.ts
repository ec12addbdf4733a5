/** A checkpoint on its way from the trainer: its bytes go to the thread that writes them, and only then comes the row that names them. */
import type { TensorHeader } from '../protocol/messages'
import { CheckpointThreadEnded, type CheckpointWriter } from '../store/checkpoints/checkpoint-bytes'
import { insertCheckpoint } from '../store/checkpoints/checkpoints'
import { prune } from '../store/checkpoints/checkpoint-retention'
import type { ServiceContext } from '../app/context'
import { budgetOf, sweepCheckpoints } from '../store/checkpoints/checkpoint-space'

export interface SavingCheckpoint {
  /** Resolves when the chunk is written, or was lost with the thread that writes. */
  append(bytes: Uint8Array): Promise<void>
  /**
   * Resolves when the bytes are on disk and the row is committed; to why not, where they were lost with the thread that writes. Throws 'internal', 'disk-full' …;
   * the one before it is untouched.
   */
  end(sha256: string): Promise<CheckpointThreadEnded | null>
  /** Of one that does not come to its end. */
  giveUp(): void
}

export function saveCheckpoint(
  context: Pick<ServiceContext, 'db' | 'checkpoints' | 'clock'>,
  runId: number,
  { stepIndex, tensors }: { readonly stepIndex: number; readonly tensors: readonly TensorHeader[] },
): SavingCheckpoint {
  const { db, checkpoints, clock } = context
  const createdAtMs = clock()
  const writer: CheckpointWriter = checkpoints.begin()
  const byteCount = tensors.reduce((sum, tensor) => sum + tensor.byteCount, 0)
  let lost: CheckpointThreadEnded | null = null
  const notingLoss = (thrown: unknown): null => {
    if (!(thrown instanceof CheckpointThreadEnded)) throw thrown
    lost ??= thrown
    return null
  }
  return {
    append: async (bytes) => {
      if (lost === null) await writer.append(bytes).catch(notingLoss)
    },
    async end(sha256) {
      const stored = lost === null ? await writer.finish(tensors, sha256).catch(notingLoss) : null
      if (stored === null) {
        writer.release()
        return lost
      }
      insertCheckpoint(db, { runId, stepIndex, createdAtMs, byteCount, stored })
      writer.release()
      prune(db, runId, budgetOf(context))
      void sweepCheckpoints(context)
      return null
    },
    giveUp: () => writer.release(),
  }
}
