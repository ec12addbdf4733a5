/** Images that disappear after the import, with the real core and trainer. */
import { renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Run } from '../../src/contract/entities/run'
import { buildTrainer } from '../support/build-trainer'
import { openTestCore, temporaryFolder, tinyRequest, type TestCore } from '../support/test-core'
import { drawTinyDataset } from '../support/tiny-dataset'

const home = temporaryFolder('missing-home')
const place = temporaryFolder('missing-images')
const rootPath = join(place.path, 'tiny')
let test: TestCore
let datasetId = 0

beforeAll(async () => {
  test = await openTestCore(home.path, await buildTrainer())
  await drawTinyDataset(rootPath)
  const { taskId } = await test.core.call('datasets.import', { path: rootPath, name: 'tiny' })
  datasetId = (await test.taskDone(taskId)).resultId ?? 0
})
afterAll(async () => {
  await test.core.close()
  home.remove()
  place.remove()
})

async function pathsOf(part: 'train' | 'test'): Promise<string[]> {
  const { ids } = await test.core.call('images.layout', { datasetId, filter: { part } })
  return Promise.all(ids.map(async (id) => (await test.core.call('images.get', { id })).path))
}

async function ended(begun: Run): Promise<Run> {
  const run = await test.runEnded(begun.id)
  test.events.length = 0 // a resumed run has a second end
  return run
}

const runCount = async (): Promise<number> => (await test.core.call('runs.list', {})).length
const start = (overrides = {}): Promise<Run> =>
  test.core.call('training.start', tinyRequest(datasetId, overrides))

describe('a class whose folder was renamed after the import', () => {
  it('keeps a run from starting, and is named with its images', async () => {
    const [from, to] = [join(rootPath, 'green discs'), join(rootPath, 'gone discs')]
    renameSync(from, to)
    const before = await runCount()
    await expect(start()).rejects.toMatchObject({
      code: 'images-missing',
      message: expect.stringMatching(
        /None of the \d+ training images of the class "green discs" can be read, for example green discs\/\d+\.png in .*tiny\. The run was not started\./,
      ),
      wayOut: expect.stringMatching(/Put the files back where they were, then start again/),
    })
    expect(await runCount()).toBe(before)
    const checks = test.events.flatMap((event) => (event.type === 'task' ? [event.task] : []))
    expect(checks.at(-1)).toMatchObject({ kind: 'check', state: 'failed', error: { code: 'images-missing' } })
    renameSync(to, from)
    test.events.length = 0
  })
})

describe('a folder that goes away while a run trains', () => {
  it('interrupts it at its last step; it goes on when the folder is back, with the bits of an undisturbed run', async () => {
    const overrides = { stepCount: 12, evaluateEverySteps: 5, checkpointEverySteps: 5 }
    const whole = await ended(await start(overrides))
    expect(whole.state).toBe('done')

    const begun = await start(overrides)
    await test.stepsReached(begun.id, 1)
    renameSync(rootPath, `${rootPath} away`)
    const away = await ended(begun)
    expect(away).toMatchObject({
      state: 'interrupted',
      accuracy: null,
      error: { code: 'images-missing', message: expect.stringContaining(rootPath) as unknown },
      unreadable: { count: 0 },
    })
    expect(away.checkpointStep).toBe(away.stepsDone)
    await expect(test.core.call('training.resume', { id: begun.id })).rejects.toMatchObject({
      code: 'images-missing',
      message: expect.stringContaining('The run was not started'),
    })
    // nothing was lost by asking
    expect((await test.core.call('runs.get', { id: begun.id })).stepsDone).toBe(away.stepsDone)

    renameSync(`${rootPath} away`, rootPath)
    const resumed = await ended(await test.core.call('training.resume', { id: begun.id }))
    expect(resumed).toMatchObject({ state: 'done', stepsDone: 12, error: null, accuracy: whole.accuracy })
    const course = async (id: number) => ({
      losses: (await test.core.call('runs.steps', { id, fromStep: 0 })).map(({ loss }) => loss),
      evaluations: (await test.core.call('runs.evaluations', { id })).map(({ stepIndex, part, loss }) => [
        stepIndex,
        part,
        loss,
      ]),
      predictions: await test.core.call('predictions.list', {
        runId: id,
        filter: { which: 'all' },
        order: 'path',
        offset: 0,
        limit: 100,
      }),
    })
    expect(await course(begun.id)).toEqual(await course(whole.id))
  })
})

describe('a few images that are gone or changed', () => {
  it('do not keep a run from its end: they are named, counted and kept with it', async () => {
    const [gone = '', broken = '', touched = ''] = await pathsOf('train')
    const [lost = ''] = await pathsOf('test')
    rmSync(join(rootPath, gone))
    rmSync(join(rootPath, lost))
    writeFileSync(join(rootPath, broken), 'no image')
    utimesSync(join(rootPath, touched), 1, 1)
    const run = await ended(await start({ batchSize: 32 }))
    const held = (await test.core.call('datasets.get', { id: datasetId })).split.counts.test
    expect(run).toMatchObject({ state: 'done', changedCount: 1, unreadable: { count: 3 } })
    expect(run.changedFirst).toMatchObject([{ path: broken, part: 'train', fromStep: 0 }])
    expect(run.measures?.partCount).toBe(held)
    expect(run.accuracy?.total).toBe(held - 1)
    expect(run.unreadable.first.map(({ path }) => path).sort()).toEqual([gone, broken, lost].sort())
    const log = await test.core.call('runs.log', { id: run.id, limit: 1000 })
    const warnings = log.flatMap(({ kind, text }) => (kind === 'warn' ? [text] : []))
    for (const path of [gone, broken, lost])
      expect(warnings.filter((text) => text.startsWith(`Could not read: ${path}`))).toHaveLength(1)
    // another time with the same bytes is no change
    const changes = warnings.filter((text) => text.startsWith('One file has changed since the import'))
    expect(changes).toEqual([expect.stringContaining(broken)])
    expect(changes.join()).not.toContain(touched)
  })
})

describe('the look at the images before a start', () => {
  it('can be cancelled, and nothing starts', async () => {
    const before = await runCount()
    const starting = start()
    const failed = expect(starting).rejects.toMatchObject({ code: 'cancelled' })
    const id = await test.until(
      (event) => event.type === 'task' && event.task.kind === 'check' && event.task.id,
    )
    await test.core.call('tasks.cancel', { id })
    await failed
    expect(await runCount()).toBe(before)
  })
})
