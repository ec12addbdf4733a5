/** Queries with a name, through the calls of the core. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTestCore, temporaryFolder, type TestCore } from '../support/test-core'
import { drawTinyDataset } from '../support/tiny-dataset'

const home = temporaryFolder('views-home')
const images = temporaryFolder('views-images')
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

const names = async (): Promise<string[]> =>
  (await test.core.call('views.list', { subject: 'images', datasetId })).map(({ name }) => name)
const view = (name: string, query = 'split:test') => ({
  ...{ subject: 'images' as const, datasetId, name, query },
  ...{ layout: 'list' as const, rowPx: null },
})

describe('a view', () => {
  it('is kept by its name, without space around it, and listed by name', async () => {
    await test.core.call('views.save', view(' wide ', 'width>100 sort:-width'))
    await test.core.call('views.save', { ...view('Narrow'), layout: 'grid', rowPx: 160 })
    expect(await names()).toEqual(['Narrow', 'wide'])
    const [narrow, wide] = await test.core.call('views.list', { subject: 'images', datasetId })
    expect(wide).toMatchObject({ query: 'width>100 sort:-width', layout: 'list', rowPx: null, floor: null })
    expect(narrow).toMatchObject({ layout: 'grid', rowPx: 160 })
    for (const { id } of [narrow, wide].flatMap((found) => found ?? []))
      await test.core.call('views.delete', { id })
    expect(await names()).toEqual([])
  })

  it('of a name that is taken is replaced where that is said, and else refused', async () => {
    const first = await test.core.call('views.save', view('held out'))
    await expect(test.core.call('views.save', view('held out', 'split:val'))).rejects.toMatchObject({
      code: 'name-taken',
      message: expect.stringContaining('split:test') as string,
    })
    const second = await test.core.call('views.save', { ...view('held out', 'split:val'), overwrite: true })
    expect(second).toMatchObject({ id: first.id, query: 'split:val' })
    await test.core.call('views.delete', { id: second.id })
    await expect(test.core.call('views.delete', { id: second.id })).rejects.toMatchObject({
      code: 'not-found',
    })
  })

  it('of runs is of no dataset, and has names of its own', async () => {
    await test.core.call('views.save', view('best'))
    const ofRuns = { ...view('best', 'accuracy>0.9'), subject: 'runs' as const }
    await expect(test.core.call('views.save', ofRuns)).rejects.toMatchObject({ code: 'bad-input' })
    await test.core.call('views.save', { ...ofRuns, datasetId: null })
    await expect(test.core.call('views.save', { ...ofRuns, datasetId: null })).rejects.toMatchObject({
      code: 'name-taken',
    })
    const table = { columns: ['time', 'set:lr'], sort: '-accuracy', groupBy: 'settings' }
    await test.core.call('views.save', { ...ofRuns, datasetId: null, table, overwrite: true })
    expect(await test.core.call('views.list', { subject: 'runs', datasetId: null })).toMatchObject([
      { name: 'best', query: 'accuracy>0.9', table },
    ])
    await expect(test.core.call('views.save', { ...view('wide'), table })).rejects.toMatchObject({
      code: 'bad-input',
    })
    expect(await names()).toEqual(['best'])
  })

  it('has a name that can be read, and a dataset that is there', async () => {
    await expect(test.core.call('views.save', view(' '))).rejects.toMatchObject({ code: 'bad-input' })
    await expect(test.core.call('views.save', { ...view('nowhere'), datasetId: 999 })).rejects.toMatchObject({
      code: 'not-found',
    })
  })

  it('goes with its dataset, and clients hear of each change', async () => {
    const heard: unknown[] = []
    const end = test.core.subscribe(({ event }) => {
      if (event.type === 'views-changed') heard.push(event.datasetId)
    })
    const { taskId } = await test.core.call('datasets.import', { path: images.path, name: 'other' })
    const other = (await test.taskDone(taskId)).resultId ?? 0
    await test.core.call('views.save', { ...view('gone soon'), datasetId: other })
    await test.core.call('datasets.delete', { id: other })
    expect(await test.core.call('views.list', { subject: 'images', datasetId: other })).toEqual([])
    expect(heard).toEqual([other])
    end()
  })
})
