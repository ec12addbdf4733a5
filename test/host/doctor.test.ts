/** Looking through a home, repairing it, and copying it while it is written. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, it, onTestFinished } from 'vitest'
import { runDoctor, type DoctorOptions } from '../../src/main/cli/machine/doctor'
import { backUpHome, lookThrough, moveHome, repair } from '../../src/main/host/doctor'
import { openCheckpointBytes } from '../../src/main/store/checkpoints/checkpoint-bytes'
import { prune } from '../../src/main/store/checkpoints/checkpoint-retention'
import { verifyCheckpoint } from '../../src/main/store/checkpoints/checkpoint-read'
import { listCheckpoints, storedNames } from '../../src/main/store/checkpoints/checkpoints'
import { lockHome } from '../../src/main/store/home/lock'
import { insertStep, listSteps } from '../../src/main/store/runs/metrics'
import { openStore } from '../../src/main/store/home/open'
import { getRun, listRuns, updateRun } from '../../src/main/store/runs/runs'
import { addDataset, addRun, temporaryHome } from '../store/support/home'
import { saveCheckpoint } from '../store/support/saved-checkpoint'

const quiet = (): void => undefined

/** Two runs with two checkpoints each, closed. */
async function filledHome() {
  const homePath = join(temporaryHome(), 'home')
  const { db, close } = openStore(homePath)
  const checkpoints = openCheckpointBytes(homePath)
  const datasetId = addDataset(db)
  for (const name of ['first', 'second']) {
    const runId = addRun(db, datasetId, name)
    updateRun(db, runId, { state: 'stopped', endedAtMs: 1 })
    for (const stepIndex of [10, 20]) await save(db, checkpoints, runId, stepIndex)
  }
  await checkpoints.close()
  close()
  return homePath
}

function save(
  db: ReturnType<typeof openStore>['db'],
  checkpoints: ReturnType<typeof openCheckpointBytes>,
  runId: number,
  stepIndex: number,
) {
  const bytes = Buffer.alloc(400_000, `${String(runId)} ${String(stepIndex)} `)
  const tensors = [{ name: 'w', shape: [100_000], byteCount: 400_000 }]
  return saveCheckpoint(db, checkpoints, { runId, stepIndex, tensors, bytes, cuts: [100_000, 250_000] })
}

/** Of the last checkpoint of the first run: a page of its table is overwritten. */
function damage(homePath: string): void {
  const rows = new Database(join(homePath, 'workbench.db'), { readonly: true })
  const name = rows
    .prepare<[], string>('SELECT stored_as FROM checkpoints WHERE run_id = 1 AND step_index = 20')
    .pluck()
    .get()
  rows.close()
  const path = join(homePath, 'checkpoints.db')
  const raw = new Database(path)
  const root = raw
    .prepare<[string], number>('SELECT rootpage FROM sqlite_schema WHERE name = ?')
    .pluck()
    .get(`bytes_${name ?? ''}`)
  const pageBytes = Number(raw.pragma('page_size', { simple: true }))
  raw.close()
  const bytes = readFileSync(path)
  bytes.fill(0xab, ((root ?? 0) - 1) * pageBytes, (root ?? 0) * pageBytes)
  writeFileSync(path, bytes)
}

async function stepsOf(homePath: string): Promise<number[][]> {
  const { db, close } = openStore(homePath, { readOnly: true })
  const checkpoints = openCheckpointBytes(homePath, { readOnly: true })
  const all = listRuns(db)
    .toReversed()
    .map(({ id }) => listCheckpoints(db, id))
  for (const { id } of all.flat()) await verifyCheckpoint(db, checkpoints, id)
  await checkpoints.close()
  close()
  return all.map((ofRun) => ofRun.map(({ stepIndex }) => stepIndex))
}

