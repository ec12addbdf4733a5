import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { openCore } from '../../src/main/host/compose'
import { openStore } from '../../src/main/store/home/open'
import { addDataset, addRun, temporaryHome } from '../store/support/home'
import { buildTrainer } from '../support/build-trainer'
import { openTestCore, type TestCore } from '../support/test-core'

let trainerPath = ''
beforeAll(async () => {
  trainerPath = await buildTrainer()
})

function filledHome(): string {
  const homePath = temporaryHome()
  const { db, close } = openStore(homePath)
  addRun(db, addDataset(db))
  close()
  return homePath
}

async function opened(homePath: string): Promise<TestCore> {
  const test = await openTestCore(homePath, trainerPath)
  onTestFinished(() => test.core.close())
  return test
}

const checked = (test: TestCore) => test.until((event) => event.type === 'database-checked' && event.check)

describe('the look through the database at the start', () => {
  it('is done while the core answers, and says that a whole one is sound', async () => {
    const test = await opened(filledHome())
    expect((await test.core.call('app.info', {})).databaseCheck.state).toMatch(/checking|sound/)
    expect(await checked(test)).toEqual({ state: 'sound', error: null })
    expect((await test.core.call('app.info', {})).databaseCheck.state).toBe('sound')
  })

  it('is left out where whoever opens the home soon ends', async () => {
    const core = await openCore({ homePath: filledHome(), trainerPath, checkerPath: null })
    onTestFinished(() => core.close())
    expect((await core.call('app.info', {})).databaseCheck).toEqual({ state: 'unknown', error: null })
  })

  it('names the table that is damaged and what to do, while all others can be used', async () => {
    const homePath = filledHome()
    const path = join(homePath, 'workbench.db')
    const raw = new Database(path)
    const root =
      raw.prepare<[], number>("SELECT rootpage FROM sqlite_schema WHERE name = 'images'").pluck().get() ?? 1
    raw.close()
    const bytes = readFileSync(path)
    bytes.fill(0xab, (root - 1) * 4096 + 8, root * 4096)
    writeFileSync(path, bytes)
    const test = await opened(homePath)
    const { state, error } = await checked(test)
    expect(state).toBe('damaged')
    expect(error?.message).toContain('the table images')
    expect(error?.wayOut).toContain('backup')
    expect(await test.core.call('runs.list', {})).toHaveLength(1)
  })

  it('names a damaged run at the start and lists it apart', async () => {
    const homePath = filledHome()
    const raw = new Database(join(homePath, 'workbench.db'))
    raw.pragma('ignore_check_constraints = ON')
    raw.exec("UPDATE runs SET recipe_json = '{', state = 'failed', ended_at_ms = 1")
    raw.close()
    const test = await opened(homePath)
    expect(await test.core.call('runs.list', {})).toEqual([])
    expect(await test.core.call('runs.damaged', {})).toMatchObject([{ name: 'first' }])
    expect((await test.core.call('app.info', {})).startNotes.join()).toContain('"first" is damaged')
  })
})
