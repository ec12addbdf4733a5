/** The whole way with the real trainer: a folder in; a model, its figures and its mistakes out. */
import { readFileSync, rmSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { imagesOf, unpackConfusion } from '../../src/contract/entities/confusion'
import type { Run } from '../../src/contract/entities/run'
import { readWeights } from '../../src/main/weights/read'
import { buildTrainer } from '../support/build-trainer'
import { openTestCore, temporaryFolder, tinyRequest, type TestCore } from '../support/test-core'
import { drawTinyDataset } from '../support/tiny-dataset'

const home = temporaryFolder('core-home')
const images = temporaryFolder('core-images')
let trainerPath = ''
let test: TestCore
let datasetId = 0
let imageCount = 0

beforeAll(async () => {
  trainerPath = await buildTrainer()
  imageCount = await drawTinyDataset(images.path)
  test = await openTestCore(home.path, trainerPath)
})
afterAll(async () => {
  await test.core.close()
  home.remove()
  images.remove()
})

describe('import', () => {
  it('indexes a folder in place and tells how it goes', async () => {
    const before = readdirSync(images.path, { recursive: true })
    const { taskId } = await test.core.call('datasets.import', { path: images.path, name: 'tiny' })
    const task = await test.taskDone(taskId)
    datasetId = task.resultId ?? 0
    const dataset = await test.core.call('datasets.get', { id: datasetId })
    expect(dataset).toMatchObject({ name: 'tiny', imageCount, classCount: 3, problemCount: 0, runCount: 0 })
    expect(dataset.split.counts.test).toBeGreaterThan(2)
    expect(dataset.classes.map(({ name }) => name)).toEqual(['blue squares', 'green discs', 'red bars'])
    expect(readdirSync(images.path, { recursive: true })).toEqual(before)
    expect(test.events.some(({ type }) => type === 'datasets-changed')).toBe(true)
  })

  it('refuses a name that is taken', async () => {
    const again = test.core.call('datasets.import', { path: images.path, name: 'tiny' })
    await expect(again).rejects.toMatchObject({ code: 'name-taken' })
  })

  it('leaves nothing behind when it is cancelled or fails', async () => {
    const { taskId } = await test.core.call('datasets.import', { path: images.path, name: 'cancelled' })
    await test.core.call('tasks.cancel', { id: taskId })
    await expect(test.taskDone(taskId)).rejects.toThrow('cancelled')
    const missing = await test.core.call('datasets.import', { path: join(images.path, 'no'), name: '' })
    await expect(test.taskDone(missing.taskId)).rejects.toThrow('path-not-found')
    expect(await test.core.call('datasets.list', {})).toHaveLength(1)
  })

  it('serves images of known images only, and none through a link that leads out', async () => {
    const { ids } = await test.core.call('images.layout', { datasetId, filter: {} })
    expect(ids).toHaveLength(imageCount)
    const shown = await test.core.image({ imageId: ids[0] ?? 0 }, 100)
    expect(shown.mime).toMatch(/^image\//)
    expect(shown.bytes.byteLength).toBeGreaterThan(50)
    expect(await test.core.image({ imageId: ids[0] ?? 0 }, 128)).toEqual(shown)
    await expect(test.core.image({ imageId: 999_999 }, 100)).rejects.toMatchObject({ code: 'not-found' })
  })

  it('answers with many thumbnails at once, of those that were made before', async () => {
    const { ids } = await test.core.call('images.layout', { datasetId, filter: {} })
    const [shown = 0, , other = 0] = ids
    const images = [other, 999_999, shown].map((id) => ({ id, px: 256 as const }))
    expect(await test.core.call('thumbnails.ready', { images })).toEqual([null, null, null])
    const { bytes, mime } = await test.core.image({ imageId: shown }, 200)
    const picture = `data:${mime};base64,${Buffer.from(bytes).toString('base64')}`
    expect(await test.core.call('thumbnails.ready', { images })).toEqual([null, null, picture])
  })
})

describe('calls', () => {
  it('refuse unknown names and wrong fields by name', async () => {
    await expect(test.core.callRaw('datasets.explode', {})).rejects.toMatchObject({ code: 'bad-input' })
    await expect(test.core.callRaw('toString', {})).rejects.toMatchObject({ code: 'bad-input' })
    await expect(
      test.core.callRaw('training.plan', { ...tinyRequest(datasetId), overrides: { cropPx: 'big' } }),
    ).rejects.toThrow(/overrides\.cropPx/)
  })
})

describe('a run', () => {
  let run: Run

  it('is planned with a name, reasons and a cost', async () => {
    const plan = await test.core.call('training.plan', tinyRequest(datasetId))
    expect(plan.obstacles).toEqual([])
    expect(plan.suggestedName).toBe('tiny-r14x0.5-1')
    expect(plan.recipe).toMatchObject({ stepCount: 6, batchSize: 8, cropPx: 32 })
    expect(plan.departureCount).toBeGreaterThan(0)
    // even before anything was measured there is a time, which says that it is a guess
    expect(plan.estimate.certainty).toBe('guessed')
    expect(plan.estimate.durationMs).toBeGreaterThan(0)
    expect(plan.byRule.recipe).toMatchObject({ stepCount: 500, batchSize: 512 })
    expect(plan.byRule.durationMs).toBeGreaterThan(plan.estimate.durationMs)
    expect(plan.estimate.checkpointBytes).toBe(plan.parameterCount * 8)
  })

  it('says what stands in its way', async () => {
    const codes = async (request: Partial<ReturnType<typeof tinyRequest>>): Promise<string[]> =>
      (await test.core.call('training.plan', { ...tinyRequest(datasetId), ...request })).obstacles.map(
        ({ code }) => code,
      )
    expect(await codes({ weights: `path:${join(home.path, 'no.npz')}` })).toEqual(['path-not-found'])
    await expect(codes({ datasetId: 99 })).rejects.toMatchObject({ code: 'not-found' })
    await expect(codes({ model: 'R51x1' })).rejects.toMatchObject({ code: 'bad-input' })
  })

  it('trains, pushing every step in order, and ends with predictions of every test image', async () => {
    const started = await test.core.call('training.start', tinyRequest(datasetId))
    expect(started.state).toBe('starting')
    await expect(test.core.call('training.start', tinyRequest(datasetId))).rejects.toMatchObject({
      code: 'busy',
    })
    await expect(test.core.call('datasets.delete', { id: datasetId })).rejects.toMatchObject({ code: 'busy' })
    await expect(test.core.call('runs.delete', { id: started.id })).rejects.toMatchObject({ code: 'busy' })
    run = await test.runEnded(started.id)
    expect(run).toMatchObject({
      state: 'done',
      stepsDone: 6,
      error: null,
      checkpointStep: 6,
      evaluatedOn: 'test',
    })
    expect(run.engine).not.toBeNull()
    const pushed = test.events.flatMap((event) => (event.type === 'run-steps' ? event.steps : []))
    expect(pushed.map(({ stepIndex }) => stepIndex)).toEqual([0, 1, 2, 3, 4, 5])
    expect(await test.core.call('runs.steps', { id: run.id, fromStep: 0 })).toEqual(pushed)
    expect(await test.core.call('runs.steps', { id: run.id, fromStep: 4 })).toEqual(pushed.slice(4))

    const dataset = await test.core.call('datasets.get', { id: datasetId })
    const query = { runId: run.id, order: 'loss', offset: 0, limit: 100 } as const
    const all = await test.core.call('predictions.list', { ...query, filter: { which: 'all' } })
    const wrong = await test.core.call('predictions.list', { ...query, filter: { which: 'wrong' } })
    expect(all.total).toBe(dataset.split.counts.test)
    expect(run.accuracy?.total).toBe(all.total)
    expect(run.wrongCount).toBe(wrong.total)
    expect(wrong.predictions.every(({ labelIndex, predictedIndex }) => labelIndex !== predictedIndex)).toBe(
      true,
    )
    const losses = all.predictions.map(({ loss }) => loss)
    expect(losses).toEqual([...losses].sort((a, b) => b - a))
    const confusion = unpackConfusion(await test.core.call('predictions.confusion', { runId: run.id }))
    expect(imagesOf(confusion).total).toBe(all.total)
  })

  it('of six steps says nothing of the machine, which is measured once for all plans', async () => {
    const before = await test.core.call('training.plan', tinyRequest(datasetId))
    expect(before.suggestedName).toBe('tiny-r14x0.5-2')
    expect(before.estimate.certainty).toBe('guessed')
    const { taskId } = await test.core.call('training.probe', {})
    const measured = await test.taskDone(taskId ?? -1)
    expect(measured.total).toBeGreaterThan(1)
    const after = await test.core.call('training.plan', tinyRequest(datasetId))
    expect(after.estimate.certainty).toBe('scaled')
    expect(after.estimate.timeBasis).toMatch(/^Scaled from measurements of another model/)
    expect(await test.core.call('training.probe', {})).toEqual({ taskId: null })
  }, 300_000)

  it('in another precision is planned as a departure', async () => {
    const plan = await test.core.call('training.plan', tinyRequest(datasetId, { precision: 'bfloat16' }))
    expect(plan.recipe.precision).toBe('bfloat16')
    expect(plan.choices.find(({ key }) => key === 'precision')?.departure).toEqual({ ruleValue: 'float32' })
  })

  it('exports its parameters, the same from both formats, without momenta', async () => {
    const exported = async (format: 'npz' | 'safetensors') => {
      const path = join(home.path, 'export', format)
      const { taskId } = await test.core.call('exports.start', { modelId: `run:${run.id}`, format, path })
      await test.taskDone(taskId)
      return readWeights(join(path, `model.${format}`))
    }
    const [first, second] = [await exported('npz'), await exported('safetensors')]
    expect([...first.keys()].sort()).toEqual([...second.keys()].sort())
    expect([...first.keys()].some((name) => name.includes('momentum'))).toBe(false)
    const count = [...first.values()].reduce((sum, { data }) => sum + data.length, 0)
    expect(count).toBe(run.parameterCount)
    for (const [name, { shape, data }] of first) {
      expect(second.get(name)?.shape).toEqual(shape)
      expect(second.get(name)?.data).toEqual(data)
    }
  })

  it('starts from the weights that another exported', async () => {
    const request = {
      ...tinyRequest(datasetId, { stepCount: 1 }),
      weights: `path:${join(home.path, 'export', 'npz', 'model.npz')}`,
    }
    const { id } = await test.core.call('training.start', request)
    expect(await test.runEnded(id)).toMatchObject({ state: 'done', weights: request.weights })
  })

  it('is stopped after a step, evaluated and kept', async () => {
    const { id } = await test.core.call('training.start', tinyRequest(datasetId, { stepCount: 100_000 }))
    await test.stepsReached(id, 1)
    await test.core.call('training.stop', { id })
    const stopped = await test.runEnded(id)
    expect(stopped).toMatchObject({ state: 'stopped', evaluatedOn: 'test', error: null })
    expect(stopped.stepsDone).toBeGreaterThan(0)
    expect(stopped.checkpointStep).toBe(stopped.stepsDone)
    expect(stopped.accuracy).not.toBeNull()
    await expect(test.core.call('training.stop', { id })).rejects.toMatchObject({ code: 'not-found' })
  })

  it('goes on with a stopped run to its end, with the numbers of one that never stopped', async () => {
    const overrides = {
      stepCount: 60,
      evaluateEverySteps: 1000,
      checkpointEverySteps: 1000,
      weightDecay: 1e-3,
    }
    const whole = await test.core.call('training.start', tinyRequest(datasetId, overrides))
    await test.runEnded(whole.id)
    const half = await test.core.call('training.start', tinyRequest(datasetId, overrides))
    await test.stepsReached(half.id, 1)
    await test.core.call('training.stop', { id: half.id })
    const stopped = await test.runEnded(half.id)
    expect(stopped.state).toBe('stopped')
    expect(stopped.stepsDone).toBeLessThan(60)
    test.events.length = 0 // its first end is not the one to wait for
    await test.core.call('training.resume', { id: half.id })
    const done = await test.runEnded(half.id)
    expect(done).toMatchObject({ state: 'done', stepsDone: 60, error: null })
    const losses = async (id: number) =>
      (await test.core.call('runs.steps', { id, fromStep: 0 })).map(({ stepIndex, loss }) => [
        stepIndex,
        loss,
      ])
    expect(await losses(half.id)).toEqual(await losses(whole.id))
    expect(done.accuracy).toEqual((await test.core.call('runs.get', { id: whole.id })).accuracy)
    await expect(test.core.call('training.resume', { id: half.id })).rejects.toMatchObject({
      code: 'unsupported',
    })
    // gone when the trainer has
    await expect.poll(() => readdirSync(join(home.path, 'scratch'))).toEqual([])
  })

  it('fails in plain words over a damaged weights file, and the next run starts', async () => {
    // its headers are as they should be: only who reads the numbers finds out
    const path = join(home.path, 'damaged.npz')
    const bytes = readFileSync('test/fixtures/reference/half.npz')
    bytes.writeUInt8(bytes.readUInt8(bytes.length >> 1) ^ 1, bytes.length >> 1)
    writeFileSync(path, bytes)
    const { id } = await test.core.call('training.start', {
      ...tinyRequest(datasetId),
      weights: `path:${path}`,
    })
    const failed = await test.runEnded(id)
    expect(failed).toMatchObject({ state: 'failed', error: { code: 'bad-weights' } })
    expect(failed.error?.message).toContain('damaged.npz')
  })

  it('is renamed and deleted', async () => {
    const renamed = await test.core.call('runs.rename', { id: run.id, name: ' first ' })
    expect(renamed.name).toBe('first')
    await test.core.call('runs.delete', { id: run.id })
    expect((await test.core.call('runs.list', {})).some(({ id }) => id === run.id)).toBe(false)
    expect(test.events).toContainEqual({ type: 'run-deleted', runId: run.id })
  })
})

describe('a measurement', () => {
  it('is a task whose figure the next plan uses', async () => {
    const request = tinyRequest(datasetId, { cropPx: 40 })
    const before = await test.core.call('training.plan', request)
    expect(before.estimate.timeBasis).toMatch(/^Scaled/)
    const { taskId } = await test.core.call('training.measure', request)
    await test.taskDone(taskId)
    expect((await test.core.call('training.plan', request)).estimate.timeBasis).toMatch(/^Measured/)
  })
})

describe('images that change after the import', () => {
  it('are not followed out of the dataset', async () => {
    const { ids } = await test.core.call('images.layout', { datasetId, filter: { part: 'train' } })
    const gone = await test.core.call('images.get', { id: ids[1] ?? 0 })
    rmSync(join(images.path, gone.path))
    await expect(test.core.image({ imageId: gone.id }, 512)).rejects.toMatchObject({
      code: 'path-not-found',
    })
    const secret = join(home.path, 'secret.png')
    writeFileSync(secret, 'secret')
    symlinkSync(secret, join(images.path, gone.path))
    await expect(test.core.image({ imageId: gone.id }, 512)).rejects.toMatchObject({ code: 'not-allowed' })
  })
})

describe('a run within a time budget', () => {
  const request = {
    datasetId: 0,
    model: 'auto',
    rule: 'paper',
    budgetMs: 1_800_000,
    overrides: {},
    seed: 1,
    weights: null,
    name: '',
  } as const

  it('is planned from the model that comes along, every departure with the budget’s reason', async () => {
    const plan = await test.core.call('training.plan', { ...request, datasetId })
    expect(plan).toMatchObject({ weights: 'embedded:bit-tiny', budget: { budgetMs: 1_800_000 } })
    expect(plan.budget?.expectedMs).toBe(plan.estimate.durationMs)
    const departures = plan.choices.filter(({ departure }) => departure !== null)
    expect(departures.map(({ key }) => key)).toEqual(expect.arrayContaining(['stepCount', 'resize', 'batch']))
    for (const { departure, because } of departures) {
      expect(departure?.by).toBe('budget')
      expect(because).not.toContain('You set it')
    }
  })

  it('is planned around what the user set', async () => {
    const overrides = { batchSize: 8, cropPx: 64 }
    const plan = await test.core.call('training.plan', { ...request, datasetId, overrides })
    expect(plan.recipe).toMatchObject(overrides)
    const by = new Map(plan.choices.map(({ key, departure }) => [key, departure?.by]))
    expect(by.get('stepCount')).toBe('budget')
    expect(by.get('batch')).toBeUndefined()
  })

  it('starts from the embedded model by the rule where there is no budget', async () => {
    const plan = await test.core.call('training.plan', { ...request, datasetId, budgetMs: null })
    expect(plan).toMatchObject({ weights: 'embedded:bit-tiny', budget: null, departureCount: 0 })
  })

  it('is refused for pre-training', async () => {
    const asked = test.core.call('training.plan', { ...request, datasetId, rule: 'upstream' })
    await expect(asked).rejects.toMatchObject({ code: 'bad-input' })
  })

  it('keeps what it was given and what was expected', async () => {
    const overrides = { stepCount: 2, batchSize: 4 }
    const run = await test.core.call('training.start', { ...request, datasetId, overrides })
    expect(run).toMatchObject({ budgetMs: 1_800_000, weights: 'embedded:bit-tiny', recipe: overrides })
    expect(run.expectedMs).toBeGreaterThan(0)
    expect(await test.runEnded(run.id)).toMatchObject({ state: 'done', budgetMs: 1_800_000 })
  })
})
