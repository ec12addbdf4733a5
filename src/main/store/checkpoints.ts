/**
 * Checkpoints: begin, chunks, complete. Each call is a commit of its own, so a writer that dies leaves an incomplete
 * checkpoint, which nobody is shown and the next start throws away; the one before it is untouched.
 */
import { createHash, type Hash } from 'node:crypto'
import type { Checkpoint } from '../../contract/entities/run'
import { WorkbenchError } from '../../contract/errors'
import type { TensorHeader } from '../protocol/messages'
import type { WeightSet, WeightTensor } from '../weights/weight-set'
import { checkpointHash, checkpointTensors } from './checkpoint-read'
import { inTransaction, statement, type Db } from './statement'

/** Complete checkpoints that a run keeps. */
const keptCount = 2

export interface NewCheckpoint {
  readonly runId: number
  /** Steps that the weights have seen. */
  readonly stepIndex: number
  readonly createdAtMs: number
  readonly tensors: readonly TensorHeader[]
}

/** Hashes over what was appended through this process: the bytes need not be read again to be verified. */
const hashes = new WeakMap<Db, Map<number, Hash>>()

/** Returns the id. */
export function beginCheckpoint(db: Db, checkpoint: NewCheckpoint): number {
  const { runId, stepIndex, createdAtMs, tensors } = checkpoint
  const id = inTransaction(db, () => {
    const { lastInsertRowid } = statement(
      db,
      'INSERT INTO checkpoints (run_id, step_index, created_at_ms, byte_count) VALUES (?, ?, ?, ?)',
    ).run(
      runId,
      stepIndex,
      createdAtMs,
      tensors.reduce((sum, { byteCount }) => sum + byteCount, 0),
    )
    const checkpointId = Number(lastInsertRowid)
    const insertTensor = statement(
      db,
      'INSERT INTO checkpoint_tensors (checkpoint_id, position, name, shape_json, byte_count) VALUES (?, ?, ?, ?, ?)',
    )
    tensors.forEach(({ name, shape, byteCount }, position) =>
      insertTensor.run(checkpointId, position, name, JSON.stringify(shape), byteCount),
    )
    return checkpointId
  })
  const open = hashes.get(db) ?? new Map<number, Hash>()
  hashes.set(db, open.set(id, createHash('sha256')))
  return id
}

/** `chunkIndex` counts from 0 in each checkpoint; at most 4 MiB a chunk. Chunks may be cut anywhere, across tensors too. */
export function appendChunk(db: Db, checkpointId: number, chunkIndex: number, bytes: Uint8Array): void {
  inTransaction(db, () => {
    statement(db, 'INSERT INTO checkpoint_chunks (checkpoint_id, position, bytes) VALUES (?, ?, ?)').run(
      checkpointId,
      chunkIndex,
      bytes,
    )
  })
  hashes.get(db)?.get(checkpointId)?.update(bytes)
}

/**
 * Verifies the count of bytes and their SHA-256 (hex); only then the checkpoint counts. Throws the run's older ones away, but
 * for the last two. Throws 'internal' when the bytes are not those the writer meant: the checkpoint stays incomplete.
 */
export function completeCheckpoint(db: Db, checkpointId: number, sha256: string): void {
  const open = hashes.get(db)?.get(checkpointId)
  hashes.get(db)?.delete(checkpointId)
  inTransaction(db, () => {
    const row = statement<{ run_id: number; step_index: number; byte_count: number }>(
      db,
      'SELECT run_id, step_index, byte_count FROM checkpoints WHERE id = ? AND sha256 IS NULL',
    ).get(checkpointId)
    if (row === undefined) {
      throw new WorkbenchError('not-found', `There is no open checkpoint with the number ${checkpointId}.`)
    }
    const found = open?.digest('hex') ?? checkpointHash(db, checkpointId)
    const byteCount = storedBytes(db, checkpointId)
    if (byteCount !== row.byte_count || found !== sha256) {
      throw new WorkbenchError(
        'internal',
        `The checkpoint of step ${row.step_index} was not saved: ${byteCount} of ${row.byte_count} bytes arrived, ` +
          `with SHA-256 ${found} instead of ${sha256}.`,
        'The previous checkpoint was kept. If this happens again, check the memory and the disk.',
      )
    }
    statement(db, 'UPDATE checkpoints SET sha256 = ? WHERE id = ?').run(
      Buffer.from(sha256, 'hex'),
      checkpointId,
    )
    statement(db, 'UPDATE runs SET checkpoint_step = ? WHERE id = ?').run(row.step_index, row.run_id)
    prune(db, row.run_id)
  })
}

