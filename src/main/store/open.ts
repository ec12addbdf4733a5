import { existsSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { WorkbenchError } from '../../contract/errors'
import { prepareHome, refuseOthersHome, type HomeLimits } from './home'
import { checkVersion, migrate, migrations } from './migrate'
import { orOfCopy } from './read-only-copy'
import { reclaimSpace } from './space'
import { brokenFile, plainStoreError } from './sqlite-errors'
import type { Db } from './statement'

export interface Store {
  readonly db: Db
  /** Marks the end as a clean one. May be called twice. */
  close(): void
}

export interface OpenOptions extends HomeLimits {
  /** Works beside a running core; writes nothing. */
  readonly readOnly?: boolean
}

const databaseName = 'workbench.db'

/**
 * Opens the database of `homePath`, making folder and database where there are none. The writer must hold the home
 * (`lockHome`). Throws 'home-read-only', 'disk-full', 'home-broken', 'not-a-folder'; read-only also 'not-found'.
 */
export function openStore(homePath: string, options: OpenOptions = {}): Store {
  const path = join(homePath, databaseName)
  if (options.readOnly === true) {
    refuseOthersHome(homePath)
    return openToRead(path)
  }
  prepareHome(homePath, options)
  return orPlain(path, () => {
    const db = new Database(path, { timeout: 5000 })
    return closingOnError(db, () => {
      setPragmas(db)
      migrate(db)
      checkAfterUncleanEnd(db)
      setCleanEnd(db, false)
      return { db, close: () => closeWriter(db) }
    })
  })
}

/** Of a home where nothing was ever kept: a store with nothing in it, in memory. Looking does not make the home. Throws as `openStore`. */
export function openStoreOrNone(homePath: string): Store {
  refuseOthersHome(homePath)
  return existsSync(join(homePath, databaseName)) ? openStore(homePath, { readOnly: true }) : openEmptyStore()
}

function openEmptyStore(): Store {
  const db = new Database(':memory:')
  return closingOnError(db, () => {
    registerFunctions(db)
    migrate(db)
    return { db, close: () => void db.close() }
  })
}

/** Size of the database without its write-ahead log, bytes. */
export function databaseBytes(db: Db): number {
  return Number(db.pragma('page_count', { simple: true })) * Number(db.pragma('page_size', { simple: true }))
}

function openToRead(path: string): Store {
  if (!existsSync(path)) {
    throw new WorkbenchError('not-found', `There is no workbench database at ${path}.`, 'Check --home.')
  }
  return orPlain(path, () => orOfCopy(path, (file) => openReader(file, path)))
}

/** `named`: the path that an error says. */
function openReader(path: string, named: string): Store {
  const db = new Database(path, { readonly: true, timeout: 5000 })
  return closingOnError(db, () => {
    const version = checkVersion(db)
    if (version < migrations.length) {
      throw new WorkbenchError(
        'home-broken',
        `${named} has database version ${version}; this workbench reads version ${migrations.length}.`,
        'Start the workbench once with this home to update the database.',
      )
    }
    registerFunctions(db)
    return { db, close: () => void db.close() }
  })
}

function setPragmas(db: Db): void {
  // Before the first table, or it has no effect. Lets deleted checkpoints give their space back (space.ts).
  db.pragma('auto_vacuum = INCREMENTAL')
  db.pragma('journal_mode = WAL')
  // FULL: a committed step survives a power cut too, not only a killed process (https://sqlite.org/pragma.html#pragma_synchronous).
  db.pragma('synchronous = FULL')
  db.pragma('foreign_keys = ON')
  db.pragma('cache_size = -65536')
  // A large import may grow the log to its own size; this cuts it back afterwards.
  db.pragma('journal_size_limit = 67108864')
  registerFunctions(db)
}

/** `fold(text)`: lower case of the composed form, any script. SQLite's own LIKE and lower() fold ASCII only. */
function registerFunctions(db: Db): void {
  db.function('fold', { deterministic: true }, (text: unknown) => String(text).normalize('NFC').toLowerCase())
}

/**
 * SQLite survives a killed process by itself; a power cut on a disk that lies about syncing it may not survive. So after
 * an end that was not clean every table is checked, save the one of checkpoint bytes: it may be many gigabytes, and every
 * read of it is checked against a SHA-256 anyway.
 */
function checkAfterUncleanEnd(db: Db): void {
  const clean = db.prepare<[], string>("SELECT value FROM home_facts WHERE key = 'clean-end'").pluck().get()
  if (clean === 'yes') return
  const tables = db
    .prepare<[], string>(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'checkpoint_chunks'",
    )
    .pluck()
    .all()
  for (const table of tables) {
    const answer = db.pragma(`quick_check("${table}")`, { simple: true })
    if (answer !== 'ok') throw brokenFile(db.name, `table ${table}: ${String(answer)}`)
  }
}

function setCleanEnd(db: Db, clean: boolean): void {
  db.prepare("UPDATE home_facts SET value = ? WHERE key = 'clean-end'").run(clean ? 'yes' : 'no')
}

function closeWriter(db: Db): void {
  if (!db.open) return
  try {
    reclaimSpace(db, 64e6)
    setCleanEnd(db, true)
  } catch (thrown) {
    const plain = plainStoreError(thrown, db.name)
    // On a full disk nothing that was committed is lost: without the mark the next start checks the tables, no more.
    if (!(plain instanceof WorkbenchError && plain.code === 'disk-full')) throw plain
  } finally {
    db.close()
  }
}

function closingOnError<Result>(db: Db, work: () => Result): Result {
  try {
    return work()
  } catch (thrown) {
    db.close()
    throw thrown
  }
}

function orPlain<Result>(path: string, work: () => Result): Result {
  try {
    return work()
  } catch (thrown) {
    throw plainStoreError(thrown, path)
  }
}
