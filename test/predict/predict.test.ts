/** Images in, rows out, with the real core and the real trainer. */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PredictRow } from '../../src/contract/entities/predict'
import type { Run } from '../../src/contract/entities/run'
import { writeSafetensors } from '../../src/main/weights/safetensors'
import { formulaWeights } from '../trainer/support/formula'
import { buildTrainer } from '../support/build-trainer'
import { openTestCore, temporaryFolder, tinyRequest, type TestCore } from '../support/test-core'
import { drawTinyDataset } from '../support/tiny-dataset'

const home = temporaryFolder('predict-home')
const { path: folder, remove } = temporaryFolder('predict-images')
const at = (...parts: string[]): string => join(folder, ...parts)
let test: TestCore
let run: Run

beforeAll(async () => {
  await drawTinyDataset(at('dataset'))
  test = await openTestCore(home.path, await buildTrainer())
  const { taskId } = await test.core.call('datasets.import', { path: at('dataset'), name: 'tiny' })
  const { resultId } = await test.taskDone(taskId)
  run = await test.runEnded((await test.core.call('training.start', tinyRequest(resultId ?? 0))).id)
})
afterAll(async () => {
  await test.core.close()
  home.remove()
  remove()
})

interface Predicted {
  readonly taskId: number
  readonly rows: PredictRow[]
  readonly note: string
}

async function predict(modelId: string, paths: string[], uploads: string[] = []): Promise<Predicted> {
  const { taskId } = await test.core.call('predict.start', { modelId, paths, uploads })
  const { note } = await test.taskDone(taskId)
  const { rows } = await test.core.call('predict.rows', { taskId, offset: 0, limit: 1000 })
  return { taskId, rows, note }
}

const phasesOf = (taskId: number): string[] => [
  ...new Set(
    test.events.flatMap((event) =>
      event.type === 'task' && event.task.id === taskId ? [event.task.phase] : [],
    ),
  ),
]

