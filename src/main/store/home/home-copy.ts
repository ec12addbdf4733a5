/** A copy of a home, while a core may be at work in it: what SQLite's backup reads is one moment, and every checkpoint is compared with its hash. */
import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { cp } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import Database from 'better-sqlite3'
import { WorkbenchError, type ErrorCode } from '../../../contract/errors'
import { openCheckpointBytes, type CheckpointBytes } from '../checkpoints/checkpoint-bytes'
import { checkpointHeaders, readCheckpoint } from '../checkpoints/checkpoint-read'
import { deleteCheckpoint, storedBytesOf, storedNames } from '../checkpoints/checkpoints'
import { openStore } from './open'
import { plainStoreError } from '../sqlite-errors'
import type { Db } from '../statement'

export interface CopiedHome {
  readonly checkpointCount: number
  /** That were damaged, could not be read in any try, or were gone before they were copied: the copy does without. */
  readonly leftOut: number
}

export type CopyProgress = (what: 'database' | 'checkpoints', done: number, total: number) => void

/** Pages copied between two words on how far it is. */
const pagesAtOnce = 2000
/** A training replaces its checkpoints while they are copied: then the database is copied once more. */
const mostTries = 4
/** Beside the databases; the rest are caches. */
const folders = ['models', 'sample']

/** `target`: absolute, not there or empty; afterwards a home. Throws 'bad-input', 'home-broken', 'disk-full', 'home-read-only'. */
export async function copyHome(
  homePath: string,
  target: string,
  told: CopyProgress = () => undefined,
): Promise<CopiedHome> {
  refuseTaken(homePath, target)
  mkdirSync(target, { recursive: true, mode: 0o700 })
  const from = openCheckpointBytes(homePath, { readOnly: true })
  const to = openCheckpointBytes(target)
  try {
    const copied = new Set<string>()
    for (let tries = 1; ; tries++) {
      await backUp(join(homePath, 'workbench.db'), join(target, 'workbench.db'), (done, total) =>
        told('database', done, total),
      )
      const store = openStore(target, { minimumFreeBytes: 0 })
      try {
        const missing = await copyCheckpoints(store.db, from, to, copied, (done, total) =>
          told('checkpoints', done, total),
        )
        if (missing.length > 0 && tries < mostTries) continue
        for (const one of missing) deleteCheckpoint(store.db, one)
        await to.keepOnly(storedNames(store.db))
        const checkpointCount = rowsOf(store.db).length
        await copyRest(homePath, target)
        return { checkpointCount, leftOut: missing.length }
      } finally {
        store.close()
      }
    }
  } catch (thrown) {
    throw plainStoreError(thrown, target)
  } finally {
    await from.close()
    await to.close()
  }
}

function refuseTaken(homePath: string, target: string): void {
  const bad = (reason: string): WorkbenchError =>
    new WorkbenchError(
      'bad-input',
      `The home cannot be copied to ${target}: ${reason}.`,
      'Name a new folder.',
    )
  if (resolve(target) === resolve(homePath) || resolve(target).startsWith(`${resolve(homePath)}/`))
    throw bad('it is the home itself, or in it')
  if (existsSync(target) && readdirSync(target).length > 0) throw bad('there is something in it')
}

/** What another process writes meanwhile is not in it: a read that is open keeps the moment. */
async function backUp(
  path: string,
  target: string,
  told: (donePages: number, totalPages: number) => void,
): Promise<void> {
  const db = new Database(path, { readonly: true, timeout: 5000 })
  try {
    db.exec('BEGIN')
    db.prepare('SELECT count(*) FROM sqlite_schema').get()
    await db.backup(target, {
      progress: ({ totalPages, remainingPages }) => {
        told(totalPages - remainingPages, totalPages)
        return pagesAtOnce
      },
    })
  } finally {
    db.close()
  }
}

export interface LostCheckpoint {
  readonly id: number
  readonly runId: number
  readonly error: WorkbenchError
}

/** All that rows name and that are not `copied` yet, under their names. Answers with those that cannot be read: 'home-broken' where that is for good. */
export async function copyCheckpoints(
  db: Db,
  from: CheckpointBytes,
  to: CheckpointBytes,
  copied: Set<string>,
  told: (done: number, total: number) => void = () => undefined,
): Promise<LostCheckpoint[]> {
  const rows = rowsOf(db)
  const missing: LostCheckpoint[] = []
  let done = 0
  for (const { id, runId, name } of rows) {
    if (name !== null && !copied.has(name)) {
      const error = await copyOne(db, from, to, id, name)
      if (error === null) copied.add(name)
      else missing.push({ id, runId, error })
    }
    told(++done, rows.length)
  }
  return missing
}

/** null, or why it cannot be read. Throws what concerns the writing. */
async function copyOne(
  db: Db,
  from: CheckpointBytes,
  to: CheckpointBytes,
  id: number,
  name: string,
): Promise<WorkbenchError | null> {
  const writer = to.begin(name)
  try {
    const headers = await reading(checkpointHeaders(db, from, id))
    const chunks = readCheckpoint(db, from, id)
    for (;;) {
      const { done, value } = await reading(chunks.next())
      if (done === true) break
      await writer.append(value.slice())
    }
    await writer.finish(headers, storedBytesOf(db, id)?.sha256 ?? '')
    return null
  } catch (thrown) {
    if (!(thrown instanceof Unread)) throw thrown
    return thrown.error
  } finally {
    writer.release()
  }
}

/** Tells what cannot be read from what cannot be written. */
class Unread extends Error {
  constructor(readonly error: WorkbenchError) {
    super(error.message)
  }
}

async function reading<Result>(read: Promise<Result>): Promise<Result> {
  try {
    return await read
  } catch (thrown) {
    if (!(thrown instanceof WorkbenchError) || !unreadCodes.includes(thrown.code)) throw thrown
    throw new Unread(thrown)
  }
}

const unreadCodes: readonly ErrorCode[] = ['home-broken', 'home-unreachable']

async function copyRest(homePath: string, target: string): Promise<void> {
  for (const name of folders)
    if (existsSync(join(homePath, name)))
      await cp(join(homePath, name), join(target, name), { recursive: true })
  if (existsSync(join(homePath, 'features.db')))
    await backUp(join(homePath, 'features.db'), join(target, 'features.db'), () => undefined)
}

interface Row {
  readonly id: number
  readonly runId: number
  readonly name: string | null
}

function rowsOf(db: Db): Row[] {
  return db
    .prepare<[], Row>(
      'SELECT id, run_id AS runId, stored_as AS name FROM checkpoints WHERE sha256 IS NOT NULL ORDER BY id',
    )
    .all()
}
