/**
 * checkpoints.db: the bytes of checkpoints. Each has a table of its own, so that a damaged page costs no other one: pages are shared only by the list of
 * tables and by SQLite's lists of free pages. Which checkpoint a table belongs to, and the SHA-256 of its bytes, stand in the row of the main database.
 */
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { z } from 'zod'
import { WorkbenchError } from '../../../contract/errors'
import type { TensorHeader } from '../../protocol/messages'
import { inspectDatabase } from '../home/inspect'
import { orOfCopy } from '../home/read-only-copy'
import { inPlainWords } from '../plain-words'
import { reclaimSpace, withRoomOfLog } from '../home/space'
import { brokenCheckpoint, brokenFile, plainStoreError } from '../sqlite-errors'
import type { Db } from '../statement'

export const checkpointFileName = 'checkpoints.db'

/** One open file; every call is short: a chunk, or some megabytes of space. All throw in plain words. */
export interface CheckpointFile {
  /** An empty table; of a copy, with the name of what is copied. Answers with its name. */
  begin(name?: string): string
  /** Positions count from 1 and have no gaps; at most 4 MiB. Not on disk before `finish`. */
  append(name: string, position: number, bytes: Uint8Array): void
  /** All of it is on disk when this returns. */
  finish(name: string, tensors: readonly TensorHeader[]): void
  /** Throws 'home-broken' where there is no such table, or it was never finished. */
  tensors(name: string): TensorHeader[]
  /** null after the last. */
  chunk(name: string, position: number): Uint8Array | null
  /** Of all tables, finished or not. */
  names(): string[]
  /** A part of a table; true: nothing is left of it. */
  dropSome(name: string): boolean
  space(): CheckpointSpace
  /** Whether SQLite finds the file whole. Reads all of it. Throws where it cannot be read now. */
  isWhole(): boolean
  /** Gives a part of the free space back to the disk. Answers with what is left of it, bytes. */
  giveSomeBack(): number
  /** Writes the log into the file; the log keeps its size, `shrinks` gives that back to the disk, too, which then needs no room. */
  settleLog(shrinks: boolean): void
  close(): void
}

export interface CheckpointSpace {
  readonly fileBytes: number
  /** Of these, what deleted checkpoints left; new ones use it. */
  readonly freeBytes: number
}

export interface CheckpointFileOptions {
  /** Beside a core at work. */
  readonly readOnly?: boolean
  /** In the home; else checkpoints.db. */
  readonly fileName?: string
  /** Of the file; null: as many as the disk holds. */
  readonly mostPages?: number | null
}

/** 'BiTC' */
const applicationId = 0x42695443
const version = 1
const prefix = 'bytes_'
const droppedAtOnce = 16
const givenBackAtOnce = 16e6
const tensorsSchema = z.array(
  z.object({ name: z.string(), shape: z.array(z.int()), byteCount: z.number().min(0) }),
)

