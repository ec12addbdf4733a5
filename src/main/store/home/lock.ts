import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { WorkbenchError } from '../../../contract/errors'
import { prepareHome, type HomeLimits } from './home'
import { plainStoreError } from '../sqlite-errors'

export interface HomeLock {
  /** May be called twice. */
  release(): void
}

/** What `lock.json` says about the process that holds a home. */
export interface LockHolder {
  readonly pid: number
  readonly purpose: string
  /** ISO 8601 */
  readonly since: string
  readonly host: string
}

/**
 * Makes this process the only one that writes `homePath`. `purpose`: what the user started, e.g. "bitw serve".
 *
 * The lock is an EXCLUSIVE transaction on `lock.db`, held for the process's life: a lock of the operating system, which
 * goes with the process however it ends. `lock.json` only says who it is, and is not believed about more.
 * Throws 'home-locked' naming that process; 'home-read-only', 'disk-full'.
 */
export function lockHome(homePath: string, purpose: string, options: HomeLimits = {}): HomeLock {
  prepareHome(homePath, options)
  const path = join(homePath, 'lock.db')
  const holderPath = join(homePath, 'lock.json')
  // Nothing else may open lock.db: closing any descriptor of a file drops all of a process's POSIX locks on it.
  const db = openLock(homePath, path)
  try {
    writeHolder(holderPath, purpose)
  } catch (thrown) {
    db.close()
    throw plainStoreError(thrown, holderPath)
  }
  held.add(db)
  return {
    release() {
      if (!db.open) return
      held.delete(db)
      rmSync(holderPath, { force: true })
      db.close()
    },
  }
}

/** A connection that nobody refers to is closed when memory is collected, and its lock would be gone. */
const held = new Set<Database.Database>()

/** Who holds the home, by its own account; null where nothing readable is said. It may have ended since. */
export function lockHolder(homePath: string): LockHolder | null {
  try {
    const said: unknown = JSON.parse(readFileSync(join(homePath, 'lock.json'), 'utf8'))
    return isHolder(said) ? said : null
  } catch (thrown) {
    // Missing or half-written: the lock itself decides, this is only its label.
    if (thrown instanceof SyntaxError || (thrown as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw thrown
  }
}

function openLock(homePath: string, path: string): Database.Database {
  let db: Database.Database | null = null
  try {
    db = new Database(path, { timeout: 0 })
    db.exec('BEGIN EXCLUSIVE')
    return db
  } catch (thrown) {
    db?.close()
    const code = String((thrown as { code?: unknown }).code ?? '')
    throw code.startsWith('SQLITE_BUSY') ? locked(homePath, thrown) : plainStoreError(thrown, path)
  }
}

function locked(homePath: string, cause: unknown): WorkbenchError {
  const holder = lockHolder(homePath)
  if (holder === null) {
    return new WorkbenchError(
      'home-locked',
      `Another workbench is using ${homePath}.`,
      'Use that one, close it, or choose another home with --home.',
      { cause },
    )
  }
  const where = holder.host === hostname() ? '' : ` on ${holder.host}`
  return new WorkbenchError(
    'home-locked',
    `Another workbench is using ${homePath}: "${holder.purpose}", process ${holder.pid}${where}, since ${holder.since}.`,
    'Use that one, end it (killing it does not harm the database), or choose another home with --home.',
    { cause },
  )
}

function writeHolder(path: string, purpose: string): void {
  const holder: LockHolder = {
    pid: process.pid,
    purpose,
    since: new Date().toISOString(),
    host: hostname(),
  }
  const halfPath = `${path}.half`
  writeFileSync(halfPath, `${JSON.stringify(holder)}\n`)
  renameSync(halfPath, path)
}

function isHolder(said: unknown): said is LockHolder {
  if (typeof said !== 'object' || said === null) return false
  const { pid, purpose, since, host } = said as Record<string, unknown>
  return [typeof pid, typeof purpose, typeof since, typeof host].join() === 'number,string,string,string'
}
