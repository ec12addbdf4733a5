import { existsSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { WorkbenchError } from '../../../contract/errors'
import { prepareHome, refuseOthersHome, type HomeLimits } from './home'
import { inspectDatabase } from './inspect'
import { checkVersion, migrate, migrations } from './migrate'
import { inPlainWords } from '../plain-words'
import { orOfCopy } from './read-only-copy'
import { reclaimIfPossible } from './space'
import { plainStoreError } from '../sqlite-errors'
import type { Db } from '../statement'

export interface Store {
  readonly db: Db
  /** May be called twice. */
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
    if (!inspectDatabase(path)) makeDatabase(path)
    const db = inPlainWords(new Database(path, { timeout: 5000, fileMustExist: true }))
    return closingOnError(db, () => {
      // before anything is written: what is not ours stays as it is
      checkVersion(db, migrations, false)
      setPragmas(db)
      migrate(db)
      return { db, close: () => closeWriter(db) }
    })
  })
}

/** Under another name until it is whole: what is called workbench.db was a database from its first moment, so an empty one is damage. */
function makeDatabase(path: string): void {
  const making = `${path}.new`
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${making}${suffix}`, { force: true }) // of a process that was killed here
  const db = new Database(making)
  try {
    setPragmas(db)
    migrate(db)
  } finally {
    db.close()
  }
  renameSync(making, path)
}

/** Of a home where nothing was ever kept: a store with nothing in it, in memory. Looking does not make the home. Throws as `openStore`. */
export function openStoreOrNone(homePath: string): Store {
  refuseOthersHome(homePath)
  return inspectDatabase(join(homePath, databaseName))
    ? openStore(homePath, { readOnly: true })
    : openEmptyStore()
}

function openEmptyStore(): Store {
  const db = inPlainWords(new Database(':memory:'))
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
  return orPlain(path, () => {
    inspectDatabase(path)
    return orOfCopy(path, (file) => openReader(file, path))
  })
}

/** `named`: the path that an error says. */
function openReader(path: string, named: string): Store {
  const db = new Database(path, { readonly: true, timeout: 5000 })
  return closingOnError(db, () => {
    const version = checkVersion(db, migrations, false)
    if (version < migrations.length) {
      throw new WorkbenchError(
        'home-broken',
        `${named} has database version ${version}; this workbench reads version ${migrations.length}.`,
        'Start the workbench once with this home to update the database.',
      )
    }
    registerFunctions(db)
    return { db: inPlainWords(db), close: () => void db.close() }
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

function closeWriter(db: Db): void {
  if (!db.open) return
  try {
    reclaimIfPossible(db, 64e6)
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
