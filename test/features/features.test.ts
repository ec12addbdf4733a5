/** Features of a dataset with the real core and trainer: computed once, kept, and given up for a training. */
import { copyFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildTrainer } from '../support/build-trainer'
import { openTestCore, temporaryFolder, tinyRequest, type TestCore } from '../support/test-core'

const home = temporaryFolder('features-home')
const images = temporaryFolder('features-images')
let test: TestCore
let datasetId = 0

/** Two classes of 24 plain images each, in colours of their own, and one image that is there twice. */
async function drawImages(): Promise<void> {
  for (const [classIndex, name] of ['dark', 'light'].entries()) {
    mkdirSync(join(images.path, name))
    for (let index = 0; index < 24; index++) {
      const base = classIndex === 0 ? 20 : 190
      const background = { r: base + index, g: base + ((index * 7) % 50), b: base + ((index * 13) % 60) }
      await sharp({ create: { width: 48, height: 48, channels: 3, background } })
        .png()
        .toFile(join(images.path, name, `${String(index).padStart(2, '0')}.png`))
    }
  }
  copyFileSync(join(images.path, 'dark', '00.png'), join(images.path, 'dark', 'again.png'))
}

beforeAll(async () => {
  await drawImages()
  test = await openTestCore(home.path, await buildTrainer())
  const { taskId } = await test.core.call('datasets.import', { path: images.path, name: 'two' })
  datasetId = (await test.taskDone(taskId)).resultId ?? 0
})
afterAll(async () => {
  await test.core.close()
  home.remove()
  images.remove()
})

async function compute(): Promise<number> {
  return (await test.core.call('features.compute', { datasetId })).taskId
}

describe('the features of a dataset', () => {
  it('are none before they were asked for', async () => {
    expect(await test.core.call('features.status', { datasetId })).toMatchObject({
      imageCount: 49,
      computedCount: 0,
      taskId: null,
      modelId: 'embedded:bit-tiny',
      cropPx: 96,
    })
  })

  it('rest while a run trains, and are computed when it has ended', async () => {
    const run = await test.core.call('training.start', tinyRequest(datasetId, { stepCount: 100_000 }))
    await test.stepsReached(run.id, 1)
    const taskId = await compute()
    expect(await compute()).toBe(taskId)
    await test.until(
      (event) =>
        event.type === 'task' &&
        event.task.id === taskId &&
        event.task.phase === 'Waiting until the run has ended',
    )
    await test.core.call('training.stop', { id: run.id })
    const { state } = await test.runEnded(run.id)
    await test.taskDone(taskId)
    const ended = test.events.findIndex((event) => event.type === 'run' && event.run.state === state)
    const began = test.events.findIndex(
      (event) => event.type === 'task' && event.task.phase === 'Computing features',
    )
    expect(ended).toBeGreaterThan(-1)
    expect(began).toBeGreaterThan(ended)
    expect(await test.core.call('features.status', { datasetId })).toMatchObject({
      computedCount: 49,
      taskId: null,
    })
  })

  it('are computed once: a second time asks no model', async () => {
    const { phase } = await test.taskDone(await compute())
    expect(phase).toBe('Looking for known features')
  })
})
