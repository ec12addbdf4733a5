/** Small images, kept so that a gallery opens at once. A cache: `thumbnails.db` may be deleted at any time. */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { plainStoreError } from '../sqlite-errors'
import { statement, type Db } from '../statement'

export interface Thumbnail {
  readonly bytes: Uint8Array
  readonly mime: string
}

export interface ThumbnailCache {
  get(contentHash: string, px: number): Thumbnail | null
  put(contentHash: string, px: number, thumbnail: Thumbnail): void
  close(): void
}

export interface ThumbnailOptions {
  /** Bytes of images; above it the least recently used are thrown away. */
  readonly limitBytes?: number
  /** Told when the cache had to be made anew. */
  readonly onNote?: (note: string) => void
}

/** About 100,000 images of 256 px. */
const defaultLimitBytes = 1e9
/** Thrown away down to this share of the limit, so that not every put throws away. */
const keptShare = 0.9
/** Uses are written in batches of this many: a lookup must not cost a write. */
const batchSize = 256
const version = 1

const schema = `
CREATE TABLE IF NOT EXISTS thumbnails (
  content_hash BLOB NOT NULL,
  px INTEGER NOT NULL,
  mime TEXT NOT NULL,
  byte_count INTEGER NOT NULL,
  -- Counts up with every use.
  last_use INTEGER NOT NULL,
  bytes BLOB NOT NULL,
  PRIMARY KEY (content_hash, px)
) STRICT;
CREATE INDEX IF NOT EXISTS thumbnails_by_use ON thumbnails (last_use, byte_count);
PRAGMA user_version = ${version};`

/** A file that is damaged or of another version is made anew, with a note. The home must be writable. */
export function openThumbnails(homePath: string, options: ThumbnailOptions = {}): ThumbnailCache {
  const path = join(homePath, 'thumbnails.db')
  const limitBytes = options.limitBytes ?? defaultLimitBytes
  let cache: OpenCache | null = null

  /** Where it cannot be made either, as on a full disk, the images are made each time. */
  function open(): OpenCache | null {
    try {
      return openOrRebuild(path, limitBytes, options.onNote)
    } catch (thrown) {
      if (plainStoreError(thrown, path) === thrown) throw thrown
      return null
    }
  }

  /** Runs `work`; on a damaged file makes the cache anew and answers `otherwise`, as where the disk is full or fails: it is only a cache. */
  function guarded<Result>(work: (open: OpenCache) => Result, otherwise: Result): Result {
    if (cache === null) return otherwise
    try {
      return work(cache)
    } catch (thrown) {
      if (plainStoreError(thrown, path) === thrown) throw thrown
      if (!isDamage(thrown)) return otherwise
      cache.abandon()
      removeFiles(path)
      options.onNote?.(rebuiltNote(path, thrown))
      cache = open()
      return otherwise
    }
  }
  cache = open()
  return {
    get: (contentHash, px) => guarded((open) => open.get(contentHash, px), null),
    put: (contentHash, px, thumbnail) => guarded((open) => open.put(contentHash, px, thumbnail), undefined),
    close: () => guarded((open) => open.close(), undefined),
  }
}

interface OpenCache extends ThumbnailCache {
  /** Closes without writing. */
  abandon(): void
}

function openOrRebuild(path: string, limitBytes: number, onNote: ThumbnailOptions['onNote']): OpenCache {
  try {
    return openCache(path, limitBytes)
  } catch (thrown) {
    if (!isDamage(thrown)) throw thrown
    removeFiles(path)
    onNote?.(rebuiltNote(path, thrown))
    return openCache(path, limitBytes)
  }
}

function openCache(path: string, limitBytes: number): OpenCache {
  const db = openDatabase(path)
  const sums = statement<{ bytes: number; use: number }>(
    db,
    'SELECT coalesce(sum(byte_count), 0) AS bytes, coalesce(max(last_use), 0) AS use FROM thumbnails',
  ).get() ?? { bytes: 0, use: 0 }
  let totalBytes = sums.bytes
  let useCount = sums.use
  const pendingUses = new Map<string, { hash: Buffer; px: number; use: number }>()

  const flushUses = db.transaction(() => {
    const update = statement(db, 'UPDATE thumbnails SET last_use = ? WHERE content_hash = ? AND px = ?')
    for (const { hash, px, use } of pendingUses.values()) update.run(use, hash, px)
    pendingUses.clear()
  })
  /** The order of use matters less than the image that was found. */
  const flushUsesIfPossible = (): void => {
    try {
      flushUses()
    } catch (thrown) {
      if (plainStoreError(thrown, path) === thrown) throw thrown
      pendingUses.clear()
    }
  }
  const evict = db.transaction(() => {
    flushUses()
    const oldest = statement<{ rowid: number; byte_count: number }>(
      db,
      'SELECT rowid, byte_count FROM thumbnails ORDER BY last_use LIMIT 64',
    )
    const remove = statement(db, 'DELETE FROM thumbnails WHERE rowid = ?')
    while (totalBytes > limitBytes * keptShare) {
      const rows = oldest.all()
      if (rows.length === 0) break
      for (const { rowid, byte_count } of rows) {
        if (totalBytes <= limitBytes * keptShare) break
        remove.run(rowid)
        totalBytes -= byte_count
      }
    }
  })
  return {
    get(contentHash, px) {
      const hash = Buffer.from(contentHash, 'hex')
      const row = statement<{ bytes: Buffer; mime: string }>(
        db,
        'SELECT bytes, mime FROM thumbnails WHERE content_hash = ? AND px = ?',
      ).get(hash, px)
      if (row === undefined) return null
      pendingUses.set(`${contentHash} ${px}`, { hash, px, use: ++useCount })
      if (pendingUses.size >= batchSize) flushUsesIfPossible()
      return row
    },
    put(contentHash, px, { bytes, mime }) {
      if (bytes.length > limitBytes * keptShare) return
      const { changes } = statement(
        db,
        `INSERT OR IGNORE INTO thumbnails (content_hash, px, mime, byte_count, last_use, bytes)
         VALUES (?, ?, ?, ?, ?, ?)`,
      ).run(Buffer.from(contentHash, 'hex'), px, mime, bytes.length, ++useCount, bytes)
      totalBytes += changes * bytes.length
      if (totalBytes > limitBytes) evict()
    },
    abandon: () => void db.close(),
    close() {
      if (!db.open) return
      try {
        flushUses()
      } finally {
        db.close()
      }
    },
  }
}

function openDatabase(path: string): Db {
  const db = new Database(path, { timeout: 5000 })
  try {
    db.pragma('journal_mode = WAL')
    // Loses the newest images in a power cut, no more: they are made again from the files.
    db.pragma('synchronous = OFF')
    db.pragma('journal_size_limit = 16777216')
    const found = Number(db.pragma('user_version', { simple: true }))
    if (found !== 0 && found !== version) db.exec('DROP TABLE IF EXISTS thumbnails')
    db.exec(schema)
    return db
  } catch (thrown) {
    db.close()
    throw thrown
  }
}

function isDamage(thrown: unknown): boolean {
  return /^SQLITE_(CORRUPT|NOTADB|IOERR_SHORT_READ)/.test(String((thrown as { code?: unknown } | null)?.code))
}

function removeFiles(path: string): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${path}${suffix}`, { force: true })
}

function rebuiltNote(path: string, thrown: unknown): string {
  const reason = thrown instanceof Error ? thrown.message : String(thrown)
  return `The thumbnail cache ${path} was damaged (${reason}) and is being rebuilt.`
}
