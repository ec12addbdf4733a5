import { WorkbenchError } from '../../../contract/errors'
import { statement, type Db } from '../statement'

/** Pages moved in one transaction: 8 MB of 4 KiB pages, so the write-ahead log stays small. */
const slicePages = 2048

/**
 * Gives the space of deleted rows back to the disk, at most `byteLimit` of it, so that the caller is not held up for long.
 * Returns the bytes still to give back. (Space that is not given back is used by later rows.)
 */
export function reclaimSpace(db: Db, byteLimit: number): number {
  const pageBytes = Number(db.pragma('page_size', { simple: true }))
  const freePages = (): number => Number(db.pragma('freelist_count', { simple: true }))
  let left = Math.min(freePages(), Math.ceil(byteLimit / pageBytes))
  while (left > 0) {
    db.pragma(`incremental_vacuum(${Math.min(left, slicePages)})`)
    left -= slicePages
  }
  return freePages() * pageBytes
}

/**
 * Does `work`, a whole transaction; where the disk has no room for it, once more after the write-ahead log, up to 64 MB, was given back: what makes room
 * must not fail for want of it.
 */
export function withRoomOfLog<Result>(db: Db, work: () => Result): Result {
  try {
    return work()
  } catch (thrown) {
    if (!isDiskFull(thrown) || db.inTransaction) throw thrown
    try {
      db.pragma('wal_checkpoint(TRUNCATE)')
    } catch {
      throw thrown
    }
    return work()
  }
}

/** As `reclaimSpace`, where it can be done: on a full disk the space is given back another time. */
export function reclaimIfPossible(db: Db, byteLimit: number): void {
  try {
    reclaimSpace(db, byteLimit)
  } catch (thrown) {
    if (!isDiskFull(thrown)) throw thrown
  }
}

function isDiskFull(thrown: unknown): boolean {
  return thrown instanceof WorkbenchError && thrown.code === 'disk-full'
}

/** What a run takes: the bytes of its checkpoints, and those of its predictions, without SQLite's own. 0 of a run that is not there. */
export function runSpace(db: Db, runId: number): { checkpointBytes: number; predictionBytes: number } {
  const sum = (table: 'checkpoints' | 'prediction_sets'): number =>
    statement<{ total: number }>(
      db,
      `SELECT coalesce(sum(byte_count), 0) AS total FROM ${table} WHERE run_id = ?`,
    ).get(runId)?.total ?? 0
  return { checkpointBytes: sum('checkpoints'), predictionBytes: sum('prediction_sets') }
}
