/** bfloat16 on an engine without recorded graphs: refused before the start, in the plan and by the start itself. */
process.env['BITW_ENGINE'] = 'wasm'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { buildTrainer } from '../support/build-trainer'
import { openTestCore, temporaryFolder, tinyRequest, type TestCore } from '../support/test-core'
import { drawTinyDataset } from '../support/tiny-dataset'

const home = temporaryFolder('precision-home')
const images = temporaryFolder('precision-images')
let test: TestCore
beforeAll(async () => {
  const trainerPath = await buildTrainer()
  await drawTinyDataset(images.path)
  test = await openTestCore(home.path, trainerPath)
})
afterAll(async () => {
  await test.core.close()
  home.remove()
  images.remove()
})

it('bfloat16 on WebAssembly is refused before anything starts, and float32 is not', async () => {
  const { taskId } = await test.core.call('datasets.import', { path: images.path, name: 'tiny' })
  const datasetId = (await test.taskDone(taskId)).resultId ?? 0
  const request = tinyRequest(datasetId, { precision: 'bfloat16' })
  await expect(test.core.call('training.start', request)).rejects.toMatchObject({
    code: 'unsupported',
    message: expect.stringMatching(/bfloat16 needs .*recorded graphs/),
    wayOut: expect.stringMatching(/float32/),
  })
  expect(await test.core.call('runs.list', {})).toEqual([])
  const codes = async (asked: typeof request): Promise<string[]> =>
    (await test.core.call('training.plan', asked)).obstacles.map(({ code }) => code)
  expect(await codes(request)).toEqual(['unsupported'])
  expect(await codes(tinyRequest(datasetId))).toEqual([])
})
