/** Checkpoints of runs: a row names what was saved, where its bytes are, and their hash. It is written after the bytes are on disk. */
import type { Checkpoint } from '../../../contract/entities/run'
import type { StoredBytes } from './checkpoint-bytes'
import { inTransaction, statement, type Db } from '../statement'

export interface NewCheckpoint {
  readonly runId: number
  /** Steps that the weights have seen. */
  readonly stepIndex: number
  readonly createdAtMs: number
  readonly byteCount: number
  readonly stored: StoredBytes
}

/** In the place of another of the same step. Returns the id. */
export function insertCheckpoint(db: Db, checkpoint: NewCheckpoint): number {
  const { runId, stepIndex, createdAtMs, byteCount, stored } = checkpoint
  return inTransaction(db, () => {
    const isPinned = statement<{ pinned: number | null }>(
      db,
      'SELECT max(is_pinned) AS pinned FROM checkpoints WHERE run_id = ? AND step_index = ?',
    ).get(runId, stepIndex)?.pinned
    statement(db, 'DELETE FROM checkpoints WHERE run_id = ? AND step_index = ?').run(runId, stepIndex)
    const { lastInsertRowid } = statement(
      db,
      `INSERT INTO checkpoints (run_id, step_index, created_at_ms, byte_count, sha256, stored_as, is_pinned)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
    ).run(
      ...[runId, stepIndex, createdAtMs, byteCount],
      ...[Buffer.from(stored.sha256, 'hex'), stored.name, isPinned ?? 0],
    )
    nameLatest(db, runId)
    return Number(lastInsertRowid)
  })
}

/** Complete ones of a run, oldest first. */
export function listCheckpoints(db: Db, runId: number): Checkpoint[] {
  return statement<CheckpointRow>(db, listCheckpointsSql).all(runId).map(toCheckpoint)
}

/** The last complete one; null where there is none. */
export function latestCheckpoint(db: Db, runId: number): Checkpoint | null {
  const row = statement<CheckpointRow>(db, latestCheckpointSql).get(runId)
  return row === undefined ? null : toCheckpoint(row)
}

/** The complete one after a step, without it the last; null where there is none. */
export function checkpointOf(db: Db, runId: number, step: number | undefined): Checkpoint | null {
  if (step === undefined) return latestCheckpoint(db, runId)
  return listCheckpoints(db, runId).findLast(({ stepIndex }) => stepIndex === step) ?? null
}

export function pinCheckpoint(db: Db, id: number, isPinned: boolean): void {
  inTransaction(db, () =>
    statement(db, 'UPDATE checkpoints SET is_pinned = ? WHERE id = ?').run(isPinned ? 1 : 0, id),
  )
}

/** null where there is none of this number. */
export function runOfCheckpoint(db: Db, id: number): number | null {
  return (
    statement<{ run_id: number }>(db, 'SELECT run_id FROM checkpoints WHERE id = ?').get(id)?.run_id ?? null
  )
}

/** Its row alone: the bytes are dropped with the next that nobody names. The run then goes on from the one before it. */
export function deleteCheckpoint(db: Db, { id, runId }: Pick<Checkpoint, 'id' | 'runId'>): void {
  inTransaction(db, () => {
    statement(db, 'DELETE FROM checkpoints WHERE id = ?').run(id)
    nameLatest(db, runId)
  })
}

/** What a row says of the bytes; `stored` null: they are in the tables of older versions. */
export function storedBytesOf(
  db: Db,
  id: number,
): { readonly stepIndex: number; readonly sha256: string; readonly stored: StoredBytes | null } | null {
  const row = statement<{ step_index: number; sha256: Buffer; stored_as: string | null }>(
    db,
    'SELECT step_index, sha256, stored_as FROM checkpoints WHERE id = ? AND sha256 IS NOT NULL',
  ).get(id)
  if (row === undefined) return null
  const sha256 = row.sha256.toString('hex')
  const stored = row.stored_as === null ? null : { name: row.stored_as, sha256 }
  return { stepIndex: row.step_index, sha256, stored }
}

/** Of every checkpoint of the home whose bytes are in checkpoints.db. */
export function storedNames(db: Db): string[] {
  return statement<{ stored_as: string }>(db, 'SELECT stored_as FROM checkpoints WHERE stored_as IS NOT NULL')
    .all()
    .map(({ stored_as: name }) => name)
}

/** Throws away what dead writers of older versions left. Returns how many there were. */
export function dropIncomplete(db: Db): number {
  return inTransaction(db, () => statement(db, 'DELETE FROM checkpoints WHERE sha256 IS NULL').run().changes)
}

interface CheckpointRow extends Omit<Checkpoint, 'isPinned'> {
  readonly isPinned: number
}

const columns = `id, run_id AS runId, step_index AS stepIndex, created_at_ms AS createdAtMs, byte_count AS byteCount,
  is_pinned AS isPinned`
const listCheckpointsSql = `
  SELECT ${columns} FROM checkpoints WHERE run_id = ? AND sha256 IS NOT NULL ORDER BY step_index, id`
export const latestCheckpointSql = `
  SELECT ${columns} FROM checkpoints WHERE run_id = ? AND sha256 IS NOT NULL
  ORDER BY step_index DESC, id DESC LIMIT 1`

function toCheckpoint(row: CheckpointRow): Checkpoint {
  return { ...row, isPinned: row.isPinned === 1 }
}

function nameLatest(db: Db, runId: number): void {
  statement(db, 'UPDATE runs SET checkpoint_step = ? WHERE id = ?').run(
    latestCheckpoint(db, runId)?.stepIndex ?? null,
    runId,
  )
}
