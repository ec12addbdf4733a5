/** A dataset that comes from a list of images, with the real core and trainer. */
import { renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildTrainer } from '../support/build-trainer'
import { openTestCore, temporaryFolder, tinyRequest, type TestCore } from '../support/test-core'
import { drawTinyDataset } from '../support/tiny-dataset'

const home = temporaryFolder('list-home')
const place = temporaryFolder('list-images')
const folder = join(place.path, 'photos')
const listPath = join(folder, 'train.txt')
const classNames = ['blue squares', 'green discs', 'red bars']
let test: TestCore
let datasetId = 0

/** The class of each image is not that of its folder but the next one's. */
const listed = (className: string): string =>
  `as ${classNames[(classNames.indexOf(className) + 1) % classNames.length] ?? ''}`

beforeAll(async () => {
  test = await openTestCore(home.path, await buildTrainer())
  await drawTinyDataset(folder)
  const lines = classNames.flatMap((name) =>
    Array.from({ length: 10 }, (_, index) => {
      const part = index < 6 ? 'train' : index < 8 ? 'val' : 'test'
      return `${name}/${String(index).padStart(2, '0')}.png\t${listed(name)}\t${part}`
    }),
  )
  writeFileSync(listPath, `${lines.join('\n')}\n/etc/hostname\tout\n`)
  const { taskId } = await test.core.call('datasets.import', { path: listPath, name: '' })
  datasetId = (await test.taskDone(taskId)).resultId ?? 0
})
afterAll(async () => {
  await test.core.close()
  home.remove()
  place.remove()
})

describe('a dataset from a list', () => {
  it('has the name, the classes, and the parts of the list, and the problems of its lines', async () => {
    const dataset = await test.core.call('datasets.get', { id: datasetId })
    expect(dataset).toMatchObject({ name: 'train', rootPath: listPath, imageCount: 10 * classNames.length })
    expect(dataset.classes.map(({ name }) => name)).toEqual(classNames.map(listed).sort())
    expect(dataset.split).toMatchObject({
      origin: 'folders',
      counts: { train: 6 * classNames.length, val: 2 * classNames.length, test: 2 * classNames.length },
    })
    const { problems } = await test.core.call('datasets.problems', { id: datasetId, offset: 0, limit: 10 })
    expect(problems.map(({ code, path }) => `${code} ${path}`)).toEqual([
      `bad-entry train.txt:${String(10 * classNames.length + 1)}`,
    ])
  })

  it('shows each image where it lies, and nothing that a later link puts in its place', async () => {
    const { ids } = await test.core.call('images.layout', { datasetId, filter: {} })
    const image = await test.core.call('images.get', { id: ids[0] ?? 0 })
    const path = join(folder, image.path)
    expect(await test.core.call('folders.locate', { kind: 'image', id: image.id })).toEqual({ path })
    expect(await test.core.call('folders.locate', { kind: 'dataset', id: datasetId })).toEqual({
      path: listPath,
    })
    expect((await test.core.image({ imageId: image.id }, 64)).mime).toBe('image/webp')
    renameSync(path, join(place.path, 'outside.png'))
    symlinkSync(join(place.path, 'outside.png'), path)
    await expect(test.core.image({ imageId: image.id }, 512)).rejects.toMatchObject({ code: 'not-allowed' })
    rmSync(path)
    await expect(test.core.image({ imageId: image.id }, 512)).rejects.toMatchObject({
      code: 'path-not-found',
      wayOut: 'Put it back, or import the list again.',
    })
    renameSync(join(place.path, 'outside.png'), path)
  })

  it('trains without the list itself, and not without the folder of its images', async () => {
    rmSync(listPath)
    const begun = await test.core.call('training.start', tinyRequest(datasetId, {}))
    expect(await test.runEnded(begun.id)).toMatchObject({ state: 'done', unreadable: { count: 0 } })
    renameSync(folder, `${folder} away`)
    const { obstacles } = await test.core.call('training.plan', tinyRequest(datasetId, {}))
    expect(obstacles).toMatchObject([
      { code: 'path-not-found', wayOut: 'Connect the drive, or put the folder back.' },
    ])
    renameSync(`${folder} away`, folder)
  })
})
