/** What the checkpoints of the home may take, and giving it back. */
import { statfsSync } from 'node:fs'
import { dirname } from 'node:path'
import { WorkbenchError } from '../../../contract/errors'
import type { CheckpointBytes } from './checkpoint-bytes'
import { checkpointBytes, retentionSettings } from './checkpoint-retention'
import { storedNames } from './checkpoints'
import { withRoomOfLog } from '../home/space'
import type { Db } from '../statement'

interface CheckpointPlace {
  readonly db: Db
  readonly checkpoints: CheckpointBytes
}

const mostDefaultBytes = 20e9
const defaultShare = 1 / 4

/** As set, else `defaultBudget`. Bytes. */
export function budgetOf(place: CheckpointPlace): number {
  return retentionSettings(place.db).budgetBytes ?? defaultBudget(place)
}

/** 20 GB, but no more than a quarter of what the disk would hold without the checkpoints. Bytes. */
export function defaultBudget({ db, checkpoints }: CheckpointPlace): number {
  const { bavail, bsize } = statfsSync(dirname(checkpoints.path))
  return Math.round(Math.min(mostDefaultBytes, defaultShare * (bavail * bsize + checkpointBytes(db))))
}

/**
 * Does `work`, a whole transaction of the main database; where the disk has no room for it, once more after the logs of both databases were given back: what
 * makes room must not fail for want of it.
 */
export async function withRoomOfLogs<Result>(
  { db, checkpoints }: CheckpointPlace,
  work: () => Result,
): Promise<Result> {
  try {
    return withRoomOfLog(db, work)
  } catch (thrown) {
    if (!(thrown instanceof WorkbenchError) || thrown.code !== 'disk-full') throw thrown
    try {
      await checkpoints.giveLogBack()
    } catch {
      throw thrown
    }
    return withRoomOfLog(db, work)
  }
}

/** Drops the bytes that no row names any more. What new ones will not use goes back to the disk: `givesBack`. */
export async function sweepCheckpoints(place: CheckpointPlace, givesBack = false): Promise<void> {
  try {
    await sweep(place, givesBack)
  } catch (thrown) {
    // a full disk, a file that is not there: the next sweep drops them
    if (!(thrown instanceof WorkbenchError)) throw thrown
  }
}

async function sweep({ db, checkpoints }: CheckpointPlace, givesBack: boolean): Promise<void> {
  await checkpoints.keepOnly(storedNames(db))
  if (givesBack) await checkpoints.giveBack()
}
