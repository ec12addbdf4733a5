import type Database from 'better-sqlite3'
import { plainStoreError } from './sqlite-errors'

/** An open workbench database. Every function of the store takes one. */
export type Db = Database.Database

const caches = new WeakMap<Db, Map<string, Database.Statement>>()

/**
 * The prepared statement of `sql`, compiled once a database. For statements that run to their end at once (`run`, `get`,
 * `all`); one that is iterated stays busy meanwhile and is prepared on its own.
 */
export function statement<Row = unknown>(db: Db, sql: string): Database.Statement<unknown[], Row> {
  let cache = caches.get(db)
  if (cache === undefined) caches.set(db, (cache = new Map()))
  let found = cache.get(sql)
  if (found === undefined) cache.set(sql, (found = db.prepare(sql)))
  return found as Database.Statement<unknown[], Row>
}

/**
 * Runs `work` in one write transaction: all of it is committed, on disk, when this returns; nothing of it when it throws.
 * Joins the transaction that is already open, if one is. A full disk and the like come out in plain words.
 */
export function inTransaction<Result>(db: Db, work: () => Result): Result {
  try {
    return db.transaction(work).immediate()
  } catch (thrown) {
    throw plainStoreError(thrown, db.name)
  }
}
