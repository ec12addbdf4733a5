/** What can be put right in a home by itself. Whoever calls it holds the home. */
import { existsSync, renameSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { checkTables } from '../check-tables'
import { checkpointFileName } from '../checkpoints/checkpoint-file'
import { openCheckpointBytes, type CheckpointBytes } from '../checkpoints/checkpoint-bytes'
import { setAside } from '../checkpoints/checkpoint-look'
import { deleteCheckpoint, storedNames } from '../checkpoints/checkpoints'
import type { HomeFindings } from './home-check'
import { copyCheckpoints, type LostCheckpoint } from './home-copy'
import { dropLeftOvers } from './left-overs'
import { reclaimIfPossible } from './space'
import type { Db } from '../statement'

export interface RepairedHome {
  /** Damaged ones, whose runs go on from the one before. */
  readonly droppedCheckpoints: number
  readonly droppedOrphans: number
  /** Names of runs that had a checkpoint and have none left. */
  readonly runsWithout: readonly string[]
  /** checkpoints.db was written anew from what is sound. */
  readonly isRebuilt: boolean
  readonly givenBackBytes: number
  /** What is left in the main database. */
  readonly database: readonly string[]
}

/**
 * Drops damaged checkpoints and what no run has, writes a damaged file of checkpoints anew, makes the indexes again, and gives space back. What cannot be
 * read now stays, and so does the file that it is in.
 */
export async function repairHome(
  homePath: string,
  db: Db,
  checkpoints: CheckpointBytes,
  findings: HomeFindings,
): Promise<RepairedHome> {
  const before = runsWithCheckpoints(db)
  for (const checkpoint of findings.damaged) deleteCheckpoint(db, checkpoint)
  dropLeftOvers(db, null)
  if (findings.database.length > 0) remakeIndexes(db)
  const isRebuilt = findings.isFileWhole === false && findings.unread.length === 0
  if (isRebuilt) {
    await checkpoints.close()
    await rebuild(homePath, db)
  }
  const droppedOrphans = await checkpoints.keepOnly(storedNames(db))
  const givenBackBytes = await checkpoints.giveBack()
  reclaimIfPossible(db, Infinity)
  const after = runsWithCheckpoints(db)
  return {
    droppedCheckpoints: findings.damaged.length,
    droppedOrphans,
    runsWithout: [...before].filter(([id]) => !after.has(id)).map(([, name]) => name),
    isRebuilt,
    givenBackBytes,
    database: findings.database.length === 0 ? [] : checkTables(join(homePath, 'workbench.db')),
  }
}

/** Those that are named have been read and are sound. Where one cannot be read any more, or the new file cannot be written, all stays as it was. */
async function rebuild(homePath: string, db: Db): Promise<void> {
  const path = join(homePath, checkpointFileName)
  const aside = setAside(path)
  const from = openCheckpointBytes(dirname(aside), { readOnly: true, fileName: basename(aside) })
  const to = openCheckpointBytes(homePath)
  let gone: readonly LostCheckpoint[]
  try {
    gone = await copyCheckpoints(db, from, to, new Set())
    const unread = gone.find(({ error }) => error.code !== 'home-broken')
    if (unread !== undefined) throw unread.error
  } catch (thrown) {
    await closeBoth(from, to)
    for (const suffix of suffixes) {
      rmSync(path + suffix, { force: true })
      if (existsSync(aside + suffix)) renameSync(aside + suffix, path + suffix)
    }
    throw thrown
  }
  await closeBoth(from, to)
  for (const lost of gone) deleteCheckpoint(db, lost)
  for (const suffix of suffixes) rmSync(aside + suffix, { force: true })
}

/** Of a database and its log. */
const suffixes = ['', '-wal', '-shm']

async function closeBoth(from: CheckpointBytes, to: CheckpointBytes): Promise<void> {
  await from.close()
  await to.close()
}

/** Their names, by their ids. */
function runsWithCheckpoints(db: Db): Map<number, string> {
  const rows = db
    .prepare<[], { id: number; name: string }>(
      'SELECT DISTINCT runs.id, runs.name FROM runs JOIN checkpoints ON run_id = runs.id WHERE sha256 IS NOT NULL',
    )
    .all()
  return new Map(rows.map(({ id, name }) => [id, name]))
}

function remakeIndexes(db: Db): void {
  try {
    db.exec('REINDEX')
  } catch {
    // where the tables themselves are damaged: what is left is told
  }
}
