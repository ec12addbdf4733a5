/** Pause, keep the best, extend and branch, with the real trainer. */
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import type { Run } from '../../src/contract/entities/run'
import { buildTrainer } from '../support/build-trainer'
import { openTestCore, temporaryFolder, tinyRequest, type TestCore } from '../support/test-core'
import { drawTinyDataset } from '../support/tiny-dataset'

const place = temporaryFolder('durable')
const images = temporaryFolder('durable-images')
let test: TestCore
let datasetId = 0

beforeAll(async () => {
  await drawTinyDataset(images.path)
  test = await openTestCore(join(place.path, 'home'), await buildTrainer())
  const { taskId } = await test.core.call('datasets.import', { path: images.path, name: 'tiny' })
  datasetId = (await test.taskDone(taskId)).resultId ?? 0
})
afterAll(async () => {
  await test.core.close()
  place.remove()
  images.remove()
})

/** The core again, as the environment is now. */
async function reopened(): Promise<TestCore> {
  await test.core.close()
  test = await openTestCore(join(place.path, 'home'), await buildTrainer())
  return test
}

/** To what threads may add in another order. */
const lossesOf = async (id: number): Promise<[number, string][]> =>
  (await test.core.call('runs.steps', { id, fromStep: 0 })).map(({ stepIndex, loss }) => [
    stepIndex,
    loss.toFixed(4),
  ])

/** Long enough that a message comes in time. */
const long = { stepCount: 400, checkpointEverySteps: 1000, evaluateEverySteps: 1000 }

async function pausedRun(overrides = {}): Promise<Run> {
  const { id } = await test.core.call('training.start', tinyRequest(datasetId, { ...long, ...overrides }))
  await test.stepsReached(id, 3)
  const ended = test.nextRunEnd(id)
  await test.core.call('training.pause', { id })
  return ended
}

describe('a run that is paused', () => {
  it('has a checkpoint of its last step, no result, and another state than an interrupted one', async () => {
    const run = await pausedRun()
    expect(run).toMatchObject({ state: 'paused', error: null, accuracy: null })
    expect(run.checkpointStep).toBe(run.stepsDone)
    expect(run.endedAtMs).not.toBeNull()
  })

  it('goes on to the end with the steps as if it had never paused', async () => {
    const whole = await test.core.call(
      'training.start',
      tinyRequest(datasetId, { stepCount: 60, checkpointEverySteps: 1000 }),
    )
    await test.runEnded(whole.id)
    const { id } = await pausedRun({ stepCount: 60, evaluateEverySteps: 3 })
    const ended = test.nextRunEnd(id)
    await test.core.call('training.resume', { id })
    expect(await ended).toMatchObject({ state: 'done', stepsDone: 60 })
    expect(await lossesOf(id)).toEqual(await lossesOf(whole.id))
  })

  it('can keep its best checkpoint afterwards', async () => {
    const paused = await pausedRun()
    const ended = test.nextRunEnd(paused.id)
    await test.core.call('training.stop', { id: paused.id, keep: 'best' })
    expect(await ended).toMatchObject({ state: 'stopped', resultStep: paused.checkpointStep })
  })
})

describe('"stop and keep the best"', () => {
  it('evaluates the checkpoint that was best on the validation images, and keeps none after it', async () => {
    const { id } = await test.core.call(
      'training.start',
      tinyRequest(datasetId, { stepCount: 400, checkpointEverySteps: 2, evaluateEverySteps: 2 }),
    )
    await test.stepsReached(id, 5)
    const ended = test.nextRunEnd(id)
    await test.core.call('training.stop', { id, keep: 'best' })
    const run = await ended
    expect(run).toMatchObject({ state: 'stopped', evaluatedOn: 'test' })
    expect(run.accuracy?.total).toBe(run.heldOut.test)
    expect(run.checkpointStep).toBe(run.resultStep)
    const checkpoints = await test.core.call('runs.checkpoints', { id })
    expect(Math.max(...checkpoints.map(({ stepIndex }) => stepIndex))).toBe(run.resultStep)
    const evaluations = await test.core.call('runs.evaluations', { id })
    const val = evaluations.filter(({ part }) => part === 'val')
    const kept = val.find(({ stepIndex }) => stepIndex === run.resultStep)
    const latest = val.slice(-2).map(({ accuracy }) => accuracy.value)
    expect(kept?.accuracy.value).toBe(Math.max(...latest))
  })

  it('asked twice for a run begins one trainer, on a machine with two devices too', async () => {
    const { id } = await pausedRun()
    vi.stubEnv('BITW_DEVICES', 'cpu,cpu')
    const two = await reopened()
    onTestFinished(async () => {
      vi.unstubAllEnvs()
      await reopened()
    })
    const ended = test.nextRunEnd(id)
    const asked = [0, 1].map(() => two.core.call('training.stop', { id, keep: 'best' }))
    const refusals = (await Promise.allSettled(asked)).flatMap((one): unknown[] =>
      one.status === 'rejected' ? [one.reason] : [],
    )
    expect(refusals).toMatchObject([{ code: 'busy' }])
    expect(await ended).toMatchObject({ state: 'stopped' })
    const log = await two.core.call('runs.log', { id, limit: 100 })
    expect(log.filter(({ text }) => text.includes('is kept'))).toHaveLength(1)
  })
})

