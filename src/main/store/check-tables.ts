import Database from 'better-sqlite3'
import { plainStoreError } from './sqlite-errors'

/**
 * Looks through every table of the database at `path` with SQLite's quick_check, save the one of checkpoint bytes: it may be many gigabytes, and
 * every read of it is checked against a SHA-256 anyway. Answers with what was found wrong, a line each; none: it is sound. It may be written meanwhile.
 * Takes about a second for a million images.
 */
export function checkTables(path: string): string[] {
  let db: Database.Database | null = null
  try {
    db = new Database(path, { readonly: true, timeout: 5000 })
    // CHECK constraints may call it
    db.function('fold', { deterministic: true }, (text: unknown) => String(text))
    const tables = db
      .prepare<[], string>(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'checkpoint_chunks'",
      )
      .pluck()
      .all()
    const open = db
    return tables.flatMap((table) => findings(open, table))
  } catch (thrown) {
    const plain = plainStoreError(thrown, path)
    return [plain instanceof Error ? plain.message : String(plain)]
  } finally {
    db?.close()
  }
}

/** In words: SQLite's own are of trees, pages and cells. */
function findings(db: Database.Database, table: string): string[] {
  try {
    if (db.pragma(`quick_check("${table}")`, { simple: true }) === 'ok') return []
  } catch (thrown) {
    if (!(thrown instanceof Database.SqliteError)) throw thrown
  }
  return [`parts of the table ${table} are damaged`]
}
