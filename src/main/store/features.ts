/**
 * Features of images, computed once: by the model, its crop, and the image's content, whatever dataset it is in. A cache: `features.db` may be deleted
 * while no core is open.
 */
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { fromFloat16, toFloat16 } from '../../domain/float16'
import { plainStoreError } from './sqlite-errors'
import { inTransaction, statement, type Db } from './statement'

export interface FeatureStore {
  /** Of a content (lower-case hex); null where they were not computed. */
  get(modelKey: string, contentHash: string): Float32Array | null
  has(modelKey: string, contentHash: string): boolean
  /** All of it on disk when this returns. Throws 'disk-full', 'home-read-only'. */
  put(
    modelKey: string,
    rows: readonly { readonly contentHash: string; readonly features: Float32Array }[],
  ): void
  /** A layout of contents on a plane; null where there is none. */
  getMap(mapKey: string): StoredMap | null
  /** In the place of the last one. Throws as `put`. */
  putMap(mapKey: string, contentHashes: readonly string[], points: Float32Array): void
  /** Counts up whenever features are put. */
  readonly revision: number
  close(): void
}

export interface FeatureStoreOptions {
  readonly readOnly?: boolean
  /** Of the file; null: as many as the disk holds. */
  readonly mostPages?: number | null
}

export interface StoredMap {
  /** Lower-case hex. */
  readonly contentHashes: readonly string[]
  /** [contents, 2] */
  readonly points: Float32Array
}

const version = 1
const schema = `
CREATE TABLE IF NOT EXISTS models (id INTEGER PRIMARY KEY, model_key TEXT NOT NULL UNIQUE) STRICT;
-- float16, little-endian
CREATE TABLE IF NOT EXISTS features (
  model_id INTEGER NOT NULL REFERENCES models (id),
  content_hash BLOB NOT NULL,
  features BLOB NOT NULL CHECK (length(features) > 0),
  PRIMARY KEY (model_id, content_hash)
) STRICT;
-- 32 bytes a content; two float32 each, little-endian.
CREATE TABLE IF NOT EXISTS maps (map_key TEXT PRIMARY KEY, content_hashes BLOB NOT NULL, points BLOB NOT NULL) STRICT;
PRAGMA user_version = ${version};`

