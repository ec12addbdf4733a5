import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { beforeAll, expect, it } from 'vitest'
import { randomStream } from '../../../src/domain/random'
import { openCheckpointBytes } from '../../../src/main/store/checkpoints/checkpoint-bytes'
import { readCheckpoint } from '../../../src/main/store/checkpoints/checkpoint-read'
import {
  latestCheckpoint,
  listCheckpoints,
  storedNames,
} from '../../../src/main/store/checkpoints/checkpoints'
import { getDataset } from '../../../src/main/store/datasets/datasets'
import { lockHome } from '../../../src/main/store/home/lock'
import { listSteps } from '../../../src/main/store/runs/metrics'
import { openStore } from '../../../src/main/store/home/open'
import { dropDrafts } from '../../../src/main/store/datasets/version-drafts'
import { getRun, markInterrupted, updateRun } from '../../../src/main/store/runs/runs'
import { buildEntry } from '../../support/build-trainer'
import { addCorrected } from '../support/corrected'
import { everything } from '../support/everything'
import { addDataset, addRun, temporaryHome } from '../support/home'

const killCount = 15

let childPath = ''
beforeAll(async () => {
  childPath = await buildEntry('store-child', resolve('test/store/support/child.ts'))
})

/** Lets a writer go on until it has said `lineCount` lines and some more microseconds, then kill -9. Returns what it said. */
async function writeAndKill(
  homePath: string,
  runId: number,
  lineCount: number,
  spin: number,
): Promise<string[]> {
  return runAndKill(['write', homePath, String(runId)], lineCount, spin)
}

async function runAndKill(words: readonly string[], lineCount: number, spin = 0): Promise<string[]> {
  const child = spawn(process.execPath, [childPath, ...words], { stdio: ['ignore', 'pipe', 'inherit'] })
  const lines: string[] = []
  const reader = createInterface({ input: child.stdout })
  reader.on('line', (line) => {
    lines.push(line)
    if (lines.length !== lineCount) return
    for (let turn = 0; turn < spin; turn++) Math.sqrt(turn)
    child.kill('SIGKILL')
  })
  const closed = once(reader, 'close')
  const [, signal] = (await once(child, 'exit')) as [number | null, string | null]
  await closed
  expect(signal).toBe('SIGKILL')
  return lines
}

it('loses no committed step and no complete checkpoint to kill -9, at whatever moment', async () => {
  const homePath = temporaryHome()
  const first = openStore(homePath)
  const runId = addRun(first.db, addDataset(first.db))
  first.close()
  const random = randomStream(20_260)
  const said = { step: -1, checkpoint: 0 }
  let incompleteCount = 0

  for (let kill = 0; kill < killCount; kill++) {
    const lineCount = 2 + Math.floor(random() * 9)
    const lines = await writeAndKill(homePath, runId, lineCount, Math.floor(random() * 3e6))
    for (const line of lines) {
      const [kind, number] = line.split(' ')
      if (kind === 'step') said.step = Number(number)
      if (kind === 'checkpoint') said.checkpoint = Number(number)
    }

    const lock = lockHome(homePath, 'test')
    const { db, close } = openStore(homePath)
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok')
    expect(db.pragma('foreign_key_check')).toEqual([])
    // Every step that was said to be committed, and none missing between.
    const steps = listSteps(db, runId)
    expect(steps.length).toBeGreaterThan(said.step)
    expect(steps.map(({ stepIndex }) => stepIndex)).toEqual(steps.map((_, index) => index))
    expect(steps.map(({ loss }) => loss)).toEqual(steps.map((_, index) => 1 / (index + 1)))
    expect(getRun(db, runId).stepsDone).toBe(steps.length)

    expect(markInterrupted(db, kill)).toMatchObject([{ name: 'first' }])
    const checkpoints = openCheckpointBytes(homePath)
    incompleteCount += await checkpoints.keepOnly(storedNames(db))
    expect(getRun(db, runId)).toMatchObject({ state: 'interrupted', endedAtMs: kill })
    const latest = latestCheckpoint(db, runId)
    expect(latest?.stepIndex ?? 0).toBeGreaterThanOrEqual(said.checkpoint)
    for (const { id, stepIndex } of listCheckpoints(db, runId)) {
      const chunks: Uint8Array[] = []
      for await (const chunk of readCheckpoint(db, checkpoints, id)) chunks.push(chunk)
      const bytes = Buffer.concat(chunks)
      expect([bytes.length, bytes[0], bytes.at(-1)]).toEqual([
        4_194_304,
        (stepIndex * 16) % 251,
        (stepIndex * 16 + 15) % 251,
      ])
    }
    updateRun(db, runId, { state: 'training', error: null })
    await checkpoints.close()
    close()
    lock.release()
  }
  console.log(
    `${killCount} kills: ${said.step + 1} steps said, ${incompleteCount} checkpoints hit in the middle`,
  )
})

it('leaves no half version of a dataset to kill -9 while labels are taken in', async () => {
  const homePath = temporaryHome()
  const first = openStore(homePath)
  const id = addCorrected(first.db)
  const before = everything(first.db)
  first.close()
  let halfCount = 0
  for (let turns = 1, isWhole = false; !isWhole; turns += 3) {
    const [said] = await runAndKill(['take-in', homePath, String(id), String(turns)], 1)
    isWhole = said === 'whole'
    const lock = lockHome(homePath, 'test')
    const { db, close } = openStore(homePath)
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok')
    expect(db.pragma('foreign_key_check')).toEqual([])
    halfCount += Number(db.prepare('SELECT count(*) FROM version_drafts').pluck().get())
    dropDrafts(db)
    expect(getDataset(db, id).versionNumber).toBe(isWhole ? 2 : 1)
    if (!isWhole) expect(everything(db)).toBe(before)
    close()
    lock.release()
  }
  expect(halfCount).toBeGreaterThan(1)
})
