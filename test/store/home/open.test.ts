import { chmodSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import type { ErrorCode } from '../../../src/contract/errors'
import { listDatasets } from '../../../src/main/store/datasets/datasets'
import { insertStep, listSteps } from '../../../src/main/store/runs/metrics'
import { littleRoomNote } from '../../../src/main/store/home/home'
import { migrate, migrations } from '../../../src/main/store/home/migrate'
import { databaseBytes, openStore } from '../../../src/main/store/home/open'
import { deleteRun, updateRun } from '../../../src/main/store/runs/runs'
import { reclaimSpace } from '../../../src/main/store/home/space'
import { addDataset, addRun, temporaryHome, temporaryStore } from '../support/home'
import { refusal } from '../support/refusal'

describe('opening a home', () => {
  it('makes a private folder with a database of the newest version, synced on every commit', () => {
    const homePath = join(temporaryHome(), 'deep', 'home')
    const { db, close } = openStore(homePath)
    expect(statSync(homePath).mode & 0o777).toBe(0o700)
    expect(db.pragma('user_version', { simple: true })).toBe(migrations.length)
    expect(db.pragma('journal_mode', { simple: true })).toBe('wal')
    expect(db.pragma('synchronous', { simple: true })).toBe(2)
    expect(db.pragma('foreign_keys', { simple: true })).toBe(1)
    expect(db.pragma('auto_vacuum', { simple: true })).toBe(2)
    expect(databaseBytes(db)).toBeGreaterThan(10_000)
    close()
    close()
  })

  it('finds everything again', () => {
    const homePath = temporaryHome()
    const first = openStore(homePath)
    addDataset(first.db)
    first.close()
    const second = openStore(homePath)
    expect(listDatasets(second.db).map(({ name }) => name)).toEqual(['trees'])
    second.close()
  })

  // /proc cannot be written by anybody, root included; folders in it cannot be made.
  it.runIf(process.platform === 'linux').each(['/proc/bitw/home', '/proc/self/fdinfo'])(
    'says before anything starts that it cannot write %s',
    (path) => {
      const { code, message, wayOut } = refusal(() => openStore(path))
      expect(code).toBe<ErrorCode>('home-read-only')
      expect(message).toContain(path)
      expect(wayOut).toContain('--home')
    },
  )

  it.runIf(process.getuid?.() !== 0)('says so of a folder without the permission', () => {
    const homePath = temporaryHome()
    chmodSync(homePath, 0o500)
    expect(refusal(() => openStore(homePath)).code).toBe<ErrorCode>('home-read-only')
    chmodSync(homePath, 0o700)
  })

  it('refuses a home that is a file', () => {
    const path = join(temporaryHome(), 'file')
    writeFileSync(path, 'x')
    expect(refusal(() => openStore(path)).code).toBe<ErrorCode>('not-a-folder')
    expect(readFileSync(path, 'utf8')).toBe('x')
  })

  it('says before anything starts that the disk is full, and makes no database', () => {
    const homePath = temporaryHome()
    const { code, message } = refusal(() => openStore(homePath, { freeBytes: () => 150e6 }))
    expect(code).toBe<ErrorCode>('disk-full')
    expect(message).toContain(homePath)
    expect(message).toContain('150 MB')
    expect(statSync(join(homePath, 'workbench.db'), { throwIfNoEntry: false })).toBeUndefined()
  })

  it('opens a home on a disk that its runs have filled, so that they can be deleted', () => {
    const homePath = temporaryHome()
    openStore(homePath).close()
    openStore(homePath, { freeBytes: () => 25e6 }).close()
    expect(littleRoomNote(homePath, 25e6)).toContain('25 MB free')
    expect(littleRoomNote(homePath, 250e6)).toBeNull()
    const { message } = refusal(() => openStore(homePath, { freeBytes: () => 15e6 }))
    expect(message).toContain('at least 20 MB')
  })

  it('measures the real disk unless told otherwise', () => {
    const homePath = temporaryHome()
    expect(refusal(() => openStore(homePath, { minimumFreeBytes: 1e18 })).code).toBe<ErrorCode>('disk-full')
  })

  it('refuses a file that is no database and leaves it as it is', () => {
    const homePath = temporaryHome()
    const path = join(homePath, 'workbench.db')
    writeFileSync(path, 'this is a letter to my aunt\n'.repeat(100))
    const { code, message, wayOut } = refusal(() => openStore(homePath))
    expect(code).toBe<ErrorCode>('home-broken')
    expect(message).toContain(path)
    expect(wayOut).toContain('backup')
    expect(readFileSync(path, 'utf8')).toContain('aunt')
  })

  it('refuses a truncated database', () => {
    const homePath = temporaryHome()
    const { db, close } = openStore(homePath)
    addDataset(db)
    close()
    const path = join(homePath, 'workbench.db')
    truncateSync(path, Math.floor(statSync(path).size / 2 / 4096) * 4096)
    expect(refusal(() => openStore(homePath)).code).toBe<ErrorCode>('home-broken')
  })

  it("refuses another program's database", () => {
    const homePath = temporaryHome()
    const other = new Database(join(homePath, 'workbench.db'))
    other.exec('CREATE TABLE recipes (id INTEGER)')
    other.close()
    const { code, message } = refusal(() => openStore(homePath))
    expect(code).toBe<ErrorCode>('home-broken')
    expect(message).toContain('another program')
  })

  it('refuses a database of a newer version, naming both', () => {
    const homePath = temporaryHome()
    const store = openStore(homePath)
    store.db.pragma('user_version = 99')
    store.close()
    for (const readOnly of [false, true]) {
      const { code, message, wayOut } = refusal(() => openStore(homePath, { readOnly }))
      expect(code).toBe<ErrorCode>('home-broken')
      expect(message).toContain('version 99')
      expect(message).toContain(`up to ${migrations.length}`)
      expect(wayOut).toContain('newer workbench')
    }
  })

  it('reads beside a running writer, writes nothing, and wants a database', () => {
    const { db, homePath } = temporaryStore()
    const run = addRun(db, addDataset(db))
    const reader = openStore(homePath, { readOnly: true })
    insertStep(db, run, step(0), null)
    expect(listSteps(reader.db, run)).toEqual([step(0)])
    expect(refusal(() => updateRun(reader.db, run, { trainingMs: 1 })).code).toBe<ErrorCode>('home-read-only')
    reader.close()
    expect(refusal(() => openStore(temporaryHome(), { readOnly: true })).code).toBe<ErrorCode>('not-found')
  })
})

describe('migrations', () => {
  it('give runs of other programs numbers that no run has, with their curves', () => {
    const db = new Database(':memory:')
    db.pragma('foreign_keys = ON')
    const before = migrations.findIndex((sql) => sql.includes('CREATE TABLE other_run_tags'))
    migrate(db, migrations.slice(0, before))
    db.exec(`
      INSERT INTO sqlite_sequence (name, seq) VALUES ('runs', 7);
      INSERT INTO other_runs (id, key, program, name, path, state, imported_at_ms, settings_json, tags_json)
        VALUES (3, zeroblob(32), 'csv', 'theirs', '/logs', 'done', 0, '[]', '[]');
      INSERT INTO other_metrics (run_id, name, point_count) VALUES (3, 'loss', 0);
    `)
    migrate(db)
    expect(db.prepare('SELECT id, logged_name FROM other_runs').all()).toEqual([
      { id: 10, logged_name: 'theirs' },
    ])
    expect(db.prepare('SELECT run_id FROM other_metrics').pluck().all()).toEqual([10])
    expect(db.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'runs'").pluck().get()).toBe(10)
    expect(db.pragma('foreign_key_check')).toEqual([])
    db.close()
  })

  it('leave the old version whole when one fails', () => {
    const db = new Database(':memory:')
    expect(() =>
      migrate(db, [...migrations, 'CREATE TABLE later (id INTEGER); CREATE TABLE later (id INTEGER)']),
    ).toThrow()
    expect(db.pragma('user_version', { simple: true })).toBe(migrations.length)
    expect(db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'later'").get()).toBeUndefined()
    migrate(db, [...migrations, 'CREATE TABLE later (id INTEGER)'])
    expect(db.pragma('user_version', { simple: true })).toBe(migrations.length + 1)
  })

  it('never change once they are released', () => {
    const hashes = migrations.map((sql) => createHash('sha256').update(sql).digest('hex').slice(0, 16))
    // A changed hash means homes that differ from this code: write the next migration instead.
    expect(hashes).toMatchInlineSnapshot(`
      [
        "6f822954c830f36d",
        "8829cdaa6cabf3da",
        "bfef78291775261b",
        "8f601ecf798afa21",
        "8b64544419a5a22c",
        "7c5a9838d8cd46d2",
        "117127cf5ff1f3aa",
        "4bff4cf6c35c5110",
        "a93c7899bce84c70",
        "2f4bb0acc38c81dc",
        "92c58a8d83bc2f62",
        "57a28d76cadcaad5",
        "54c3d933aee7b71c",
        "921c65884b5d2643",
        "0da47f3c7fe2f79b",
        "687888d2ce3e0db3",
        "9439ab2ccc70043c",
        "4461fc3646cba4a4",
        "6240eee37853d979",
        "07a7804a05d1b23a",
        "459638e90bec55be",
        "815b100fad834aa1",
        "06ea3401f13c2f5b",
        "62e3d4ffa900e56e",
        "35056c4643c59fe0",
        "ea17263b884f93f1",
        "c964339853614755",
        "0c44721360771113",
        "48ee988a7f31c67e",
      ]
    `)
  })

  it('make strict tables only', () => {
    const { db } = temporaryStore()
    const lax = db
      .prepare<[], string>(
        "SELECT name FROM pragma_table_list WHERE strict = 0 AND schema = 'main' AND name NOT LIKE 'sqlite_%'",
      )
      .pluck()
      .all()
    expect(lax).toEqual([])
  })

  it('have an index under every foreign key, so that deleting reads no whole table', () => {
    const { db } = temporaryStore()
    const keys = db
      .prepare<[], { child: string; columns: string }>(
        `SELECT tables.name AS child, group_concat(keys."from") AS columns FROM pragma_table_list AS tables
         JOIN pragma_foreign_key_list(tables.name) AS keys WHERE tables.schema = 'main' GROUP BY tables.name, keys.id`,
      )
      .all()
    expect(keys.length).toBeGreaterThan(12)
    for (const { child, columns } of keys) {
      const where = columns
        .split(',')
        .map((column) => `${column} = 1`)
        .join(' AND ')
      const plan = db
        .prepare<[], { detail: string }>(`EXPLAIN QUERY PLAN SELECT 1 FROM ${child} WHERE ${where}`)
        .get()
      expect(plan?.detail, `${child} (${columns})`).toMatch(/^SEARCH .* USING/)
    }
  })
})

describe('space', () => {
  it('goes back to the disk after a run was deleted', () => {
    const { db } = temporaryStore()
    const run = addRun(db, addDataset(db))
    const before = databaseBytes(db)
    db.prepare(
      'INSERT INTO checkpoints (run_id, step_index, created_at_ms, byte_count) VALUES (?, 1, 1, 1)',
    ).run(run)
    const chunk = db.prepare(
      'INSERT INTO checkpoint_chunks (checkpoint_id, position, bytes) VALUES (1, ?, ?)',
    )
    for (let position = 0; position < 10; position++) chunk.run(position, Buffer.alloc(1 << 20))
    expect(databaseBytes(db)).toBeGreaterThan(before + 10e6)
    updateRun(db, run, { state: 'failed', endedAtMs: 3 })
    deleteRun(db, run)
    expect(reclaimSpace(db, 2e6)).toBeGreaterThan(5e6)
    expect(reclaimSpace(db, 1e9)).toBe(0)
    expect(databaseBytes(db)).toBeLessThan(before + 1e6)
  })
})

function step(stepIndex: number) {
  return { stepIndex, loss: 2, batchAccuracy: 0.5, learningRate: 0.003, stepMs: 10, waitMs: 1, atMs: 5 }
}
