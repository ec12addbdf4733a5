/** A training over a leak, with the real core: it is said before, recorded with the run, and its accuracy is given without the twins. */
import { copyFileSync, mkdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { buildTrainer } from '../support/build-trainer'
import { openTestCore, temporaryFolder, tinyRequest, type TestCore } from '../support/test-core'
import { drawTinyDataset } from '../support/tiny-dataset'

const home = temporaryFolder('leak-home')
const place = temporaryFolder('leak-images')
const root = join(place.path, 'leaking')
const classes = ['blue squares', 'green discs', 'red bars']
let test: TestCore
let id = 0

beforeAll(async () => {
  test = await openTestCore(home.path, await buildTrainer())
  await drawTinyDataset(join(root, 'train'))
  for (const name of classes) {
    mkdirSync(join(root, 'test', name), { recursive: true })
    for (const file of ['08.png', '09.png'])
      renameSync(join(root, 'train', name, file), join(root, 'test', name, file))
  }
  copyFileSync(join(root, 'train', 'red bars', '00.png'), join(root, 'test', 'red bars', 'copy.png'))
  await sharp(join(root, 'train', 'blue squares', '02.png'))
    .jpeg({ quality: 80 })
    .toFile(join(root, 'test', 'blue squares', 'saved again.jpg'))
  const split = { valFraction: 0, testFraction: 0.2, seed: 0 }
  const { taskId } = await test.core.call('datasets.import', { path: root, name: 'leaking', split })
  id = (await test.taskDone(taskId)).resultId ?? 0
})
afterAll(async () => {
  await test.core.close()
  home.remove()
  place.remove()
})

const leakCautions = async () =>
  (await test.core.call('training.plan', tinyRequest(id))).cautions.filter(({ about }) => about === 'leak')

it('is not warned of before a check, and is once there was one; a run before it is measured without twins too', async () => {
  const unchecked = await test.core.call('training.plan', tinyRequest(id))
  expect(unchecked.isChecked).toBe(false)
  expect(unchecked.cautions.some(({ about }) => about === 'leak')).toBe(false)
  const before = await test.runEnded((await test.core.call('training.start', tinyRequest(id))).id)
  expect(await test.core.call('runs.withoutTwins', { id: before.id })).toBeNull()

  await test.taskDone((await test.core.call('preflight.start', { datasetId: id })).taskId)
  expect((await test.core.call('training.plan', tinyRequest(id))).isChecked).toBe(true)
  const [caution] = await leakCautions()
  const { twins } = await test.core.call('preflight.findings', { datasetId: id })
  expect(twins.test).toBeGreaterThanOrEqual(2)
  expect(caution?.message).toContain(`${twins.test} test images have a twin in the training images`)
  const found = await test.core.call('runs.withoutTwins', { id: before.id })
  expect(found).toMatchObject({ twinCount: twins.test, knownAtStart: false })
})

it('is recorded with the run, which keeps it when the leak is ignored later', async () => {
  const run = await test.runEnded((await test.core.call('training.start', tinyRequest(id))).id)
  const log = await test.core.call('runs.log', { id: run.id, limit: 1000 })
  const warning = log.find(({ kind, text }) => kind === 'warn' && text.includes('twin'))
  const { twins } = await test.core.call('preflight.findings', { datasetId: id })
  expect(warning?.text).toContain(`${twins.test} test images have a twin in the training images`)

  await test.core.call('preflight.ignore', { datasetId: id, kind: 'leak', reason: 'a test' })
  expect(await leakCautions()).toEqual([])
  const without = await test.core.call('runs.withoutTwins', { id: run.id })
  expect(without).toMatchObject({
    twinCount: twins.test,
    query: expect.stringMatching(/^id:/),
    knownAtStart: true,
  })
  const { predictions } = await test.core.call('predictions.list', {
    runId: run.id,
    filter: { which: 'all' },
    order: 'path',
    offset: 0,
    limit: 100,
  })
  const { groups } = await test.core.call('preflight.images', {
    datasetId: id,
    kind: 'leak',
    which: 'ignored',
    offset: 0,
    limit: 100,
  })
  const twinIds = new Set(
    groups.flatMap(({ images }) => images.filter(({ part }) => part === 'test').map((image) => image.id)),
  )
  const rest = predictions.filter(({ imageId }) => !twinIds.has(imageId))
  expect(without?.accuracy.total).toBe(rest.length)
  expect(without?.accuracy.correct).toBe(
    rest.filter(({ labelIndex, predictedIndex }) => labelIndex === predictedIndex).length,
  )
})

it('moves held-out twins into train where the folders hold out', async () => {
  await test.core.call('preflight.unignore', { datasetId: id, kind: 'leak' })
  const before = await test.core.call('datasets.get', { id })
  const { movedCount } = await test.core.call('preflight.moveTogether', { datasetId: id })
  const after = await test.core.call('datasets.get', { id })
  expect(after.split.counts).toEqual({
    train: before.split.counts.train + movedCount,
    val: 0,
    test: before.split.counts.test - movedCount,
  })
  expect(after.split.own).toEqual(['test'])
  expect(await leakCautions()).toEqual([])
})