describe('a prediction with a run', () => {
  it("gives its test images what the run's evaluation gave them", async () => {
    const query = { runId: run.id, filter: { which: 'all' }, order: 'path', offset: 0, limit: 100 } as const
    const { predictions } = await test.core.call('predictions.list', query)
    expect(predictions.length).toBeGreaterThan(2)
    const { rows } = await predict(
      `run:${run.id}`,
      predictions.map(({ path }) => at('dataset', path)),
    )
    const { classNames } = await test.core.call('predictions.confusion', { runId: run.id })
    expect(rows).toHaveLength(predictions.length)
    for (const [index, { top, error, widthPx, heightPx }] of rows.entries()) {
      expect({ error, widthPx, heightPx }).toEqual({ error: null, widthPx: 48, heightPx: 48 })
      const expected = predictions[index]?.top ?? []
      expect(top.map(({ classIndex }) => classIndex)).toEqual(expected.map(({ classIndex }) => classIndex))
      expect(top.map(({ name }) => name)).toEqual(expected.map(({ classIndex }) => classNames[classIndex]))
      top.forEach(({ probability }, place) =>
        expect(Math.abs(probability - (expected[place]?.probability ?? NaN))).toBeLessThan(1e-5),
      )
    }
  })

  it('takes folders, tells of each file what it is, and goes on after one that is broken', async () => {
    mkdirSync(at('mixed', 'below'), { recursive: true })
    writeFileSync(at('mixed', 'below', 'b.png'), readFileSync(at('dataset', 'red bars', '00.png')))
    writeFileSync(at('mixed', 'a.jpg'), 'no image')
    writeFileSync(at('mixed', 'notes.txt'), 'words')
    const { taskId, rows, note } = await predict(`run:${run.id}`, [at('mixed'), at('gone.png')])
    expect(rows.map(({ path }) => path)).toEqual([
      at('mixed', 'a.jpg'),
      at('mixed', 'below', 'b.png'),
      at('gone.png'),
    ])
    expect(rows.map(({ error }) => error?.code ?? null)).toEqual(['bad-image', null, 'bad-image'])
    expect(rows.map(({ top }) => top.length)).toEqual([0, 3, 0])
    expect(note).toBe('2 cannot be read, 1 other file left out')
    const page = await test.core.call('predict.rows', { taskId, offset: 1, limit: 1 })
    expect(page).toMatchObject({
      total: 3,
      modelName: run.name,
      classCount: 3,
      hasClassNames: true,
      cropPx: 32,
      loss: 'softmax',
    })
    expect(page.rows).toEqual([rows[1]])
    expect(Object.keys(page.rows[0] ?? {})).not.toContain('file')
  })

  it('answers again without loading the model again', async () => {
    const path = at('dataset', 'red bars', '01.png')
    const first = await predict(`run:${run.id}`, [path])
    expect(phasesOf(first.taskId)).not.toContain(`Loading ${run.name}`)
    expect(phasesOf(first.taskId)).toContain('Classifying images')
  })

  it('pushes how many rows there are', async () => {
    const { taskId, rows } = await predict(`run:${run.id}`, [at('dataset')])
    const totals = test.events.flatMap((event) =>
      event.type === 'predict-rows' && event.taskId === taskId ? [event.total] : [],
    )
    expect(totals.at(-1)).toBe(rows.length)
    expect(rows.length).toBe(30)
    expect(totals).toEqual([...totals].sort((a, b) => a - b))
  })

  it('lets its memory go when a training begins, and works beside it', async () => {
    const request = { ...tinyRequest(run.datasetId), name: 'beside' }
    const begun = await test.core.call('training.start', request)
    const { taskId, rows } = await predict(`run:${run.id}`, [at('dataset', 'red bars')])
    expect(phasesOf(taskId)).toContain(`Loading ${run.name}`)
    expect(rows).toHaveLength(10)
    expect((await test.runEnded(begun.id)).state).toBe('done')
  })
})

describe('the model in use', () => {
  it('is listed, predicts with its threshold, and can be what a training starts from', async () => {
    expect(await test.core.call('models.inUse', {})).toEqual([])
    await test.core.call('promotions.promote', { runId: run.id, threshold: 0.6 })
    const id = `in-use:${run.datasetId}`
    const [inUse, ...others] = await test.core.call('models.inUse', {})
    expect(others).toEqual([])
    expect(inUse).toMatchObject({ id, name: 'tiny@in-use', title: run.name, runId: run.id, state: 'ready' })
    const { taskId, rows } = await predict(id, [at('dataset', 'red bars', '00.png')])
    expect(rows[0]?.error).toBeNull()
    const page = { taskId, offset: 0, limit: 1 }
    expect((await test.core.call('predict.rows', page)).threshold).toBe(0.6)
    const other = await test.core.call('predict.start', {
      ...{ modelId: id, paths: [at('dataset', 'red bars', '00.png')], loss: 'sigmoid' },
    })
    expect((await test.core.call('predict.rows', { ...page, taskId: other.taskId })).threshold).toBeNull()
    const request = { ...tinyRequest(run.datasetId), weights: id }
    const plan = await test.core.call('training.plan', request)
    expect(plan.weights).toBe(`run:${run.id}@${run.checkpointStep ?? 0}`)
    expect(plan.obstacles).toEqual([])
  })
})

