/** Names that mislead the eye are refused wherever a user gives one, with the real core. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildTrainer } from '../support/build-trainer'
import { openTestCore, temporaryFolder, tinyRequest, type TestCore } from '../support/test-core'
import { drawTinyDataset } from '../support/tiny-dataset'

const home = temporaryFolder('names-home')
const place = temporaryFolder('names-images')
const odd = 'tiny\nfine'
const rootPath = join(place.path, odd)
let test: TestCore

beforeAll(async () => {
  test = await openTestCore(home.path, await buildTrainer())
  mkdirSync(rootPath)
  await drawTinyDataset(rootPath)
})
afterAll(async () => {
  await test.core.close()
  home.remove()
  place.remove()
})

describe('a name with a line end', () => {
  it('is refused for a dataset, a run, an export and a file of features; a folder of that name is shown in one line', async () => {
    const { call } = test.core
    const refused = { code: 'bad-input', message: expect.stringContaining('U+000A') as unknown }
    await expect(call('datasets.import', { path: rootPath, name: odd })).rejects.toMatchObject(refused)
    const { taskId } = await call('datasets.import', { path: rootPath, name: '' })
    const datasetId = (await test.taskDone(taskId)).resultId ?? 0
    expect((await call('datasets.get', { id: datasetId })).name).toBe('tiny fine')

    const request = tinyRequest(datasetId)
    await expect(call('training.start', { ...request, name: odd })).rejects.toMatchObject(refused)
    const { id, name } = await call('training.start', request)
    await expect(call('runs.rename', { id, name: odd })).rejects.toMatchObject(refused)
    await expect(call('runs.rename', { id, name: '  ' })).rejects.toMatchObject({ code: 'bad-input' })
    expect((await test.runEnded(id)).name).toBe(name)

    const modelId = `run:${id}`
    const path = join(home.path, odd, 'export')
    await expect(call('exports.start', { modelId, format: 'npz', path })).rejects.toMatchObject(refused)
    const file = join(home.path, `${odd}.csv`)
    await expect(call('predict.embed', { modelId, paths: [rootPath], file })).rejects.toMatchObject(refused)
  })
})
