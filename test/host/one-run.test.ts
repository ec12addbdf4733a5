/** One run trains at a time, with the real core and trainer. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildTrainer } from '../support/build-trainer'
import { openTestCore, temporaryFolder, tinyRequest, type TestCore } from '../support/test-core'
import { drawTinyDataset } from '../support/tiny-dataset'

const home = temporaryFolder('one-run-home')
const pictures = temporaryFolder('one-run-pictures')
let test: TestCore
let datasetId = 0

beforeAll(async () => {
  test = await openTestCore(home.path, await buildTrainer())
  await drawTinyDataset(pictures.path)
  const { taskId } = await test.core.call('datasets.import', { path: pictures.path, name: 'tiny' })
  datasetId = (await test.taskDone(taskId)).resultId ?? 0
})
afterAll(async () => {
  await test.core.close()
  home.remove()
  pictures.remove()
})

async function stoppedRun(): Promise<number> {
  const { id } = await test.core.call('training.start', tinyRequest(datasetId, { stepCount: 5000 }))
  await test.stepsReached(id, 1)
  await test.core.call('training.stop', { id })
  expect((await test.runEnded(id)).state).toBe('stopped')
  test.events.length = 0 // a resumed run has a second end
  return id
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