describe('images of rows', () => {
  it('are those that were opened; not what a link leads to later, not other rows', async () => {
    writeFileSync(at('shown.png'), readFileSync(at('dataset', 'red bars', '02.png')))
    const { taskId } = await predict(`run:${run.id}`, [at('shown.png'), at('mixed')])
    const shown = await test.core.image({ taskId, row: 0 }, 64)
    expect(shown.mime).toBe('image/webp')
    expect(await test.core.image({ taskId, row: 0 }, 64)).toEqual(shown)
    await expect(test.core.image({ taskId, row: 1 }, 64)).rejects.toMatchObject({ code: 'bad-image' })
    await expect(test.core.image({ taskId, row: 3 }, 64)).rejects.toMatchObject({ code: 'not-found' })
    await expect(test.core.image({ taskId: 999, row: 0 }, 64)).rejects.toMatchObject({ code: 'not-found' })

    renameSync(at('shown.png'), at('moved.png'))
    await expect(test.core.image({ taskId, row: 0 }, 64)).rejects.toMatchObject({ code: 'path-not-found' })
    symlinkSync(at('moved.png'), at('shown.png'))
    await expect(test.core.image({ taskId, row: 0 }, 64)).rejects.toMatchObject({ code: 'not-allowed' })
  })

  it('sent as bytes have the name that they came with, and are shown', async () => {
    const bytes = readFileSync(at('dataset', 'green discs', '03.png'))
    async function* chunks(): AsyncGenerator<Uint8Array> {
      yield bytes
    }
    const { uploadId } = await test.core.upload('../disc.png', chunks())
    const { taskId, rows } = await predict(`run:${run.id}`, [], [uploadId])
    const { rows: byPath } = await predict(`run:${run.id}`, [at('dataset', 'green discs', '03.png')])
    expect(rows).toEqual([{ ...byPath[0], path: '../disc.png' }])
    expect((await test.core.image({ taskId, row: 0 }, 64)).mime).toBe('image/webp')
    const start = test.core.call('predict.start', {
      modelId: `run:${run.id}`,
      paths: [],
      uploads: ['unknown'],
    })
    await expect(start).rejects.toMatchObject({ code: 'not-found' })
  })
})

describe('what cannot be predicted', () => {
  const spec = { units: [1, 1, 1, 1] as [number, number, number, number], width: 0.5 }

  it('is said at once: no such model, no head, no image', async () => {
    const start = (modelId: string, paths: string[]) => test.core.call('predict.start', { modelId, paths })
    await expect(start('run:99', [at('dataset')])).rejects.toMatchObject({ code: 'not-found' })
    await expect(start(`path:${at('none.npz')}`, [at('dataset')])).rejects.toMatchObject({
      code: 'path-not-found',
    })
    await expect(start(`run:${run.id}`, [])).rejects.toMatchObject({ code: 'bad-input' })
    const headless = new Map([...formulaWeights(spec, 2)].filter(([name]) => !name.includes('/head/')))
    await writeSafetensors(headless, at('headless.safetensors'))
    await expect(start(`path:${at('headless.safetensors')}`, [at('dataset')])).rejects.toThrow(/has no head/)
    mkdirSync(at('empty'), { recursive: true })
    const { taskId } = await start(`run:${run.id}`, [at('empty')])
    await expect(test.taskDone(taskId)).rejects.toThrow(/There are no images in/)
  })

  it('has numbers for classes without names', async () => {
    await writeSafetensors(formulaWeights(spec, 20), at('nameless.safetensors'))
    const { rows } = await predict(`path:${at('nameless.safetensors')}`, [
      at('dataset', 'red bars', '00.png'),
    ])
    expect(rows[0]?.top).toHaveLength(5)
    for (const { name, classIndex } of rows[0]?.top ?? []) expect(name).toBe(`class ${classIndex}`)
  })

  it('is a weights file that is broken off between the look at it and its reading', async () => {
    await writeSafetensors(formulaWeights(spec, 4), at('cut.safetensors'))
    const { taskId } = await test.core.call('predict.start', {
      modelId: `path:${at('cut.safetensors')}`,
      paths: [at('dataset')],
    })
    rmSync(at('cut.safetensors'))
    await expect(test.taskDone(taskId)).rejects.toThrow(/cut\.safetensors/)
    // and the next one is not touched by it
    expect((await predict(`run:${run.id}`, [at('dataset', 'red bars', '00.png')])).rows).toHaveLength(1)
  })

  it('is a prediction that is cancelled: the rows so far stay, one that waits ends at once, the next goes on', async () => {
    const many = Array.from({ length: 3000 }, (_, index) => at('dataset', 'red bars', `0${index % 10}.png`))
    mkdirSync(at('many'), { recursive: true })
    for (const [index, path] of many.entries()) symlinkSync(path, at('many', `${index}.png`))
    const { taskId } = await test.core.call('predict.start', {
      modelId: `run:${run.id}`,
      paths: many.map((_, index) => at('many', `${index}.png`)),
    })
    await test.until((event) => event.type === 'predict-rows' && event.taskId === taskId)
    const waits = await test.core.call('predict.start', { modelId: `run:${run.id}`, paths: [at('dataset')] })
    await test.core.call('tasks.cancel', { id: waits.taskId })
    await expect(test.taskDone(waits.taskId)).rejects.toThrow('cancelled')
    expect((await test.core.call('tasks.list', {})).find(({ id }) => id === taskId)?.state).toBe('running')
    await test.core.call('tasks.cancel', { id: taskId })
    await expect(test.taskDone(taskId)).rejects.toThrow('cancelled')
    const { total } = await test.core.call('predict.rows', { taskId, offset: 0, limit: 1 })
    expect(total).toBeGreaterThan(0)
    expect(total).toBeLessThan(3000)
    const { taskId: nextId, rows } = await predict(`run:${run.id}`, [at('dataset', 'red bars', '00.png')])
    expect(rows).toHaveLength(1)
    expect(phasesOf(nextId)).not.toContain(`Loading ${run.name}`)
  })
})