/** Opened when it is first needed; `readOnly` beside a running core. A file that is damaged or of another version is made anew. */
export function openFeatures(
  homePath: string,
  { readOnly = false, mostPages = null }: FeatureStoreOptions = {},
): FeatureStore {
  const path = join(homePath, 'features.db')
  let opened: Db | null = null
  let revision = 0
  let modelIds = new Map<string, number>()

  const close = (): void => {
    opened?.close()
    opened = null
    modelIds = new Map()
  }
  const toRead = (): Db | null => {
    if (opened === null && existsSync(path))
      opened = readOnly ? openReader(path) : openWriter(path, mostPages)
    return opened
  }
  const remade = (thrown: unknown): boolean => {
    if (readOnly || !isDamage(thrown)) return false
    close()
    for (const suffix of ['', '-wal', '-shm']) rmSync(`${path}${suffix}`, { force: true })
    return true
  }
  /** Damage costs what was computed, no more. */
  function reading<Result>(work: (db: Db) => Result, otherwise: Result): Result {
    try {
      const db = toRead()
      return db === null ? otherwise : work(db)
    } catch (thrown) {
      if (remade(thrown)) return otherwise
      throw plainStoreError(thrown, path)
    }
  }
  function modelId(db: Db, modelKey: string): number | null {
    const known = modelIds.get(modelKey)
    if (known !== undefined) return known
    const id = statement<{ id: number }>(db, 'SELECT id FROM models WHERE model_key = ?').get(modelKey)?.id
    if (id !== undefined) modelIds.set(modelKey, id)
    return id ?? null
  }
  function found<Row>(sql: string, modelKey: string, contentHash: string): Row | null {
    return reading((db) => {
      const id = modelId(db, modelKey)
      return id === null ? null : (statement<Row>(db, sql).get(id, Buffer.from(contentHash, 'hex')) ?? null)
    }, null)
  }
  function writing(work: () => void): void {
    try {
      work()
    } catch (thrown) {
      if (!remade(thrown)) throw plainStoreError(thrown, path)
      work()
    }
  }
  const write: FeatureStore['put'] = (modelKey, rows) => {
    const db = (opened ??= openWriter(path, mostPages))
    inTransaction(db, () => {
      statement(db, 'INSERT OR IGNORE INTO models (model_key) VALUES (?)').run(modelKey)
      const id = statement<{ id: number }>(db, 'SELECT id FROM models WHERE model_key = ?').get(modelKey)?.id
      const insert = statement(
        db,
        'INSERT OR REPLACE INTO features (model_id, content_hash, features) VALUES (?, ?, ?)',
      )
      for (const { contentHash, features } of rows)
        insert.run(
          id,
          Buffer.from(contentHash, 'hex'),
          Buffer.from(Uint16Array.from(features, toFloat16).buffer),
        )
    })
  }
  return {
    get revision() {
      return revision
    },
    get(modelKey, contentHash) {
      const row = found<{ features: Buffer }>(
        'SELECT features FROM features WHERE model_id = ? AND content_hash = ?',
        modelKey,
        contentHash,
      )
      return row === null ? null : decoded(row.features)
    },
    has: (modelKey, contentHash) =>
      found('SELECT 1 FROM features WHERE model_id = ? AND content_hash = ?', modelKey, contentHash) !== null,
    put(modelKey, rows) {
      writing(() => write(modelKey, rows))
      revision++
    },
    getMap: (mapKey) =>
      reading((db) => {
        const row = statement<{ content_hashes: Buffer; points: Buffer }>(
          db,
          'SELECT content_hashes, points FROM maps WHERE map_key = ?',
        ).get(mapKey)
        if (row === undefined) return null
        const { content_hashes: hashes, points } = row
        const count = points.length / 8
        const hashBytes = hashes.length / count
        return {
          contentHashes: Array.from({ length: count }, (_, place) =>
            hashes.toString('hex', place * hashBytes, (place + 1) * hashBytes),
          ),
          points: Float32Array.from({ length: count * 2 }, (_, place) => points.readFloatLE(place * 4)),
        }
      }, null),
    putMap(mapKey, contentHashes, points) {
      const bytes = Buffer.alloc(points.length * 4)
      points.forEach((value, place) => bytes.writeFloatLE(value, place * 4))
      const hashes = Buffer.concat(contentHashes.map((hash) => Buffer.from(hash, 'hex')))
      writing(() => {
        const db = (opened ??= openWriter(path, mostPages))
        statement(db, 'INSERT OR REPLACE INTO maps (map_key, content_hashes, points) VALUES (?, ?, ?)').run(
          mapKey,
          hashes,
          bytes,
        )
      })
    },
    close,
  }
}

function openWriter(path: string, mostPages: number | null): Db {
  const db = new Database(path, { timeout: 5000 })
  try {
    db.pragma('journal_mode = WAL')
    // A power cut may cost the newest, which are computed again.
    db.pragma('synchronous = NORMAL')
    db.pragma('journal_size_limit = 67108864')
    const foundVersion = Number(db.pragma('user_version', { simple: true }))
    if (foundVersion !== 0 && foundVersion !== version)
      db.exec('DROP TABLE IF EXISTS features; DROP TABLE IF EXISTS models;')
    db.exec(schema)
    if (mostPages !== null) db.pragma(`max_page_count = ${String(mostPages)}`)
    return db
  } catch (thrown) {
    db.close()
    throw thrown
  }
}

function openReader(path: string): Db {
  return new Database(path, { readonly: true, timeout: 5000 })
}

/** Every float16 as a number: half a million of them are looked up in a millisecond. */
let halves: Float32Array | null = null

function decoded(bytes: Buffer): Float32Array {
  halves ??= Float32Array.from({ length: 65_536 }, (_, bits) => fromFloat16(bits))
  const values = new Float32Array(bytes.length / 2)
  for (let place = 0; place < values.length; place++)
    values[place] = halves[(bytes[place * 2] ?? 0) | ((bytes[place * 2 + 1] ?? 0) << 8)] ?? 0
  return values
}

function isDamage(thrown: unknown): boolean {
  return /^SQLITE_(CORRUPT|NOTADB|IOERR_SHORT_READ)/.test(String((thrown as { code?: unknown } | null)?.code))
}
