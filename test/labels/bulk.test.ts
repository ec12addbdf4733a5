/** Corrections of many images at once, chosen by a query. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ImageChoice } from '../../src/contract/entities/image-choice'
import type { BulkChange } from '../../src/contract/entities/label'
import { packUint32 } from '../../src/contract/packed'
import { openTestCore, temporaryFolder, type TestCore } from '../support/test-core'
import { drawTinyDataset } from '../support/tiny-dataset'

const home = temporaryFolder('bulk-home')
const images = temporaryFolder('bulk-images')
let test: TestCore
let datasetId: number

beforeAll(async () => {
  await drawTinyDataset(images.path)
  test = await openTestCore(home.path, 'no trainer')
  const { taskId } = await test.core.call('datasets.import', { path: images.path, name: 'tiny' })
  datasetId = (await test.taskDone(taskId)).resultId ?? 0
})
afterAll(async () => {
  await test.core.close()
  for (const folder of [home, images]) folder.remove()
})

const apply = (choice: ImageChoice, change: BulkChange) =>
  test.core.call('labels.applyTo', { datasetId, choice, change })
const countOf = async (query: string): Promise<number> =>
  (await test.core.call('images.query', { datasetId, query, offset: 0, limit: 1 })).total
const stampOf = async (query: string): Promise<string> =>
  (await test.core.call('images.find', { datasetId, query })).stamp

const history = async () =>
  (await test.core.call('labels.history', { datasetId, offset: 0, limit: 100 })).groups

describe('a correction of many', () => {
  it('is of all that a query finds, and taken back at once', async () => {
    const all = await countOf('class:"red bars"')
    expect(all).toBeGreaterThan(2)
    const done = await apply({ query: 'class:"red bars"' }, { kind: 'tag', tag: 'hard' })
    expect(done).toMatchObject({ chosen: all, changed: all, summary: { noted: all } })
    expect(await countOf('tag:hard')).toBe(all)
    await test.core.call('labels.undo', { datasetId })
    expect(await countOf('tag:hard')).toBe(0)
  })

  it('is of the places that were chosen, in the order of the query', async () => {
    const query = 'sort:-path'
    const { images: found } = await test.core.call('images.query', { datasetId, query, offset: 0, limit: 6 })
    const places = packUint32(Uint32Array.of(0, 1, 3, 5))
    const done = await apply({ query, places, stamp: await stampOf(query) }, { kind: 'exclude' })
    expect(done).toMatchObject({ chosen: 3, changed: 3 })
    const { images: left } = await test.core.call('images.query', {
      ...{ datasetId, query: `is:excluded ${query}`, offset: 0, limit: 10 },
    })
    expect(left.map(({ id }) => id)).toEqual([0, 3, 4].map((place) => found[place]?.id))
    await test.core.call('labels.undo', { datasetId })
  })

  it('is refused where the query finds something else by now, or the places are none', async () => {
    const stamp = await stampOf('-is:excluded')
    await apply({ query: 'class:"red bars" name:00*' }, { kind: 'exclude' })
    const late = apply({ query: '-is:excluded', stamp }, { kind: 'tag', tag: 'late' })
    await expect(late).rejects.toMatchObject({ code: 'busy' })
    expect(await countOf('tag:late')).toBe(0)
    for (const bounds of [[0, 100_000], [3, 2], [0, 2, 1, 3], [1]]) {
      const places = packUint32(Uint32Array.from(bounds))
      await expect(apply({ query: '', places }, { kind: 'exclude' })).rejects.toMatchObject({
        code: 'bad-input',
      })
    }
    await test.core.call('labels.undo', { datasetId })
  })

  it('by what a run predicts needs a run', async () => {
    await expect(apply({ query: '' }, { kind: 'prediction' })).rejects.toMatchObject({ code: 'bad-input' })
    await expect(apply({ query: '', runId: 99 }, { kind: 'prediction' })).rejects.toMatchObject({
      code: 'not-found',
    })
  })

  it('says nothing twice, and nothing where nothing is found', async () => {
    const untag: BulkChange = { kind: 'untag', tag: 'none has it' }
    expect(await apply({ query: '' }, untag)).toMatchObject({ changed: 0 })
    expect(await apply({ query: 'width>90000' }, { kind: 'exclude' })).toMatchObject({
      chosen: 0,
      changed: 0,
    })
    const { undo } = await test.core.call('labels.summary', { datasetId })
    expect(undo).toBeNull()
  })

  it('by tags is counted by tag, of what the query finds without its words about tags', async () => {
    await apply({ query: 'split:test' }, { kind: 'tag', tag: 'sea' })
    await apply({ query: 'class:"red bars"' }, { kind: 'tag', tag: 'red' })
    const [tests, reds] = [await countOf('split:test'), await countOf('class:"red bars"')]
    const both = await countOf('split:test class:"red bars"')
    const tags = (query: string) => test.core.call('images.tags', { datasetId, query })
    expect(await tags('tag:sea')).toEqual([
      { tag: 'red', count: reds },
      { tag: 'sea', count: tests },
    ])
    expect(await tags('tag:none class:"red bars"')).toEqual([
      { tag: 'red', count: reds },
      { tag: 'sea', count: both },
    ])
    const { tagCounts } = await test.core.call('images.find', { datasetId, query: 'split:train' })
    expect(tagCounts.map(({ tag }) => tag)).toEqual(['red'])
    for (let turn = 0; turn < 2; turn++) await test.core.call('labels.undo', { datasetId })
    expect(await tags('')).toEqual([])
  })

  it('is listed, and taken back alone and done again, whatever was done since', async () => {
    const before = await history()
    await apply({ query: 'split:test' }, { kind: 'tag', tag: 'sea' })
    await apply({ query: 'split:val' }, { kind: 'tag', tag: 'lake' })
    const [lake, sea, ...older] = await history()
    expect(older).toEqual(before)
    const [seas, lakes] = [await countOf('tag:sea'), await countOf('tag:lake')]
    expect(sea).toMatchObject({ text: `the tag "sea" on ${String(seas)} images`, undone: null })
    expect(sea?.imageIds).toHaveLength(Math.min(8, seas))
    const turn = (stands: boolean) =>
      test.core.call('labels.turn', { datasetId, groupId: sea?.id ?? 0, stands })
    await turn(false)
    expect([await countOf('tag:sea'), await countOf('tag:lake')]).toEqual([0, lakes])
    const [, undone] = await history()
    expect(undone).toMatchObject({ id: sea?.id, undone: { byWhom: sea?.byWhom } })
    await turn(false)
    await turn(true)
    expect([await countOf('tag:sea'), await countOf('tag:lake')]).toEqual([seas, lakes])
    expect((await history()).slice(0, 2)).toEqual([lake, sea])
    const nobody = test.core.call('labels.turn', { datasetId, groupId: 99_999, stands: true })
    await expect(nobody).rejects.toMatchObject({ code: 'not-found' })
  })
})
