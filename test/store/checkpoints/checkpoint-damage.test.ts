/** What damage of checkpoints.db costs: the checkpoints that lie on damaged pages, and nothing else. */
import {
  existsSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { WorkbenchError } from '../../../src/contract/errors'
import { randomStream } from '../../../src/domain/random'
import { openCheckpointBytes } from '../../../src/main/store/checkpoints/checkpoint-bytes'
import { lookAtCheckpoints } from '../../../src/main/store/checkpoints/checkpoint-look'
import { verifyCheckpoint } from '../../../src/main/store/checkpoints/checkpoint-read'
import { listCheckpoints } from '../../../src/main/store/checkpoints/checkpoints'
import { addDataset, addRun, temporaryStore } from '../support/home'
import { saveCheckpoint } from '../support/saved-checkpoint'

const checkpointCount = 6

/** Some checkpoints of half a megabyte each; closed. */
async function filledHome() {
  const { db, homePath } = temporaryStore()
  const runId = addRun(db, addDataset(db))
  const checkpoints = openCheckpointBytes(homePath)
  const random = randomStream(7)
  for (let stepIndex = 1; stepIndex <= checkpointCount; stepIndex++) {
    const bytes = Buffer.from(Array.from({ length: 400_000 }, () => Math.floor(random() * 256)))
    const tensors = [{ name: 'w', shape: [100_000], byteCount: 400_000 }]
    await saveCheckpoint(db, checkpoints, { runId, stepIndex, tensors, bytes, cuts: [100_000, 250_000] })
  }
  await checkpoints.close()
  return { db, homePath, runId, path: join(homePath, 'checkpoints.db') }
}

/** Steps of those that are sound. */
async function soundSteps({
  db,
  homePath,
  runId,
}: Awaited<ReturnType<typeof filledHome>>): Promise<number[]> {
  const checkpoints = openCheckpointBytes(homePath)
  const steps: number[] = []
  for (const { id, stepIndex } of listCheckpoints(db, runId)) {
    try {
      await verifyCheckpoint(db, checkpoints, id)
      steps.push(stepIndex)
    } catch (thrown) {
      expect(thrown).toBeInstanceOf(WorkbenchError)
      expect((thrown as WorkbenchError).code).toBe('home-broken')
    }
  }
  await checkpoints.close()
  return steps
}

describe('a damaged page of checkpoints.db', () => {
  it('costs the one checkpoint that it is of, whichever page it is', async () => {
    const home = await filledHome()
    const raw = new Database(home.path)
    const pages = raw
      .prepare<[], { pageno: number; name: string }>(
        "SELECT pageno, name FROM dbstat WHERE name GLOB 'bytes_*'",
      )
      .all()
    const pageBytes = Number(raw.pragma('page_size', { simple: true }))
    raw.close()
    const whole = readFileSync(home.path)
    expect(pages.length).toBeGreaterThan(100)
    // every kind of page comes: the first of each table is its root
    for (const { pageno } of pages.filter((_, index) => index % 9 === 0)) {
      const bytes = Buffer.from(whole)
      bytes.fill(0xab, (pageno - 1) * pageBytes, pageno * pageBytes)
      writeFileSync(home.path, bytes)
      expect((await soundSteps(home)).length).toBe(checkpointCount - 1)
      expect(lookAtCheckpoints(home.homePath, home.db)).toEqual([])
    }
  })

  it('at random places never ends in another error, and costs more only where SQLite keeps its own lists', async () => {
    const home = await filledHome()
    const whole = readFileSync(home.path)
    const random = randomStream(20_263)
    for (let round = 0; round < 25; round++) {
      const bytes = Buffer.from(whole)
      const at = 32_768 + Math.floor(random() * (bytes.length - 32_768))
      bytes[at] = (bytes[at] ?? 0) ^ (1 << Math.floor(random() * 8))
      writeFileSync(home.path, bytes)
      expect((await soundSteps(home)).length).toBeGreaterThanOrEqual(checkpointCount - 1)
    }
  })
})

describe('the file of checkpoints', () => {
  it('that is missing is told at the start, and is used again when it is back', async () => {
    const home = await filledHome()
    renameSync(home.path, `${home.path}.away`)
    const [note = ''] = lookAtCheckpoints(home.homePath, home.db)
    expect(note).toContain('is missing: 6 checkpoints of 1 run cannot be used')
    expect(await soundSteps(home)).toEqual([])
    rmSync(home.path, { force: true })
    renameSync(`${home.path}.away`, home.path)
    expect(lookAtCheckpoints(home.homePath, home.db)).toEqual([])
    expect(await soundSteps(home)).toHaveLength(checkpointCount)
  })

  it.each<[string, (path: string) => void]>([
    ['empty', (path) => truncateSync(path, 0)],
    ['cut off', (path) => truncateSync(path, 100_000)],
    ['of something else', (path) => writeFileSync(path, 'no database at all '.repeat(100))],
    [
      'damaged in its first page',
      (path) => {
        const bytes = readFileSync(path)
        bytes.fill(0xab, 100, 16_384)
        writeFileSync(path, bytes)
      },
    ],
  ])('that is %s is moved aside and told, and a new one is begun', async (_, damage) => {
    const home = await filledHome()
    damage(home.path)
    const [note = ''] = lookAtCheckpoints(home.homePath, home.db)
    expect(note).toContain('was moved to')
    expect(note).toContain('6 checkpoints of 1 run')
    expect(existsSync(home.path)).toBe(false)
    expect(readdirSync(home.homePath)).toContain('checkpoints-damaged-1.db')
    const checkpoints = openCheckpointBytes(home.homePath)
    await saveCheckpoint(home.db, checkpoints, { runId: home.runId, stepIndex: 9 })
    await checkpoints.close()
    expect(await soundSteps(home)).toEqual([9])
  })

  it('that nothing was ever written to is not missed', () => {
    const { db, homePath } = temporaryStore()
    expect(lookAtCheckpoints(homePath, db)).toEqual([])
  })
})
