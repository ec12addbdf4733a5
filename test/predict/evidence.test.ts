/** What the places of a run's image say, asked of a real core. */
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildTrainer } from '../support/build-trainer'
import { openTestCore, temporaryFolder, tinyRequest, type TestCore } from '../support/test-core'
import { drawTinyDataset } from '../support/tiny-dataset'

const place = temporaryFolder('evidence')
let test: TestCore
let modelId = ''
let runId = 0

beforeAll(async () => {
  await drawTinyDataset(join(place.path, 'images'))
  test = await openTestCore(join(place.path, 'home'), await buildTrainer())
  const { taskId } = await test.core.call('datasets.import', { path: join(place.path, 'images'), name: '' })
  const datasetId = (await test.taskDone(taskId)).resultId ?? 0
  const { id } = await test.core.call('training.start', tinyRequest(datasetId))
  expect((await test.runEnded(id)).state).toBe('done')
  runId = id
  modelId = `run:${String(id)}`
})
afterAll(async () => {
  await test.core.close()
  place.remove()
})

describe('the evidence of a run’s image', () => {
  it('has the scores that the run’s evaluation had, and a map for each class', async () => {
    const { predictions } = await test.core.call('predictions.list', {
      runId,
      filter: { which: 'all' },
      order: 'loss',
      offset: 0,
      limit: 3,
    })
    for (const { imageId, labelIndex, loss } of predictions) {
      const { classes, ...map } = await test.core.call('predict.evidence', {
        modelId,
        imageId,
        classes: [0, 1, 2],
      })
      expect(map).toEqual({ cropPx: 32, sidePlaces: 8, stepPx: 4 })
      expect(classes.map(({ map: values }) => values.length)).toEqual([64, 64, 64])
      const sum = classes.reduce((all, { logit }) => all + Math.exp(logit), 0)
      expect(Math.log(sum) - (classes[labelIndex]?.logit ?? NaN)).toBeCloseTo(loss, 3)
    }
  })

  it('is refused for a class that the model lacks, and for no image, in words', async () => {
    const ask = (imageId: number, classes: number[]) =>
      test.core.call('predict.evidence', { modelId, imageId, classes })
    await expect(ask(1, [3])).rejects.toThrow(/has 3 classes, and none with the number 3/)
    await expect(ask(99_999, [0])).rejects.toThrow('There is no image with the number 99999.')
  })

  it('that waits is given up for that of the next image', async () => {
    const ask = (imageId: number) => test.core.call('predict.evidence', { modelId, imageId, classes: [0] })
    const first = ask(1)
    const second = ask(2)
    await expect(first).rejects.toMatchObject({ code: 'cancelled' })
    expect((await second).classes).toHaveLength(1)
  })
})
