/** What a client gives that cannot be meant: the core says so in words, whoever the client is. */
import { copyFileSync, mkdirSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildTrainer } from '../support/build-trainer'
import { openTestCore, temporaryFolder, tinyRequest, type TestCore } from '../support/test-core'
import { drawTinyDataset } from '../support/tiny-dataset'

const home = temporaryFolder('given-home')
const place = temporaryFolder('given-images')
const pool = join(place.path, 'pool')
const linked = join(place.path, 'linked photos')
let test: TestCore

beforeAll(async () => {
  test = await openTestCore(home.path, await buildTrainer())
  await drawTinyDataset(pool)
})
afterAll(async () => {
  await test.core.close()
  home.remove()
  place.remove()
})

const split = (valFraction: number, testFraction: number) => ({ valFraction, testFraction, seed: 0 })

describe('an import is refused in words', () => {
  it.each([
    [{ path: '' }, 'path: it is empty'],
    [{ path: ' ' }, 'path: it is empty'],
    [{ path: '/a\0b' }, 'it contains the character U+0000'],
    [{ path: '/a/list.txt', folders: 'parts' as const }, 'says itself of which class and part each image is'],
    [{ path: 'https://example.org' }, 'is not a path on this machine'],
    [{ name: '5' }, 'it reads as the number of one'],
    [{ name: 'x'.repeat(201) }, 'it has 201 characters'],
    [{ name: 'a\u202eb' }, 'the control character U+202E'],
    [{ split: split(0.6, 0.6) }, 'together take 120 % of each class'],
  ])('%j', async (changes, words) => {
    const call = test.core.call('datasets.import', { path: pool, name: '', ...changes })
    await expect(call).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringContaining(words) as unknown,
    })
  })
})

describe('a dataset made of links to files', () => {
  let datasetId = 0
  const link = join(linked, 'red bars/00.png')

  it('is imported by the address that a file manager gives', async () => {
    for (const name of ['red bars', 'green discs']) {
      mkdirSync(join(linked, name), { recursive: true })
      for (let index = 0; index < 10; index++) {
        const file = `${name}/${String(index).padStart(2, '0')}.png`
        symlinkSync(join(pool, file), join(linked, file))
      }
    }
    const { taskId } = await test.core.call('datasets.import', { path: pathToFileURL(linked).href, name: '' })
    datasetId = (await test.taskDone(taskId)).resultId ?? 0
    expect(await test.core.call('datasets.get', { id: datasetId })).toMatchObject({
      name: 'linked photos',
      rootPath: linked,
      imageCount: 20,
      problemCount: 0,
    })
  })

  it('is shown, and trained on', async () => {
    const { ids } = await test.core.call('images.layout', { datasetId, filter: {} })
    expect((await test.core.image({ imageId: ids[0] ?? 0 }, 64)).mime).toBe('image/webp')
    const run = await test.core.call('training.start', tinyRequest(datasetId))
    expect(await test.runEnded(run.id)).toMatchObject({ state: 'done', unreadable: { count: 0 } })
  })

  it('shows and reads nothing through a link that leads elsewhere now', async () => {
    const { ids } = await test.core.call('images.layout', { datasetId, filter: { text: 'red bars/00' } })
    rmSync(link)
    symlinkSync(join(pool, 'blue squares/00.png'), link)
    await expect(test.core.image({ imageId: ids[0] ?? 0 }, 512)).rejects.toMatchObject({
      code: 'not-allowed',
      message: expect.stringContaining('is now a link to') as unknown,
    })
    const run = await test.core.call('training.start', tinyRequest(datasetId))
    expect(await test.runEnded(run.id)).toMatchObject({ state: 'done', unreadable: { count: 1 } })
  })

  it('takes in a link that leads to another file of the same content, and reads it again', async () => {
    const copy = join(pool, 'copy.png')
    copyFileSync(join(pool, 'red bars/00.png'), copy)
    rmSync(link)
    symlinkSync(copy, link)
    const check = await test.core.call('datasets.check', { id: datasetId })
    await test.taskDone(check.taskId)
    const { differences } = await test.core.call('datasets.differences', {
      id: datasetId,
      offset: 0,
      limit: 9,
    })
    expect(differences).toMatchObject([
      { kind: 'moved', key: 'red bars/00.png', wasKey: join(pool, 'red bars/00.png') },
    ])
    const { taskId } = await test.core.call('datasets.takeIn', { id: datasetId })
    await test.taskDone(taskId)
    const { ids } = await test.core.call('images.layout', { datasetId, filter: { text: 'red bars/00' } })
    expect((await test.core.image({ imageId: ids[0] ?? 0 }, 512)).mime).toBe('image/webp')
    const run = await test.core.call('training.start', tinyRequest(datasetId))
    expect(await test.runEnded(run.id)).toMatchObject({ state: 'done', unreadable: { count: 0 } })
  })

  it('has runs that cannot be given a name that is none', async () => {
    const [run] = await test.core.call('runs.list', {})
    const rename = (name: string) => test.core.call('runs.rename', { id: run?.id ?? 0, name })
    for (const [name, words] of [
      ['', 'it has no visible characters'],
      ['  ', 'it has no visible characters'],
      ['a\0b', 'the control character U+0000'],
      ['17', 'it reads as the number of one'],
      ['x'.repeat(5000), 'it has 5000 characters'],
    ] as const)
      await expect(rename(name)).rejects.toMatchObject({
        code: 'bad-input',
        message: expect.stringContaining(words) as unknown,
      })
    await expect(rename('five')).resolves.toMatchObject({ name: 'five' })
  })
})