/** Opened when it is first needed, made when something is first written. */
export function openCheckpointFile(homePath: string, options: CheckpointFileOptions = {}): CheckpointFile {
  const path = join(homePath, options.fileName ?? checkpointFileName)
  let opened: Db | null = null
  let release = (): void => undefined

  function open(): Db | null {
    if (opened !== null) return opened
    if (!existsSync(path) && options.readOnly === true) return null
    const isThere = inspectDatabase(path)
    if (options.readOnly === true) {
      const { db, close } = orOfCopy(path, openReader)
      release = close
      return (opened = db)
    }
    if (!isThere) return null
    return make()
  }
  const make = (): Db => (opened = inPlainWords(openWriter(path, options.mostPages ?? null)))
  const toWrite = (): Db => open() ?? make()
  const inWords = <Result>(work: () => Result): Result => {
    try {
      return work()
    } catch (thrown) {
      throw plainStoreError(thrown, path)
    }
  }
  function select<Row>(name: string, position: number): Row | undefined {
    const db = open()
    if (db === null) throw brokenFile(path, 'it is not there')
    if (!hasTable(db, name)) throw brokenCheckpoint(path, 'a checkpoint is missing from it')
    return db.prepare<[number], Row>(`SELECT bytes FROM ${tableOf(name)} WHERE position = ?`).get(position)
  }

  return {
    begin: (name = randomBytes(8).toString('hex')) =>
      inWords(() => {
        toWrite().exec(`DROP TABLE IF EXISTS ${tableOf(name)}`)
        toWrite().exec(
          `CREATE TABLE ${tableOf(name)} (position INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT`,
        )
        return name
      }),
    append: (name, position, bytes) =>
      inWords(() => void toWrite().prepare(insertInto(name)).run(position, bytes)),
    finish: (name, tensors) =>
      inWords(() => {
        const db = toWrite()
        // what was appended before is in the same log, and goes to the disk with it
        db.pragma('synchronous = FULL')
        try {
          db.prepare(insertInto(name)).run(0, Buffer.from(JSON.stringify(tensors)))
        } finally {
          db.pragma('synchronous = NORMAL')
        }
      }),
    tensors: (name) =>
      inWords(() => {
        const found = select<{ bytes: Buffer }>(name, 0)
        const parsed = tensorsSchema.safeParse(
          found === undefined ? null : orNull(found.bytes.toString('utf8')),
        )
        if (!parsed.success)
          throw brokenCheckpoint(path, 'the names of the tensors of a checkpoint cannot be read')
        return parsed.data
      }),
    chunk: (name, position) => inWords(() => select<{ bytes: Buffer }>(name, position)?.bytes ?? null),
    names: () =>
      inWords(() => {
        const db = open()
        return db === null ? [] : tableNames(db)
      }),
    dropSome: (name) =>
      inWords(() => {
        const db = open()
        if (db === null || !hasTable(db, name)) return true
        const table = tableOf(name)
        return withRoomOfLog(db, () => {
          const { changes } = db
            .prepare(
              `DELETE FROM ${table} WHERE position IN (SELECT position FROM ${table} LIMIT ${String(droppedAtOnce)})`,
            )
            .run()
          if (changes === droppedAtOnce) return false
          db.exec(`DROP TABLE ${table}`)
          return true
        })
      }),
    isWhole: () => {
      try {
        const db = open()
        return db === null || db.pragma('quick_check(1)', { simple: true }) === 'ok'
      } catch (thrown) {
        const plain = plainStoreError(thrown, path)
        if (plain instanceof WorkbenchError && plain.code === 'home-broken') return false
        throw plain
      }
    },
    space: () =>
      inWords(() => {
        const db = open()
        if (db === null) return { fileBytes: 0, freeBytes: 0 }
        const count = (name: string): number => Number(db.pragma(name, { simple: true }))
        return {
          fileBytes: count('page_count') * count('page_size'),
          freeBytes: count('freelist_count') * count('page_size'),
        }
      }),
    giveSomeBack: () =>
      inWords(() => {
        const db = open()
        return db === null ? 0 : reclaimSpace(db, givenBackAtOnce)
      }),
    settleLog: (shrinks) =>
      inWords(() => void open()?.pragma(`wal_checkpoint(${shrinks ? 'TRUNCATE' : 'PASSIVE'})`)),
    close: () => {
      opened?.close()
      opened = null
      release()
    },
  }
}

function openWriter(path: string, mostPages: number | null): Db {
  const db = new Database(path, { timeout: 5000 })
  try {
    // Before the first table, or they have no effect.
    db.pragma('page_size = 16384')
    db.pragma('auto_vacuum = INCREMENTAL')
    db.pragma('journal_mode = WAL')
    // A chunk need not be on disk before its checkpoint is: see finish.
    db.pragma('synchronous = NORMAL')
    db.pragma('cache_size = -16384')
    db.pragma('journal_size_limit = 67108864')
    if (mostPages !== null) db.pragma(`max_page_count = ${String(mostPages)}`)
    const owner = Number(db.pragma('application_id', { simple: true }))
    const found = Number(db.pragma('user_version', { simple: true }))
    if (owner === 0 && found === 0 && tableNames(db).length === 0) {
      db.pragma(`application_id = ${String(applicationId)}`)
      db.pragma(`user_version = ${String(version)}`)
    } else if (owner !== applicationId || found > version)
      throw brokenFile(path, 'it is of another program, or of a newer workbench')
    return db
  } catch (thrown) {
    db.close()
    throw thrown
  }
}

function openReader(path: string): { db: Db; close(): void } {
  const db = new Database(path, { readonly: true, timeout: 5000 })
  try {
    db.pragma('schema_version') // what cannot be read is found here
    return { db, close: () => void db.close() }
  } catch (thrown) {
    db.close()
    throw thrown
  }
}

function tableOf(name: string): string {
  if (!/^[0-9a-f]{16}$/.test(name)) throw new Error(`No table of checkpoints is called ${name}.`)
  return prefix + name
}

const insertInto = (name: string): string => `INSERT INTO ${tableOf(name)} (position, bytes) VALUES (?, ?)`

function hasTable(db: Db, name: string): boolean {
  return (
    db.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?").get(tableOf(name)) !==
    undefined
  )
}

function tableNames(db: Db): string[] {
  return db
    .prepare<[], string>(
      `SELECT substr(name, ${String(prefix.length + 1)}) FROM sqlite_schema WHERE type = 'table' AND name GLOB '${prefix}*'`,
    )
    .pluck()
    .all()
}

function orNull(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