describe('the doctor', () => {
  it('finds a sound home sound, beside a core at work in it', async () => {
    const homePath = await filledHome()
    const lock = lockHome(homePath, 'a test')
    onTestFinished(() => lock.release())
    expect(await lookThrough(homePath, quiet)).toEqual({
      ...{ database: [], soundCount: 4, damaged: [], unread: [], isFileWhole: true, orphanCount: 0 },
    })
    await expect(repair(homePath, quiet)).rejects.toMatchObject({ code: 'home-locked' })
  })

  it('finds what is damaged, drops it, and leaves the rest whole', async () => {
    const homePath = await filledHome()
    damage(homePath)
    const found = await lookThrough(homePath, quiet)
    expect(found).toMatchObject({
      ...{ database: [], soundCount: 3, isFileWhole: false },
      damaged: [{ runName: 'first', stepIndex: 20 }],
    })
    const { repaired } = await repair(homePath, quiet)
    expect(repaired).toMatchObject({ droppedCheckpoints: 1, isRebuilt: true, database: [], runsWithout: [] })
    expect(await stepsOf(homePath)).toEqual([[10], [10, 20]])
    expect(await lookThrough(homePath, quiet)).toMatchObject({
      damaged: [],
      isFileWhole: true,
      soundCount: 3,
    })
    const { db, close } = openStore(homePath)
    expect(getRun(db, 1).checkpointStep).toBe(10)
    close()
  })

  it('forgets checkpoints whose file is gone', async () => {
    const homePath = await filledHome()
    writeFileSync(join(homePath, 'checkpoints.db'), '')
    const { repaired, notes } = await repair(homePath, quiet)
    expect(notes[0]).toContain('was moved to')
    expect(repaired).toMatchObject({ droppedCheckpoints: 4, runsWithout: ['first', 'second'] })
    expect(await stepsOf(homePath)).toEqual([[], []])
  })

  it('makes indexes again that do not fit their table', async () => {
    const homePath = await filledHome()
    const path = join(homePath, 'workbench.db')
    const raw = new Database(path)
    const root = raw
      .prepare<[], number>("SELECT rootpage FROM sqlite_schema WHERE name = 'runs_by_dataset'")
      .pluck()
      .get()
    raw.pragma('wal_checkpoint(TRUNCATE)')
    raw.close()
    const bytes = readFileSync(path)
    bytes.fill(0, ((root ?? 0) - 1) * 4096 + 8, (root ?? 0) * 4096)
    writeFileSync(path, bytes)
    expect((await lookThrough(homePath, quiet)).database).toEqual(['parts of the table runs are damaged'])
    expect((await repair(homePath, quiet)).repaired.database).toEqual([])
    expect((await lookThrough(homePath, quiet)).database).toEqual([])
  })
})

describe('bitw doctor', () => {
  const bitw = async (homePath: string, options: DoctorOptions) => {
    const said: string[] = []
    const progress = { show: quiet, clear: quiet }
    const print = (text: string): void => void said.push(text)
    const output = { ...{ json: false, print, record: quiet, note: quiet, error: quiet }, progress }
    const context = { homePath, trainerPath: '', rendererPath: '', output, onInterrupt: () => quiet }
    const code = await runDoctor(context, options)
    return { code, said: said.join('\n') }
  }

  it('says that a home is sound, or what is damaged and how to put it right, and does so', async () => {
    const homePath = await filledHome()
    expect(await bitw(homePath, {})).toEqual({
      code: 0,
      said: `Home: ${homePath}\nThe database is sound.\n4 checkpoints, each as it was saved.`,
    })
    expect((await bitw(homePath, { repair: true })).said).toContain('Nothing had to be repaired.')
    damage(homePath)
    const damaged = await bitw(homePath, {})
    expect(damaged.code).toBe(1)
    expect(damaged.said).toMatch(/3 checkpoints sound, 1 damaged:\n {2}first, step 20: /)
    expect(damaged.said).toContain('"bitw doctor --repair" puts right what can be.')
    const repaired = await bitw(homePath, { repair: true })
    expect(repaired.code).toBe(0)
    expect(repaired.said).toContain('Dropped 1 damaged checkpoint. A run that has one before it goes on')
    expect((await bitw(homePath, {})).code).toBe(0)
  })

  it('copies a home that a core is at work in, and says that a damaged checkpoint was left out', async () => {
    const homePath = await filledHome()
    damage(homePath)
    const lock = lockHome(homePath, 'a test')
    onTestFinished(() => lock.release())
    const copied = await bitw(homePath, { backup: `${homePath}-copy` })
    expect(copied).toEqual({
      code: 0,
      said: expect.stringMatching(
        /^Copied to .*, with 3 checkpoints; .*1 checkpoint left out: it is damaged/,
      ) as string,
    })
    expect((await bitw(`${homePath}-copy`, {})).code).toBe(0)
    await expect(bitw(homePath, { repair: true })).rejects.toMatchObject({ code: 'home-locked' })
  })

  it('moves a home, and says where its datasets look for their images', async () => {
    const homePath = await filledHome()
    const moved = await bitw(homePath, { move: `${homePath}-moved` })
    expect(moved.code).toBe(0)
    expect(moved.said).toContain(`The home is at ${homePath}-moved now, with 4 checkpoints`)
    expect(moved.said).toContain('  trees: /images/trees (not there now)')
    expect((await bitw(`${homePath}-moved`, {})).code).toBe(0)
    await expect(bitw(homePath, { move: 'a', backup: 'b' })).rejects.toMatchObject({ code: 'bad-input' })
  })
})