/** Complete ones of a run, oldest first. */
export function listCheckpoints(db: Db, runId: number): Checkpoint[] {
  return statement<Checkpoint>(db, listCheckpointsSql).all(runId)
}

/** The last complete one; null where there is none. */
export function latestCheckpoint(db: Db, runId: number): Checkpoint | null {
  return statement<Checkpoint>(db, latestCheckpointSql).get(runId) ?? null
}

/** The complete one after a step, without it the last; null where there is none. */
export function checkpointOf(db: Db, runId: number, step: number | undefined): Checkpoint | null {
  if (step === undefined) return latestCheckpoint(db, runId)
  return listCheckpoints(db, runId).findLast(({ stepIndex }) => stepIndex === step) ?? null
}

/** Those of a run that are after a step: what it keeps is the model of that step. */
export function dropCheckpointsAfter(db: Db, runId: number, stepIndex: number): void {
  inTransaction(db, () => {
    statement(db, 'DELETE FROM checkpoints WHERE run_id = ? AND step_index > ?').run(runId, stepIndex)
    statement(db, 'UPDATE runs SET checkpoint_step = ? WHERE id = ?').run(
      latestCheckpoint(db, runId)?.stepIndex ?? null,
      runId,
    )
  })
}

/** The tensors of a complete one that are `wanted`, else all, momenta (`…/momentum`) too; verified. Throws 'not-found', 'home-broken'. */
export function readCheckpoint(
  db: Db,
  checkpointId: number,
  wanted: (name: string) => boolean = () => true,
): { stepIndex: number; tensors: WeightSet } {
  const tensors = new Map<string, WeightTensor>()
  for (const { name, shape, data } of checkpointTensors(db, checkpointId)) {
    if (wanted(name)) tensors.set(name, { shape, data })
  }
  const row = statement<{ stepIndex: number }>(
    db,
    'SELECT step_index AS stepIndex FROM checkpoints WHERE id = ?',
  ).get(checkpointId)
  return { stepIndex: row?.stepIndex ?? 0, tensors }
}

/** Throws away one whose bytes are not those that were saved; the run then has the one before it. */
export function dropDamaged(db: Db, { id, runId }: Pick<Checkpoint, 'id' | 'runId'>): void {
  inTransaction(db, () => {
    statement(db, 'DELETE FROM checkpoints WHERE id = ?').run(id)
    statement(db, 'UPDATE runs SET checkpoint_step = ? WHERE id = ?').run(
      latestCheckpoint(db, runId)?.stepIndex ?? null,
      runId,
    )
  })
}

/** Throws away what a dead writer left. Returns how many there were. */
export function dropIncomplete(db: Db): number {
  return inTransaction(db, () => statement(db, 'DELETE FROM checkpoints WHERE sha256 IS NULL').run().changes)
}

const columns =
  'id, run_id AS runId, step_index AS stepIndex, created_at_ms AS createdAtMs, byte_count AS byteCount'
const listCheckpointsSql = `
  SELECT ${columns} FROM checkpoints WHERE run_id = ? AND sha256 IS NOT NULL ORDER BY step_index, id`
export const latestCheckpointSql = `
  SELECT ${columns} FROM checkpoints WHERE run_id = ? AND sha256 IS NOT NULL
  ORDER BY step_index DESC, id DESC LIMIT 1`

/** The latest by step, whatever the order in which they were written. */
function prune(db: Db, runId: number): void {
  statement(
    db,
    `DELETE FROM checkpoints WHERE run_id = ? AND sha256 IS NOT NULL AND id NOT IN (
       SELECT id FROM checkpoints WHERE run_id = ? AND sha256 IS NOT NULL
       ORDER BY step_index DESC, id DESC LIMIT ?)`,
  ).run(runId, runId, keptCount)
}

function storedBytes(db: Db, checkpointId: number): number {
  // length() of a blob reads its header alone, not its bytes.
  return (
    statement<{ total: number }>(
      db,
      'SELECT coalesce(sum(length(bytes)), 0) AS total FROM checkpoint_chunks WHERE checkpoint_id = ?',
    ).get(checkpointId)?.total ?? 0
  )
}