describe('a run that begins with the weights of another', () => {
  it('names their step, and is refused, as it is, where it needs them again and they are gone', async () => {
    const source = await test.core.call('training.start', tinyRequest(datasetId, { stepCount: 4 }))
    await test.runEnded(source.id)
    const overrides = { ...long, decayTowardInitial: 1e-3 }
    const request = { ...tinyRequest(datasetId, overrides), weights: `run:${String(source.id)}` }
    const { id, weights } = await test.core.call('training.start', request)
    expect(weights).toBe(`run:${String(source.id)}@4`)
    await test.stepsReached(id, 3)
    const ended = test.nextRunEnd(id)
    await test.core.call('training.pause', { id })
    const paused = await ended
    const last = (await test.core.call('checkpoints.list', { runId: source.id })).at(-1)
    await test.core.call('checkpoints.delete', { id: last?.id ?? 0 })
    await expect(test.core.call('training.resume', { id })).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringContaining(
        `the weights of "${source.name}" after step 4, and that checkpoint is gone`,
      ),
    })
    expect(await test.core.call('runs.get', { id })).toEqual(paused)
    expect((await test.core.call('training.again', { id })).weights).toBe(weights)
  })
})

describe('a run that goes on from a checkpoint of another', () => {
  it('is extended with the schedule of the whole, and its first steps are those of its parent', async () => {
    const parent = await test.core.call('training.start', tinyRequest(datasetId))
    await test.runEnded(parent.id)
    const request = await test.core.call('training.branch', { id: parent.id, moreSteps: 4 })
    expect(request).toMatchObject({
      continues: { runId: parent.id, stepIndex: 6 },
      overrides: { stepCount: 10 },
    })
    const plan = await test.core.call('training.plan', request)
    expect(plan.recipe).toMatchObject({ stepCount: 10, decayAtSteps: [3, 6, 9] })
    const { id } = await test.core.call('training.start', request)
    const run = await test.runEnded(id)
    expect(run).toMatchObject({ state: 'done', stepsDone: 10, parent: { runId: parent.id, stepIndex: 6 } })
    expect((await lossesOf(id)).map(([step]) => step)).toEqual([6, 7, 8, 9])
    const checkpoints = await test.core.call('runs.checkpoints', { id })
    expect(checkpoints.map(({ stepIndex }) => stepIndex)).toContain(10)
  })

  it('with the same recipe takes the very steps that its parent took', async () => {
    const parent = await test.core.call('training.start', tinyRequest(datasetId))
    await test.runEnded(parent.id)
    const request = await test.core.call('training.branch', { id: parent.id, stepIndex: 4 })
    const { id } = await test.core.call('training.start', request)
    const run = await test.runEnded(id)
    expect(run).toMatchObject({ state: 'done', parent: { runId: parent.id, stepIndex: 4 } })
    expect(await lossesOf(id)).toEqual((await lossesOf(parent.id)).slice(4))
  })

  it('is refused where its checkpoint is gone, has no step left, or another model is asked for', async () => {
    const parent = await test.core.call('training.start', tinyRequest(datasetId))
    await test.runEnded(parent.id)
    const branch = await test.core.call('training.branch', { id: parent.id })
    const plan = (changes: object) => test.core.call('training.plan', { ...branch, ...changes })
    await expect(test.core.call('training.branch', { id: parent.id, stepIndex: 1 })).rejects.toMatchObject({
      code: 'not-found',
    })
    await expect(plan({ overrides: { ...branch.overrides, stepCount: 6 } })).rejects.toMatchObject({
      code: 'bad-input',
    })
    await expect(plan({ model: 'R50x1' })).rejects.toMatchObject({ code: 'unsupported' })
    await expect(
      plan({ overrides: { ...branch.overrides, linearProbe: true, randomCrop: false } }),
    ).rejects.toMatchObject({ code: 'unsupported' })
  })
})
