/** One run trains at a time, with the real core and trainer. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildTrainer } from '../support/build-trainer'
import { openTestCore, temporaryFolder, tinyRequest, type TestCore } from '../support/test-core'
import { drawTinyDataset } from '../support/tiny-dataset'

// The engine that starts fastest.
process.env['BITW_ENGINE'] = 'wasm'

const home = temporaryFolder('one-run-home')
const images = temporaryFolder('one-run-images')
let test: TestCore
let datasetId = 0

beforeAll(async () => {
  test = await openTestCore(home.path, await buildTrainer())
  await drawTinyDataset(images.path)
  const { taskId } = await test.core.call('datasets.import', { path: images.path, name: 'tiny' })
  datasetId = (await test.taskDone(taskId)).resultId ?? 0
})
afterAll(async () => {
  await test.core.close()
  home.remove()
  images.remove()
})

async function stoppedRun(): Promise<number> {
  const { id } = await test.core.call('training.start', tinyRequest(datasetId, { stepCount: 5000 }))
  await test.stepsReached(id, 1)
  await test.core.call('training.stop', { id })
  expect((await test.runEnded(id)).state).toBe('stopped')
  test.events.length = 0 // a resumed run has a second end
  return id
}

/** When the run is claimed and its files are being opened: there is no trainer yet. */
async function opening(id: number): Promise<void> {
  await test.until((event) => event.type === 'run' && event.run.id === id && event.run.state === 'starting')
  expect(test.core.trainerProcessId()).toBeNull()
}

describe('several runs that are asked for at once', () => {
  it('one begins, the others are told that it trains', async () => {
    const halves = [await stoppedRun(), await stoppedRun()]
    const asked = await Promise.allSettled([
      ...halves.map((id) => test.core.call('training.resume', { id })),
      test.core.call('training.start', tinyRequest(datasetId)),
    ])
    const begun = asked.flatMap((one) => (one.status === 'fulfilled' ? [one.value.id] : []))
    expect(begun).toHaveLength(1)
    for (const one of asked) if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'busy' })
    const [id = 0] = begun
    await test.core.call('training.stop', { id })
    await test.runEnded(id)
    expect((await test.core.call('runs.list', {})).filter(({ endedAtMs }) => endedAtMs === null)).toEqual([])
  })

  it('a run that is stopped while its files are opened keeps what it had and ends', async () => {
    const id = await stoppedRun()
    const before = await test.core.call('runs.get', { id })
    const resuming = test.core.call('training.resume', { id })
    await opening(id)
    await test.core.call('training.stop', { id })
    expect((await resuming).id).toBe(id)
    const { checkpointStep } = before
    const after = await test.runEnded(id)
    expect(after).toMatchObject({ state: 'stopped', stepsDone: checkpointStep, checkpointStep, error: null })
    expect(after.resultStep).toBe(checkpointStep)
    const steps = await test.core.call('runs.steps', { id, fromStep: 0 })
    expect(steps).toHaveLength(checkpointStep ?? NaN)
  })

  it('a core that is closed while a run’s files are opened leaves it interrupted, and the next start finds it so', async () => {
    const id = await stoppedRun()
    const resuming = expect(test.core.call('training.resume', { id })).rejects.toMatchObject({
      code: 'cancelled',
    })
    await opening(id)
    await test.core.close()
    await resuming
    test = await openTestCore(home.path, await buildTrainer())
    expect((await test.core.call('app.info', {})).startNotes).toEqual([])
    expect(await test.core.call('runs.get', { id })).toMatchObject({
      state: 'interrupted',
      error: { code: 'cancelled' },
    })
  })

  it('a dataset cannot be deleted under a run that goes on', async () => {
    const id = await stoppedRun()
    const resuming = test.core.call('training.resume', { id })
    await test.until(
      (event) => event.type === 'task' && event.task.kind === 'check' && event.task.state === 'done',
    )
    await expect(test.core.call('datasets.delete', { id: datasetId })).rejects.toMatchObject({ code: 'busy' })
    await resuming
    await test.core.call('training.stop', { id })
    expect((await test.runEnded(id)).state).toBe('stopped')
  })
})

describe('what is deleted while the images of a start are looked at', () => {
  /** Between the two looks that a start takes at the dataset. */
  const whileChecked = async (work: () => Promise<unknown>): Promise<void> => {
    await test.until((event) => event.type === 'task' && event.task.kind === 'check')
    await work()
  }

  it('a run that was to go on: nothing starts, and it is said', async () => {
    const id = await stoppedRun()
    const { name } = await test.core.call('runs.get', { id })
    const resuming = expect(test.core.call('training.resume', { id })).rejects.toMatchObject({
      code: 'not-found',
      message: `The run "${name}" was deleted before it could resume. No run was started.`,
    })
    await whileChecked(() => test.core.call('runs.delete', { id }))
    await resuming
  })

  it('the dataset: nothing starts, and it is said', async () => {
    test.events.length = 0
    const starting = expect(test.core.call('training.start', tinyRequest(datasetId))).rejects.toMatchObject({
      code: 'not-found',
      message: 'The dataset was removed before the run could start. The run was not started.',
    })
    await whileChecked(() => test.core.call('datasets.delete', { id: datasetId }))
    await starting
    expect(await test.core.call('runs.list', {})).toEqual([])
  })
})
