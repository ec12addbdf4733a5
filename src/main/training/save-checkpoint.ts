/** A checkpoint on its way from the trainer: its bytes go to the thread that writes them, and only then comes the row that names them. */
import type { TensorHeader } from '../protocol/messages'
import type { CheckpointWriter } from '../store/checkpoint-bytes'
import { insertCheckpoint } from '../store/checkpoints'
import { prune } from '../store/checkpoint-retention'
import type { ServiceContext } from '../app/context'
import { budgetOf, sweepCheckpoints } from '../store/checkpoint-space'

export interface SavingCheckpoint {
  /** Resolves when the chunk is written. */
  append(bytes: Uint8Array): Promise<void>
  /** Resolves when the bytes are on disk and the row is committed. Throws 'internal', 'disk-full' …; the one before it is untouched. */
  end(sha256: string): Promise<void>
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
  return {
    append: (bytes) => writer.append(bytes),
    async end(sha256) {
      const stored = await writer.finish(tensors, sha256)
      insertCheckpoint(db, { runId, stepIndex, createdAtMs, byteCount, stored })
      writer.release()
      prune(db, runId, budgetOf(context))
      sweepCheckpoints(context)
    },
    giveUp: () => writer.release(),
  }
}
