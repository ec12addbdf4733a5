/** Everything that a home keeps, looked through: both databases, and every checkpoint by its hash. Writes nothing. */
import { join } from 'node:path'
import { toWireError, WorkbenchError } from '../../../contract/errors'
import { checkTables } from '../check-tables'
import type { CheckpointBytes } from '../checkpoints/checkpoint-bytes'
import { verifyCheckpoint } from '../checkpoints/checkpoint-read'
import { storedNames } from '../checkpoints/checkpoints'
import type { Db } from '../statement'

export interface HomeFindings {
  /** Of the main database, a line each. */
  readonly database: readonly string[]
  readonly soundCount: number
  readonly damaged: readonly DamagedCheckpoint[]
  /** That could not be read now, for a reason that says nothing of their bytes. */
  readonly unread: readonly DamagedCheckpoint[]
  /** SQLite finds checkpoints.db whole; damage may also be where no checkpoint is. null: the file cannot be read now. */
  readonly isFileWhole: boolean | null
  /** In checkpoints.db, of no run: what a killed core left. null: the file cannot be read. */
  readonly orphanCount: number | null
}

export interface DamagedCheckpoint {
  readonly id: number
  readonly runId: number
  readonly runName: string
  readonly stepIndex: number
  readonly reason: string
}

interface Row {
  readonly id: number
  readonly runId: number
  readonly runName: string
  readonly stepIndex: number
  readonly byteCount: number
}

/** `told`: bytes read of the checkpoints, and how many there are. */
export async function checkHome(
  homePath: string,
  db: Db,
  checkpoints: CheckpointBytes,
  told: (doneBytes: number, totalBytes: number) => void = () => undefined,
): Promise<HomeFindings> {
  const database = checkTables(join(homePath, 'workbench.db'))
  const rows = completeRows(db)
  const totalBytes = rows.reduce((sum, { byteCount }) => sum + byteCount, 0)
  const damaged: DamagedCheckpoint[] = []
  const unread: DamagedCheckpoint[] = []
  let doneBytes = 0
  for (const { byteCount, ...row } of rows) {
    try {
      await verifyCheckpoint(db, checkpoints, row.id)
    } catch (thrown) {
      if (!(thrown instanceof WorkbenchError)) throw thrown
      // beside a core at work it may have been replaced by now
      if (!isStillThere(db, row.id)) continue
      const found = thrown.code === 'home-broken' ? damaged : unread
      found.push({ ...row, reason: toWireError(thrown).message })
    } finally {
      told((doneBytes += byteCount), totalBytes)
    }
  }
  return {
    database,
    soundCount: rows.length - damaged.length - unread.length,
    damaged,
    unread,
    isFileWhole: await orNull(() => checkpoints.isWhole()),
    orphanCount: await countOrphans(db, checkpoints),
  }
}

function completeRows(db: Db): Row[] {
  return db
    .prepare<[], Row>(
      `SELECT checkpoints.id, run_id AS runId, runs.name AS runName, step_index AS stepIndex, byte_count AS byteCount
       FROM checkpoints JOIN runs ON runs.id = run_id WHERE sha256 IS NOT NULL ORDER BY run_id, step_index`,
    )
    .all()
}

function isStillThere(db: Db, id: number): boolean {
  return db.prepare('SELECT 1 FROM checkpoints WHERE id = ?').get(id) !== undefined
}

function countOrphans(db: Db, checkpoints: CheckpointBytes): Promise<number | null> {
  return orNull(async () => {
    const named = new Set(storedNames(db))
    return (await checkpoints.names()).filter((name) => !named.has(name)).length
  })
}

/** null where the file cannot be read. */
async function orNull<Result>(read: () => Promise<Result>): Promise<Result | null> {
  try {
    return await read()
  } catch (thrown) {
    if (!(thrown instanceof WorkbenchError)) throw thrown
    return null
  }
}
