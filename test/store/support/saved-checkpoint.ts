/** Checkpoints for tests: bytes and row, as a run saves them. */
import { createHash } from 'node:crypto'
import { onTestFinished } from 'vitest'
import type { TensorHeader } from '../../../src/main/protocol/messages'
import {
  openCheckpointBytes,
  type CheckpointBytes,
} from '../../../src/main/store/checkpoints/checkpoint-bytes'
import { insertCheckpoint } from '../../../src/main/store/checkpoints/checkpoints'
import type { Db } from '../../../src/main/store/statement'

export function temporaryCheckpoints(homePath: string): CheckpointBytes {
  const checkpoints = openCheckpointBytes(homePath)
  onTestFinished(() => checkpoints.close())
  return checkpoints
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

export interface Saved {
  readonly runId: number
  readonly stepIndex: number
  readonly createdAtMs?: number
  readonly tensors?: readonly TensorHeader[]
  /** Of all tensors. */
  readonly bytes?: Uint8Array
  /** Where the bytes are cut into chunks. */
  readonly cuts?: readonly number[]
}

/** Answers with the id. */
export async function saveCheckpoint(db: Db, checkpoints: CheckpointBytes, saved: Saved): Promise<number> {
  const {
    runId,
    stepIndex,
    createdAtMs = stepIndex,
    tensors = [],
    bytes = new Uint8Array(0),
    cuts = [],
  } = saved
  const writer = checkpoints.begin()
  const edges = [0, ...cuts, bytes.length]
  for (const [index, end] of edges.slice(1).entries())
    if (end > (edges[index] ?? 0)) await writer.append(bytes.slice(edges[index], end))
  const stored = await writer.finish(tensors, sha256(bytes))
  const id = insertCheckpoint(db, { runId, stepIndex, createdAtMs, byteCount: bytes.length, stored })
  writer.release()
  return id
}