describe('a backup', () => {
  it('is a home of one moment, though a training writes on', async () => {
    const homePath = await filledHome()
    mkdirSync(join(homePath, 'models'))
    writeFileSync(join(homePath, 'models', 'x.npz'), 'weights')
    const { db, close } = openStore(homePath)
    const checkpoints = openCheckpointBytes(homePath)
    onTestFinished(async () => {
      await checkpoints.close()
      close()
    })
    updateRun(db, 1, { state: 'training' })
    let stepIndex = 0
    let saving: Promise<unknown> = Promise.resolve()
    const copied = await backUpHome(homePath, `${homePath}-copy`, (what, done) => {
      const metric = { loss: 1, batchAccuracy: 0, learningRate: 0, stepMs: 1, waitMs: 0, atMs: 0 }
      insertStep(db, 1, { ...metric, stepIndex: stepIndex++ }, null)
      // those that are being copied are replaced meanwhile, once
      if (what !== 'checkpoints' || done !== 1) return
      saving = (async () => {
        for (const later of [30, 40]) await save(db, checkpoints, 1, later)
        prune(db, 1, 1e12)
        await checkpoints.keepOnly(storedNames(db))
      })()
    })
    await saving
    expect(copied.checkpointCount).toBe(4)
    expect(copied.leftOut).toBe(0)
    const [ofFirst = [], ofSecond] = await stepsOf(`${homePath}-copy`)
    expect(ofFirst.length).toBe(2)
    expect(ofSecond).toEqual([10, 20])
    expect(existsSync(join(`${homePath}-copy`, 'models', 'x.npz'))).toBe(true)
    const copy = openStore(`${homePath}-copy`)
    const steps = listSteps(copy.db, 1)
    expect(steps.map((step) => step.stepIndex)).toEqual(steps.map((_, index) => index))
    copy.close()
  })

  it('leaves damaged checkpoints out, and says so', async () => {
    const homePath = await filledHome()
    damage(homePath)
    expect(await backUpHome(homePath, `${homePath}-copy`, quiet)).toEqual({ checkpointCount: 3, leftOut: 1 })
    expect(await stepsOf(`${homePath}-copy`)).toEqual([[10], [10, 20]])
  })

  it('is refused into a folder with something in it, or into the home', async () => {
    const homePath = await filledHome()
    for (const target of [homePath, join(homePath, 'inside')])
      await expect(backUpHome(homePath, target, quiet)).rejects.toMatchObject({ code: 'bad-input' })
    const taken = temporaryHome()
    writeFileSync(join(taken, 'mine.txt'), '')
    await expect(backUpHome(homePath, taken, quiet)).rejects.toMatchObject({ code: 'bad-input' })
  })
})

describe('a move', () => {
  it('copies the home while nobody is at work in it, and says where datasets look for their images', async () => {
    const homePath = await filledHome()
    const { datasets, ...copied } = await moveHome(homePath, `${homePath}-moved`, quiet)
    expect(copied).toEqual({ checkpointCount: 4, leftOut: 0 })
    expect(datasets).toEqual([{ name: 'trees', path: '/images/trees', isThere: false }])
    expect(await stepsOf(`${homePath}-moved`)).toEqual([
      [10, 20],
      [10, 20],
    ])
    const lock = lockHome(homePath, 'a test')
    onTestFinished(() => lock.release())
    await expect(moveHome(homePath, `${homePath}-again`, quiet)).rejects.toMatchObject({
      code: 'home-locked',
    })
  })
})
