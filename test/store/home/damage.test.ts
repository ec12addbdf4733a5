/** Rows, pages and whole files that are not what they were: each costs itself, is named, and is never replaced. */
import {
  copyFileSync,
  existsSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { WorkbenchError, type ErrorCode } from '../../../src/contract/errors'
import { randomStream } from '../../../src/domain/random'
import { checkTables } from '../../../src/main/store/check-tables'
import { findModelFile, insertModelFile, listModelFiles } from '../../../src/main/store/runs/model-files'
import { openStore } from '../../../src/main/store/home/open'
import {
  deleteDataset,
  getDataset,
  listDamagedDatasets,
  listDatasets,
} from '../../../src/main/store/datasets/datasets'
import { deleteRun, getRun, listDamagedRuns, listRuns } from '../../../src/main/store/runs/runs'
import { addDataset, addRun, temporaryHome } from '../support/home'
import { refusal } from '../support/refusal'

/** A closed home with runs called a, b and c; SQLite's own checks are off while `damage` writes. */
function damagedHome(damage: (raw: Database.Database, path: string) => void): string {
  const homePath = temporaryHome()
  const { db, close } = openStore(homePath)
  const datasetId = addDataset(db)
  for (const name of ['a', 'b', 'c']) addRun(db, datasetId, name)
  close()
  const path = join(homePath, 'workbench.db')
  const raw = new Database(path)
  raw.pragma('ignore_check_constraints = ON')
  damage(raw, path)
  raw.close()
  return homePath
}

describe('a damaged row', () => {
  it.each([
    ['recipe_json', '{"rule":'],
    ['recipe_json', '{}'],
    ['spec_json', '"none"'],
    ['choices_json', 'x'],
    ['engine_json', '[1'],
    ['error_json', '{"code":"what"}'],
  ])('costs its run alone, which is named and can be deleted (%s = %s)', (column, cell) => {
    const homePath = damagedHome((raw) =>
      raw.prepare(`UPDATE runs SET ${column} = ? WHERE name = 'b'`).run(cell),
    )
    const { db, close } = openStore(homePath)
    expect(listRuns(db).map(({ name }) => name)).toEqual(['c', 'a'])
    const damaged = listDamagedRuns(db)
    expect(damaged).toMatchObject([{ name: 'b' }])
    const id = damaged[0]?.id ?? 0
    const { code, message, wayOut } = refusal(() => getRun(db, id))
    expect(code).toBe<ErrorCode>('home-broken')
    expect(message).toContain('"b"')
    expect(wayOut).toContain('Delete it')
    db.prepare("UPDATE runs SET state = 'failed', ended_at_ms = 1 WHERE id = ?").run(id)
    deleteRun(db, id)
    expect(listDamagedRuns(db)).toEqual([])
    close()
  })
})

describe('a damaged row of a dataset', () => {
  /** A closed home with datasets called x, y and z, and one run of each. */
  function home(damage: (raw: Database.Database) => void): string {
    const homePath = temporaryHome()
    const { db, close } = openStore(homePath)
    for (const name of ['x', 'y', 'z']) addRun(db, addDataset(db, name), `of ${name}`)
    close()
    const raw = new Database(join(homePath, 'workbench.db'))
    raw.pragma('ignore_check_constraints = ON')
    raw.pragma('foreign_keys = OFF')
    damage(raw)
    raw.close()
    return homePath
  }

  it.each([
    ['current_split_id', 'NULL'],
    ['current_split_id', '4711'],
    ['median_width_px', '9223372036854775807'],
    ['created_at_ms', '9e999'],
    ['source_options', `'{"columns":'`],
    ['source_options', `'{"columns":5}'`],
  ])('costs that dataset alone, which is named and can be removed (%s = %s)', (column, cell) => {
    const homePath = home((raw) => raw.exec(`UPDATE datasets SET ${column} = ${cell} WHERE name = 'y'`))
    const { db, close } = openStore(homePath)
    expect(listDatasets(db).map(({ name }) => name)).toEqual(['x', 'z'])
    const damaged = listDamagedDatasets(db)
    expect(damaged).toMatchObject([
      { name: 'y', reason: expect.stringMatching(/is not (what it should be|whole)/) as unknown },
    ])
    const id = damaged[0]?.id ?? 0
    const { code, message, wayOut } = refusal(() => getDataset(db, id))
    expect(code).toBe<ErrorCode>('home-broken')
    expect(message).toContain('"y"')
    expect(wayOut).toContain('import it again')
    db.prepare("UPDATE runs SET state = 'failed', ended_at_ms = 1 WHERE dataset_id = ?").run(id)
    deleteDataset(db, id)
    expect(listDamagedDatasets(db)).toEqual([])
    expect(listRuns(db).map(({ name }) => name)).toEqual(['of z', 'of x'])
    close()
  })

  it('that lies on a damaged page costs those on that page, and runs of others are listed', () => {
    const homePath = temporaryHome()
    const { db, close } = openStore(homePath)
    // names of 200 characters: a page holds some ten of them
    for (let index = 10; index < 70; index++) addRun(db, addDataset(db, `${String(index)}${'n'.repeat(198)}`))
    close()
    const path = join(homePath, 'workbench.db')
    const raw = new Database(path)
    const page = raw
      .prepare<[], number>(
        "SELECT pageno FROM dbstat WHERE name = 'datasets' AND pagetype = 'leaf' LIMIT 1 OFFSET 1",
      )
      .pluck()
      .get()
    raw.pragma('wal_checkpoint(TRUNCATE)')
    raw.close()
    const bytes = readFileSync(path)
    bytes.fill(0xab, ((page ?? 0) - 1) * 4096, (page ?? 0) * 4096)
    writeFileSync(path, bytes)
    const again = openStore(homePath)
    const whole = listDatasets(again.db)
    const damaged = listDamagedDatasets(again.db)
    expect(whole.length + damaged.length).toBe(60)
    expect(damaged.length).toBeGreaterThan(0)
    expect(whole.length).toBeGreaterThan(damaged.length)
    again.close()
  })
})

describe('a damaged row of a weights file', () => {
  it('leaves its path, so that the file itself can say what it is', () => {
    const homePath = temporaryHome()
    const { db, close } = openStore(homePath)
    const file = {
      name: 'x',
      spec: { units: [1, 1, 1, 1] as [number, number, number, number], width: 0.5 },
      classCount: 2,
      classNames: ['a', 'b'],
      cropPx: 64,
      byteCount: 1,
      sha256: 'aa'.repeat(32),
      trainedOn: '',
      addedAtMs: 1,
    }
    insertModelFile(db, { ...file, path: '/one.npz' })
    insertModelFile(db, { ...file, path: '/two.npz' })
    db.pragma('ignore_check_constraints = ON')
    db.exec(`UPDATE model_files SET spec_json = '{' WHERE path = '/one.npz'`)
    expect(listModelFiles(db)).toMatchObject([
      { path: '/one.npz', spec: null },
      { path: '/two.npz', ...file },
    ])
    expect(findModelFile(db, '/one.npz')).toBeNull()
    close()
  })
})

describe('a damaged page', () => {
  it('is found by the check, with the name of its table, and told in words where it is read', () => {
    const homePath = damagedHome(() => undefined)
    const path = join(homePath, 'workbench.db')
    const raw = new Database(path)
    const root =
      raw.prepare<[], number>("SELECT rootpage FROM sqlite_schema WHERE name = 'images'").pluck().get() ?? 1
    raw.close()
    expect(checkTables(path)).toEqual([])
    const bytes = readFileSync(path)
    bytes.fill(0xab, (root - 1) * 4096 + 8, root * 4096)
    writeFileSync(path, bytes)
    expect(checkTables(path)).toEqual(['parts of the table images are damaged'])
    const { db, close } = openStore(homePath)
    const error = refusal(() => db.prepare('SELECT * FROM images').all())
    expect(error.code).toBe<ErrorCode>('home-broken')
    expect(error.message).toContain(path)
    expect(error.wayOut).toContain('.recover')
    expect(listRuns(db)).toHaveLength(3)
    close()
  })

  it('of any kind, at random places, is refused or read around in words, and never ends in another error', () => {
    const homePath = damagedHome(() => undefined)
    const path = join(homePath, 'workbench.db')
    const whole = readFileSync(path)
    const random = randomStream(20_262)
    for (let round = 0; round < 40; round++) {
      const bytes = Buffer.from(whole)
      const begin = Math.floor(random() * bytes.length)
      bytes.fill(Math.floor(random() * 256), begin, begin + 1 + Math.floor(random() * 3000))
      writeFileSync(path, bytes)
      rmSync(`${path}-wal`, { force: true })
      try {
        const { db, close } = openStore(homePath)
        try {
          listRuns(db)
          listDamagedRuns(db)
        } finally {
          close()
        }
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(WorkbenchError)
        expect((thrown as WorkbenchError).wayOut).not.toBe('')
      }
    }
  })
})

describe('a database that cannot be one', () => {
  it('of no bytes is refused by name, read or written, and stays as it is', () => {
    const homePath = temporaryHome()
    const path = join(homePath, 'workbench.db')
    writeFileSync(path, '')
    for (const readOnly of [false, true]) {
      const { code, message, wayOut } = refusal(() => openStore(homePath, { readOnly }))
      expect(code).toBe<ErrorCode>('home-broken')
      expect(message).toContain(`${path} is empty`)
      expect(wayOut).toContain('backup')
    }
    expect(statSync(path).size).toBe(0)
    expect(existsSync(`${path}-wal`)).toBe(false)
  })

  it('that was cut off anywhere is refused with how much is there', () => {
    const homePath = damagedHome(() => undefined)
    const path = join(homePath, 'workbench.db')
    truncateSync(path, statSync(path).size - 1)
    expect(refusal(() => openStore(homePath)).message).toContain('cut off')
    truncateSync(path, 50)
    expect(refusal(() => openStore(homePath)).code).toBe<ErrorCode>('home-broken')
    expect(statSync(path).size).toBe(50)
  })

  it('of another program is not changed by so much as a byte, with tables or without', () => {
    for (const sql of ['CREATE TABLE recipes (id INTEGER)', 'PRAGMA user_version = 3', 'VACUUM']) {
      const homePath = temporaryHome()
      const path = join(homePath, 'workbench.db')
      const other = new Database(path)
      other.exec('CREATE TABLE x (y)')
      if (!sql.startsWith('CREATE')) other.exec('DROP TABLE x')
      other.exec(sql)
      other.close()
      const before = readFileSync(path)
      expect(refusal(() => openStore(homePath)).message).toContain('another program')
      expect(readFileSync(path).equals(before)).toBe(true)
    }
  })

  it('that is gone while its log is there is not made anew', () => {
    const homePath = damagedHome(() => undefined)
    const path = join(homePath, 'workbench.db')
    copyFileSync(path, `${path}-wal`)
    rmSync(path)
    expect(refusal(() => openStore(homePath)).message).toContain('-wal')
    expect(existsSync(path)).toBe(false)
  })
})
