/** Labelling with the real core and model: what comes next before there is a probe, what it suggests then, and what is trained on. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildTrainer } from '../support/build-trainer'
import { openTestCore, temporaryFolder, type TestCore } from '../support/test-core'

const home = temporaryFolder('labelling-home')
const images = temporaryFolder('labelling-images')
const perClass = 40
let test: TestCore
let datasetId = 0

/** Red, green and blue squares, each of its own shade. */
beforeAll(async () => {
  mkdirSync(images.path, { recursive: true })
  for (let index = 0; index < 3 * perClass; index++) {
    const shade = 150 + (index % perClass) * 2
    const colours = [
      { r: shade, g: 30, b: index % 60 },
      { r: 20, g: shade, b: 40 },
      { r: 35, g: index % 50, b: shade },
    ]
    const background = colours[index % 3] ?? { r: 0, g: 0, b: 0 }
    await sharp({ create: { width: 40, height: 40, channels: 3, background } })
      .png()
      .toFile(join(images.path, `${String(index).padStart(3, '0')}.png`))
  }
  test = await openTestCore(home.path, await buildTrainer())
  const { taskId } = await test.core.call('datasets.import', { path: images.path, name: 'squares' })
  datasetId = (await test.taskDone(taskId)).resultId ?? 0
  const features = await test.core.call('features.compute', { datasetId })
  await test.taskDone(features.taskId)
})
afterAll(async () => {
  await test.core.close()
  home.remove()
  images.remove()
})

const trueClass = (path: string): string => ['red', 'green', 'blue'][Number(path.slice(0, 3)) % 3] ?? ''

async function next(order: 'chance' | 'unsure' | 'sure', limit = 10) {
  return test.core.call('labelling.next', { datasetId, order, limit })
}

async function label(images: readonly { imageId: number; path: string }[]): Promise<void> {
  for (const className of ['red', 'green', 'blue']) {
    const imageIds = images.filter(({ path }) => trueClass(path) === className).map(({ imageId }) => imageId)
    if (imageIds.length > 0)
      await test.core.call('labels.apply', { datasetId, imageIds, change: { kind: 'label', className } })
  }
}

describe('labelling', () => {
  it('begins with images by chance, and with what is alike', async () => {
    expect(await test.core.call('labelling.state', { datasetId })).toMatchObject({
      imageCount: 120,
      labelledCount: 0,
      missingCount: 0,
      classes: [],
      probe: null,
    })
    const { images, className } = await next('chance', 5)
    expect(className).toBeNull()
    expect(images).toHaveLength(5)
    expect(await next('unsure', 5)).toEqual({ className: null, images })
    const [first] = images
    const near = await test.core.call('labelling.alike', {
      datasetId,
      imageId: first?.imageId ?? 0,
      limit: 8,
    })
    expect(near.map(({ path }) => trueClass(path))).toEqual(near.map(() => trueClass(first?.path ?? '')))
    expect(near.every(({ likeness }) => likeness > 0.5 && likeness < 1.001)).toBe(true)
  })

  it('suggests once thirty images have labels, the surest of one class together', async () => {
    await label((await next('chance', 30)).images)
    const told = test.until((event) => event.type === 'labelling-changed' && event)
    await test.core.call('labelling.state', { datasetId })
    await told
    const state = await test.core.call('labelling.state', { datasetId })
    expect(state.labelledCount).toBe(30)
    expect(state.classes.map(({ name }) => name).sort()).toEqual(['blue', 'green', 'red'])
    expect(state.probe).toMatchObject({ trainedOn: 30 })
    expect(state.probe?.accuracy).toBeGreaterThan(0.9)
    const { className, images } = await next('sure', 20)
    expect(images.length).toBeGreaterThan(10)
    expect(new Set(images.map(({ path }) => trueClass(path)))).toEqual(new Set([className]))
    const sureness = images.map(({ suggestions: [first] }) => first?.probability ?? 0)
    expect(sureness).toEqual([...sureness].sort((a, b) => b - a))

    const skip = images.map(({ imageId }) => imageId)
    const other = await test.core.call('labelling.next', { datasetId, order: 'sure', limit: 20, skip })
    expect(other.images.length).toBeGreaterThan(0)
    expect(other.images.filter(({ imageId }) => skip.includes(imageId))).toEqual([])

    // Nothing that is likelier wrong than right is given a name.
    const sure = await test.core.call('labelling.next', { datasetId, order: 'sure', limit: 200 })
    const namesFrom = state.probe?.namesFrom ?? 1
    expect(namesFrom).toBeCloseTo(2 / 3)
    expect(sure.images.every(({ suggestions: [first] }) => (first?.probability ?? 0) >= namesFrom)).toBe(true)
    const open = (await next('unsure', 200)).images
    const isSure = open.filter(({ suggestions: [first] }) => (first?.probability ?? 0) >= namesFrom)
    const skipped = isSure.map(({ imageId }) => imageId)
    expect(
      await test.core.call('labelling.next', { datasetId, order: 'sure', limit: 20, skip: skipped }),
    ).toEqual({ className: null, images: [] })

    // Of the image that one looks at it is said, too, though it is the surest.
    const [inHand = 0] = skip
    const unsure = await test.core.call('labelling.next', { datasetId, order: 'unsure', inHand, limit: 5 })
    expect(unsure.images.map(({ imageId }) => imageId).indexOf(inHand)).toBe(0)
    expect(unsure.images[0]?.suggestions[0]?.className).toBe(className)
    expect(new Set(unsure.images.map(({ imageId }) => imageId)).size).toBe(5)
  })

  it('is trained on as far as it went', async () => {
    const { counts } = await test.core.call('labels.takeIn', { datasetId })
    expect(counts).toMatchObject({ gone: 90, relabelled: 30 })
    expect(await test.core.call('labelling.state', { datasetId })).toMatchObject({
      labelledCount: 30,
      inVersion: { labelled: 30, excluded: 0 },
    })
    const { classes } = await test.core.call('datasets.get', { id: datasetId })
    expect(classes.map(({ name }) => name)).toEqual(['blue', 'green', 'red'])
    expect((await next('unsure', 200)).images).toHaveLength(90)
  })

  it('finds nothing to check in images that wait, and takes in a new file', async () => {
    await test.taskDone((await test.core.call('datasets.check', { id: datasetId })).taskId)
    expect((await test.core.call('datasets.checked', { id: datasetId }))?.counts).toMatchObject({
      new: 0,
      gone: 0,
    })
    const background = { r: 200, g: 200, b: 40 }
    await sharp({ create: { width: 40, height: 40, channels: 3, background } })
      .png()
      .toFile(join(images.path, 'new.png'))
    await test.taskDone((await test.core.call('datasets.takeIn', { id: datasetId })).taskId)
    expect((await next('chance', 200)).images.map(({ path }) => path)).toContain('new.png')
    const { counts } = await test.core.call('labels.takeIn', { datasetId })
    expect(counts).toMatchObject({ gone: 1, new: 0 })
    const { classes } = await test.core.call('datasets.get', { id: datasetId })
    expect(classes.map(({ name }) => name)).toEqual(['blue', 'green', 'red'])
  })
})
