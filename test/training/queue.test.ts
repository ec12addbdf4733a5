/** The queue, repeats over seeds and searches, with the real trainer. */
import { join } from 'node:path'
import { afterEach, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import type { GroupDetail, Queue } from '../../src/contract/entities/queue'
import type { Run, TrainRequest } from '../../src/contract/entities/run'
import { buildTrainer } from '../support/build-trainer'
import { openTestCore, temporaryFolder, tinyRequest, type TestCore } from '../support/test-core'
import { drawTinyDataset } from '../support/tiny-dataset'

// The engine that starts fastest.
process.env['BITW_ENGINE'] = 'wasm'

let trainerPath = ''
let images = ''
beforeAll(async () => {
  trainerPath = await buildTrainer()
  const folder = temporaryFolder('queue-images')
  images = folder.path
  await drawTinyDataset(images)
  return () => folder.remove()
})

const cores: TestCore[] = []
afterEach(async () => {
  await Promise.all(cores.splice(0).map(({ core }) => core.close()))
})

async function opened(homePath: string, worksQueue = true): Promise<TestCore> {
  const test = await openTestCore(homePath, trainerPath, { worksQueue })
  cores.push(test)
  return test
}

async function newHome(worksQueue = true) {
  const place = temporaryFolder('queue')
  onTestFinished(() => place.remove())
  const homePath = join(place.path, 'home')
  const test = await opened(homePath, worksQueue)
  const { taskId } = await test.core.call('datasets.import', { path: images, name: 'tiny' })
  return { homePath, test, datasetId: (await test.taskDone(taskId)).resultId ?? 0 }
}

/** Asks after each change of the queue or of a run, until the answer pleases. */
function eventually<T>(
  { core }: TestCore,
  ask: () => Promise<T>,
  pleases: (answer: T) => boolean,
): Promise<T> {
  return new Promise((resolve, reject) => {
    let asking = false
    let again = true
    const look = async (): Promise<void> => {
      if (asking) return
      asking = true
      while (again) {
        again = false
        const answer = await ask()
        if (!pleases(answer)) continue
        forget()
        return resolve(answer)
      }
      asking = false
    }
    const forget = core.subscribe(({ event }) => {
      if (event.type !== 'queue-changed' && event.type !== 'run') return
      again = true
      look().catch(reject)
    })
    look().catch(reject)
  })
}

const runsOf = ({ core }: TestCore): Promise<Run[]> => core.call('runs.list', {})
const endedRuns = (test: TestCore, names: readonly string[]): Promise<Run[]> =>
  eventually(
    test,
    () => runsOf(test),
    (runs) => names.every((name) => runs.some((run) => run.name === name && run.state === 'done')),
  )
const waiting = ({ entries }: Queue): string[] =>
  entries.filter(({ state }) => state === 'waiting').map(({ title }) => title)

describe('the queue', () => {
  it('trains what waits one after the other, in the order that it was given, and says why one could not start', async () => {
    const { test, datasetId } = await newHome()
    await test.core.call('queue.pause', {})
    const add = (request: Partial<TrainRequest>) =>
      test.core.call('queue.add', { ...tinyRequest(datasetId), ...request })
    await add({ name: 'one' })
    await add({ name: 'two' })
    await add({ name: 'one' })
    const third = await add({ name: 'three' })
    expect(waiting(await test.core.call('queue.move', { id: third.id, to: 0 }))).toEqual([
      ...['three', 'one', 'two', 'one'],
    ])
    await test.core.call('queue.start', {})
    const runs = await endedRuns(test, ['one', 'two', 'three'])
    expect(runs.map(({ name }) => name).reverse()).toEqual(['three', 'one', 'two'])
    const { entries } = await eventually(
      test,
      () => test.core.call('queue.list', {}),
      (queue) => waiting(queue).length === 0,
    )
    expect(entries).toMatchObject([{ state: 'failed', title: 'one', error: { code: 'name-taken' } }])
    const [failed] = entries
    expect((await test.core.call('queue.remove', { id: failed?.id ?? 0 })).entries).toEqual([])
  })

  it('refuses at once what can never start', async () => {
    const { test, datasetId } = await newHome(false)
    const request = { ...tinyRequest(datasetId), weights: 'path:/nowhere.npz' }
    await expect(test.core.call('queue.add', request)).rejects.toMatchObject({
      code: expect.any(String) as string,
    })
    expect((await test.core.call('queue.list', {})).entries).toEqual([])
  })

  it('holds while someone has paused a run, and goes on with it when it is started', async () => {
    const { test, datasetId } = await newHome()
    const long = tinyRequest(datasetId, { stepCount: 400, evaluateEverySteps: 1000 })
    const run = await test.core.call('training.start', { ...long, name: 'long' })
    await test.core.call('queue.add', { ...tinyRequest(datasetId), name: 'next' })
    await test.stepsReached(run.id, 2)
    await test.core.call('training.pause', { id: run.id })
    const held = await eventually(
      test,
      () => test.core.call('queue.list', {}),
      ({ isRunning }) => !isRunning,
    )
    expect(held.heldBecause?.message).toBe('The queue waits because "long" was paused.')
    expect(waiting(held)).toEqual(['next'])
    await test.core.call('queue.addResume', { id: run.id })
    await test.core.call('queue.start', {})
    await endedRuns(test, ['next'])
    const goes = await eventually(
      test,
      () => test.core.call('runs.get', { id: run.id }),
      ({ state }) => state === 'training',
    )
    expect(goes.stepsDone).toBeGreaterThanOrEqual(2)
  })
})

describe('the queue of a machine with two devices', () => {
  it('trains one run on each; a trainer that dies leaves the other alone, and both go on after a restart, and then the next', async () => {
    vi.stubEnv('BITW_DEVICES', 'cpu,cpu')
    onTestFinished(() => void vi.unstubAllEnvs())
    const { homePath, test, datasetId } = await newHome()
    const whole = { stepCount: 100_000, checkpointEverySteps: 20, evaluateEverySteps: 1_000_000 }
    const { id: groupId } = await test.core.call('groups.seeds', {
      request: tinyRequest(datasetId, whole),
      count: 3,
    })
    const bothTrain = (one: TestCore, done: number): Promise<Run[]> =>
      eventually(
        one,
        () => runsOf(one),
        (runs) =>
          runs.filter(({ state, stepsDone }) => state === 'training' && stepsDone >= done).length === 2,
      )
    const [second, first] = (await bothTrain(test, 3)).map(({ id }) => id)
    const { core } = test
    expect((await core.call('app.info', {})).devices).toEqual(['CPU, share 1 of 2', 'CPU, share 2 of 2'])
    expect((await core.call('groups.get', { id: groupId })).trials.map(({ state }) => state)).toEqual([
      ...['running', 'running', 'waiting'],
    ])
    const words = (await core.call('runs.log', { id: second ?? 0, limit: 100 })).map(({ text }) => text)
    expect(words).toContain('It trains on CPU, share 2 of 2.')
    await expect(core.call('training.start', tinyRequest(datasetId))).rejects.toMatchObject({ code: 'busy' })

    const untouched = core.trainerProcessId(first)
    process.kill(core.trainerProcessId(second) ?? NaN, 'SIGKILL')
    await test.until(
      (event) => event.type === 'run' && event.run.id === second && event.run.state === 'interrupted',
    )
    expect((await bothTrain(test, 3)).map(({ id }) => id)).toEqual([second, first])
    expect(core.trainerProcessId(first)).toBe(untouched)

    await core.close()
    const idle = await opened(homePath, false)
    expect(await runsOf(idle)).toMatchObject([{ state: 'interrupted' }, { state: 'interrupted' }])
    await idle.core.close()
    const again = await opened(homePath)
    expect((await bothTrain(again, 3)).map(({ id }) => id)).toEqual([second, first])
    await again.core.call('training.stop', { id: first ?? 0 })
    const runs = await eventually(
      again,
      () => runsOf(again),
      ([third]) => third?.id !== second && third?.state === 'training',
    )
    expect(runs.map(({ state }) => state)).toEqual(['training', 'training', 'stopped'])
  })
})

const ended = (group: GroupDetail): boolean => group.trials.every(({ state }) => state === 'ended')

describe('a group', () => {
  it('repeats a training over seeds, and gives mean and standard deviation', async () => {
    const { test, datasetId } = await newHome()
    const { id, name } = await test.core.call('groups.seeds', { request: tinyRequest(datasetId), count: 2 })
    expect(name).toBe('2 seeds on tiny')
    const group = await eventually(test, () => test.core.call('groups.get', { id }), ended)
    expect(group.trials.map(({ seed }) => seed)).toEqual([7, 8])
    const accuracies = group.trials.map(({ testAccuracy }) => testAccuracy ?? NaN)
    expect(group.test?.mean).toBeCloseTo(((accuracies[0] ?? 0) + (accuracies[1] ?? 0)) / 2, 12)
    expect(group.test?.count).toBe(2)
    expect(group.curve.map(({ stepIndex, val }) => [stepIndex, val?.count])).toEqual([
      [3, 2],
      [6, 2],
    ])
    const runs = await runsOf(test)
    expect(runs.map(({ groupId }) => groupId)).toEqual([id, id])
  })

  it('searches a grid, with its time before the start, and can leave a trial out', async () => {
    const { test, datasetId } = await newHome()
    const request = tinyRequest(datasetId)
    const axes = [{ key: 'baseLearningRate', values: [0.01, 0.03, 0.1] }]
    const sweep = { kind: 'grid', axes } as const
    const plan = await test.core.call('groups.planSweep', { request, sweep })
    expect(plan.trials).toHaveLength(3)
    const sum = plan.trials.reduce((total, { durationMs }) => total + durationMs, 0)
    expect(plan.totalMs).toBeCloseTo(sum, 6)
    await test.core.call('queue.pause', {})
    const { id } = await test.core.call('groups.sweep', { request, sweep })
    await test.core.call('groups.skip', { id, trialIndex: 1 })
    await test.core.call('queue.start', {})
    const group = await eventually(
      test,
      () => test.core.call('groups.get', { id }),
      ({ trials }) => trials.every(({ state }) => state === 'ended' || state === 'skipped'),
    )
    expect(group.trials.map(({ state, values }) => [state, values.baseLearningRate])).toEqual([
      ['ended', 0.01],
      ['skipped', 0.03],
      ['ended', 0.1],
    ])
    expect(group.bestSoFar).toHaveLength(2)
  })

  it('searches with ASHA: trials pause at a rung, and the best of it go on to the end', async () => {
    const { test, datasetId } = await newHome()
    const request = tinyRequest(datasetId, { stepCount: 8 })
    const axes = [{ key: 'baseLearningRate', values: [0.001, 0.01, 0.03, 0.1] }]
    const sweep = { kind: 'grid', axes, asha: { eta: 2, leastSteps: 2 } } as const
    const { id } = await test.core.call('groups.sweep', { request, sweep })
    const group = await eventually(
      test,
      () => test.core.call('groups.get', { id }),
      ({ trials }) =>
        trials.every(({ stepsDone, state }) => stepsDone >= 2 && state !== 'running') &&
        trials.some(({ state }) => state === 'ended'),
    )
    for (const { state, stepsDone } of group.trials)
      expect([state, stepsDone]).toEqual(state === 'ended' ? ['ended', 8] : ['paused', stepsDone])
    const atFirst = group.trials.filter(({ stepsDone }) => stepsDone === 2)
    expect(atFirst.length).toBeGreaterThanOrEqual(1)
    expect(group.trials.every(({ stepsDone }) => [2, 4, 8].includes(stepsDone))).toBe(true)
  })
})