describe('features', () => {
  it('are written whole, in the order of the images, without those that cannot be read', async () => {
    const file = at('made', 'features.jsonl')
    const { taskId } = await test.core.call('predict.embed', {
      modelId: `run:${run.id}`,
      paths: [at('gone.png'), at('dataset', 'red bars')],
      file,
    })
    expect((await test.taskDone(taskId)).note).toBe('1 cannot be read')
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n')
    const found = lines.map((line) => JSON.parse(line) as { path: string; features: number[] })
    expect(found.map(({ path }) => path)).toEqual(
      Array.from({ length: 10 }, (_, index) => at('dataset', 'red bars', `0${index}.png`)),
    )
    expect(found.every(({ features }) => features.length === 1024)).toBe(true)
    expect(found[0]?.features).not.toEqual(found[1]?.features)
  })

  it('have the names with which images were sent', async () => {
    async function* chunks(): AsyncGenerator<Uint8Array> {
      yield readFileSync(at('dataset', 'green discs', '03.png'))
    }
    const { uploadId } = await test.core.upload('disc.png', chunks())
    const file = at('made', 'sent.csv')
    const embed = (uploads: string[]) =>
      test.core.call('predict.embed', { modelId: `run:${run.id}`, paths: [], uploads, file })
    await test.taskDone((await embed([uploadId])).taskId)
    const rows = readFileSync(file, 'utf8').trimEnd().split('\r\n')
    expect(rows.map((row) => row.split(',')[0])).toEqual(['path', 'disc.png'])
    await expect(embed([])).rejects.toMatchObject({ code: 'bad-input' })
  })

  it('leave no file where nothing could be read, and none of a name that says no format', async () => {
    const embed = (paths: string[], file: string) =>
      test.core.call('predict.embed', { modelId: `run:${run.id}`, paths, file })
    await expect(embed([at('dataset')], at('features.txt'))).rejects.toMatchObject({ code: 'bad-input' })
    const { taskId } = await embed([at('gone.png')], at('none.npz'))
    await expect(test.taskDone(taskId)).rejects.toThrow(/None of/)
    expect(existsSync(at('none.npz'))).toBe(false)
  })
})
