/** kill -9 of the trainer and of the core: what was committed stays, what was running says that it was interrupted. */
import { fork } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { homePaths } from '../../src/main/host/paths'
import { readWeights } from '../../src/main/weights/read'
import { buildEntry, buildTrainer } from '../support/build-trainer'
import { openTestCore, temporaryFolder, tinyRequest, type TestCore } from '../support/test-core'
import { drawTinyDataset } from '../support/tiny-dataset'

const images = temporaryFolder('kill-images')
let trainerPath = ''
beforeAll(async () => {
  trainerPath = await buildTrainer()
  await drawTinyDataset(images.path)
})
afterAll(() => images.remove())

/** Steps without a gap from 0. */
async function expectSteps({ core }: TestCore, runId: number, atLeastSteps: number): Promise<void> {
  const run = await core.call('runs.get', { id: runId })
  expect(run.stepsDone).toBeGreaterThanOrEqual(atLeastSteps)
  const steps = await core.call('runs.steps', { id: runId, fromStep: 0 })
  expect(steps.map(({ stepIndex }) => stepIndex)).toEqual(
    Array.from({ length: run.stepsDone }, (_, index) => index),
  )
}

describe('kill -9 of the trainer', () => {
  const home = temporaryFolder('kill-trainer')
  let test: TestCore
  let datasetId = 0
  beforeAll(async () => {
    test = await openTestCore(home.path, trainerPath)
    const { taskId } = await test.core.call('datasets.import', { path: images.path, name: 'tiny' })
    datasetId = (await test.taskDone(taskId)).resultId ?? 0
  })
  afterAll(async () => {
    await test.core.close()
    home.remove()
  })

  // The moments are told by the number of committed steps; checkpoints come every two, so some fall into one.
  it.each([1, 4, 9, 16])(
    'after step %i keeps every committed step and a whole checkpoint',
    async (killAfter) => {
      const request = tinyRequest(datasetId, { stepCount: 100_000, checkpointEverySteps: 2 })
      const { id } = await test.core.call('training.start', request)
      await test.stepsReached(id, killAfter)
      process.kill(test.core.trainerProcessId() ?? NaN, 'SIGKILL')
      const run = await test.runEnded(id)
      expect(run).toMatchObject({ state: 'interrupted', error: { code: 'trainer-died' } })
      expect(run.error?.message).toContain('SIGKILL')
      expect(run.error?.message).not.toContain('ran out of memory')
      await expectSteps(test, id, killAfter)
      await expectWholeCheckpoint(test, id, join(home.path, `${String(killAfter)}-export`))
      const log = await test.core.call('runs.log', { id, limit: 100 })
      expect(log.at(-1)).toMatchObject({ kind: 'error' })
    },
  )

  it('goes on from its checkpoint without writing that anywhere: also where no file can be made', async () => {
    const request = tinyRequest(datasetId, { stepCount: 100_000, checkpointEverySteps: 20 })
    const { id } = await test.core.call('training.start', request)
    await test.stepsReached(id, 24)
    process.kill(test.core.trainerProcessId() ?? NaN, 'SIGKILL')
    const { checkpointStep } = await test.runEnded(id)
    const { scratchPath } = homePaths(home.path)
    rmSync(scratchPath, { recursive: true, force: true })
    writeFileSync(scratchPath, '')
    onTestFinished(() => rmSync(scratchPath, { force: true }))

    test.events.length = 0
    const { state } = await test.core.call('training.resume', { id })
    expect(state).toBe('starting')
    await test.stepsReached(id, (checkpointStep ?? 0) + 1)
    await test.core.call('training.stop', { id })
    expect(await test.runEnded(id)).toMatchObject({ state: 'stopped', error: null })
  })

  it('leaves the core able to train', async () => {
    const { id } = await test.core.call('training.start', tinyRequest(datasetId))
    expect((await test.runEnded(id)).state).toBe('done')
  })
})

describe('kill -9 of the core', () => {
  it('leaves an openable home, an interrupted run and no trainer', async () => {
    const home = temporaryFolder('kill-core')
    const entry = await buildEntry('core-process', join(import.meta.dirname, 'core-process.ts'))
    const core = fork(entry, [home.path, trainerPath, images.path], { execArgv: [] })
    const exited = new Promise((resolve) => core.once('exit', resolve))
    const told = await new Promise<{ runId: number; stepsDone: number; trainerProcessId: number }>(
      (resolve, reject) => {
        core.once('message', (message) => resolve(message as never))
        core.once('exit', () => reject(new Error('The core ended by itself')))
      },
    )

    // There are never two writers.
    await expect(openTestCore(home.path, trainerPath)).rejects.toMatchObject({ code: 'home-locked' })

    core.kill('SIGKILL')
    await exited
    await expect.poll(() => isAlive(told.trainerProcessId), { timeout: 30_000 }).toBe(false)

    const test = await openTestCore(home.path, trainerPath)
    const run = await test.core.call('runs.get', { id: told.runId })
    expect(run.state).toBe('interrupted')
    await expectSteps(test, told.runId, told.stepsDone)
    await expectWholeCheckpoint(test, told.runId, join(home.path, 'after-export'))
    const { startNotes } = await test.core.call('app.info', {})
    expect(startNotes).toEqual([expect.stringContaining(run.name)])
    await test.core.close()
    home.remove()
  })
})

describe('closing the core', () => {
  it('ends the trainer and leaves its run interrupted, and the home can be opened again', async () => {
    const home = temporaryFolder('close-core')
    const first = await openTestCore(home.path, trainerPath)
    const { taskId } = await first.core.call('datasets.import', { path: images.path, name: 'tiny' })
    const datasetId = (await first.taskDone(taskId)).resultId ?? 0
    const { id } = await first.core.call('training.start', tinyRequest(datasetId, { stepCount: 100_000 }))
    await first.stepsReached(id, 1)
    const processId = first.core.trainerProcessId() ?? NaN
    await first.core.close()
    expect(isAlive(processId)).toBe(false)
    await expect(first.core.call('app.info', {})).rejects.toMatchObject({ code: 'cancelled' })

    const second = await openTestCore(home.path, trainerPath)
    expect(await second.core.call('runs.get', { id })).toMatchObject({
      state: 'interrupted',
      error: { code: 'cancelled' },
    })
    expect((await second.core.call('app.info', {})).startNotes).toEqual([])
    await second.core.close()
    home.remove()
  })
})

/** The export reads every byte of the latest checkpoint and the store checks its hash. */
async function expectWholeCheckpoint(
  { core, taskDone }: TestCore,
  runId: number,
  path: string,
): Promise<void> {
  const run = await core.call('runs.get', { id: runId })
  const checkpoints = await core.call('runs.checkpoints', { id: runId })
  expect(checkpoints.at(-1)?.stepIndex ?? null).toBe(run.checkpointStep)
  if (run.checkpointStep === null) return
  expect(run.checkpointStep).toBeLessThanOrEqual(run.stepsDone)
  const { taskId } = await core.call('exports.start', { modelId: `run:${runId}`, format: 'npz', path })
  await taskDone(taskId)
  const weights = await readWeights(join(path, 'model.npz'))
  expect([...weights.values()].reduce((sum, { data }) => sum + data.length, 0)).toBe(run.parameterCount)
}

function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0)
    return true
  } catch {
    return false // ESRCH
  }
}
