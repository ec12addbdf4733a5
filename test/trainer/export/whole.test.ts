/** Exports as a user has them: a run of the core, written and checked by the real trainer. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { exportFormats } from '../../../src/contract/entities/export'
import type { Input } from '../../../src/contract/endpoints'
import type { Run } from '../../../src/contract/entities/run'
import { headKernelName } from '../../../src/domain/model/spec'
import { writeSafetensors } from '../../../src/main/weights/safetensors'
import { formulaWeights } from '../support/formula'
import { buildTrainer } from '../../support/build-trainer'
import { openTestCore, temporaryFolder, tinyRequest, type TestCore } from '../../support/test-core'
import { drawTinyDataset } from '../../support/tiny-dataset'

const home = temporaryFolder('export-home')
const images = temporaryFolder('export-images')
const exports = temporaryFolder('exports')
let test: TestCore
let run: Run

beforeAll(async () => {
  const trainerPath = await buildTrainer()
  await drawTinyDataset(images.path)
  test = await openTestCore(home.path, trainerPath)
  const { taskId } = await test.core.call('datasets.import', { path: images.path, name: 'tiny' })
  const datasetId = (await test.taskDone(taskId)).resultId ?? 0
  const { id } = await test.core.call('training.start', tinyRequest(datasetId, { stepCount: 2 }))
  run = await test.runEnded(id)
})
afterAll(async () => {
  await test.core.close()
  for (const folder of [home, images, exports]) folder.remove()
})

async function exported(request: Partial<Input<'exports.start'>> & { path: string }) {
  const { taskId } = await test.core.call('exports.start', {
    modelId: `run:${run.id}`,
    format: 'npz',
    ...request,
  })
  await test.taskDone(taskId)
  return test.core.call('exports.result', { taskId })
}

/** Also what an export was about to become. */
const made = (): string[] => readdirSync(exports.path).sort()
/** What an export puts there: the weights of its run. The rows of a prediction stay until the core ends. */
const scratch = (): string[] => {
  const path = join(home.path, 'scratch')
  return existsSync(path) ? readdirSync(path).filter((name) => !name.startsWith('prediction-')) : []
}

describe('a run', () => {
  it.each(exportFormats)(
    'is exported as %s, with its names, and a certificate that agrees',
    async (format) => {
      const path = join(exports.path, format)
      const result = await exported({ format, path })
      expect(result).toMatchObject({
        path,
        certificate: { format, agrees: true, model: { name: run.name, cropPx: 32 } },
      })
      expect(result.files.map((file) => file.path).sort()).toEqual(filesIn(path))
      expect(result.byteCount).toBe(result.files.reduce((sum, { byteCount }) => sum + byteCount, 0))
      expect(readFileSync(join(path, 'labels.txt'), 'utf8')).toBe('blue squares\ngreen discs\nred bars\n')
      expect(JSON.parse(readFileSync(join(path, 'certificate.json'), 'utf8'))).toEqual(result.certificate)
      expect(made()).not.toContainEqual(expect.stringContaining('partial'))
      expect(scratch()).toEqual([])
    },
  )

  it('is exported by a task that names the format as the window does', () => {
    const labels = test.events.map((event) => event.type === 'task' && event.task.label)
    expect(labels).toContain(`Export ${run.name} as ONNX`)
    expect(labels).toContain(`Export ${run.name} as TensorFlow.js`)
  })

  it('is exported with probabilities of each class on its own where that is asked for', async () => {
    const path = join(exports.path, 'sigmoid')
    await exported({ format: 'safetensors', path, loss: 'sigmoid' })
    expect(readFileSync(join(path, 'preprocessing.json'), 'utf8')).toContain('sigmoid of each logit')
    const { taskId } = await test.core.call('predict.start', {
      modelId: `path:${join(path, 'model.safetensors')}`,
      paths: [images.path],
    })
    await test.taskDone(taskId)
    expect((await test.core.call('predict.rows', { taskId, offset: 0, limit: 1 })).loss).toBe('sigmoid')
  })

  it('is a model with its names when it comes back', async () => {
    const modelId = `path:${join(exports.path, 'safetensors', 'model.safetensors')}`
    const found = await test.core.call('models.get', { id: modelId })
    expect(found).toMatchObject({
      model: { name: run.name, cropPx: 32 },
      classNames: ['blue squares', 'green discs', 'red bars'],
    })
  })
})

describe('what lies there', () => {
  it('is not overwritten unless that is asked for, and then only an earlier export', async () => {
    const path = join(exports.path, 'onnx')
    await expect(exported({ path })).rejects.toMatchObject({ code: 'name-taken' })
    const own = filesIn(path)
    writeFileSync(join(path, 'notes.txt'), 'dear')
    await expect(exported({ path, overwrite: true })).rejects.toThrow('“notes.txt”')
    expect(filesIn(path)).toEqual([...own, 'notes.txt'].sort())
    rmSync(join(path, 'notes.txt'))
    const { certificate } = await exported({ format: 'onnx', path, overwrite: true, cropPx: 48 })
    expect(certificate.model.cropPx).toBe(48)
    expect(certificate.images[0]).toMatchObject({ widthPx: 48, heightPx: 48 })
    const photos = join(exports.path, 'photos')
    mkdirSync(photos)
    writeFileSync(join(photos, 'holiday.jpg'), 'dear')
    await expect(exported({ path: photos, overwrite: true })).rejects.toMatchObject({ code: 'not-allowed' })
    const file = join(photos, 'holiday.jpg')
    await expect(exported({ path: file, overwrite: true })).rejects.toMatchObject({ code: 'not-allowed' })
    expect(readFileSync(file, 'utf8')).toBe('dear')
  })
})

describe('nothing stays of an export', () => {
  it('that is cancelled', async () => {
    const path = join(exports.path, 'cancelled')
    const { taskId } = await test.core.call('exports.start', {
      modelId: `run:${run.id}`,
      format: 'onnx',
      path,
    })
    await test.until(
      (event) => event.type === 'task' && event.task.id === taskId && /test images/.test(event.task.phase),
    )
    await test.core.call('tasks.cancel', { id: taskId })
    await expect(test.taskDone(taskId)).rejects.toThrow('cancelled')
    await expect(test.core.call('exports.result', { taskId })).rejects.toMatchObject({ code: 'not-found' })
    expect(made()).not.toContainEqual(expect.stringContaining('cancelled'))
    expect(scratch()).toEqual([])
  })

  it('that gives other results than the model, and the reason is said', async () => {
    // logits beyond float32: nobody can say that they agree
    const weights = formulaWeights({ units: [1, 1, 1, 1], width: 0.5 }, 3)
    weights.get(headKernelName)?.data.fill(3e38)
    const weightsPath = join(home.path, 'huge.safetensors')
    await writeSafetensors(weights, weightsPath)
    const failing = exported({
      modelId: `path:${weightsPath}`,
      format: 'onnx',
      path: join(exports.path, 'differs'),
      cropPx: 32,
    })
    await expect(failing).rejects.toThrow(/failed.*export-differs.*logits differ/)
    expect(made()).not.toContainEqual(expect.stringContaining('differs'))
  })

  it('of a model that is none', async () => {
    const path = join(exports.path, 'none')
    await expect(exported({ modelId: 'run:99', path })).rejects.toMatchObject({ code: 'not-found' })
    const headless = join(home.path, 'headless.safetensors')
    const weights = formulaWeights({ units: [1, 1, 1, 1], width: 0.5 }, 3)
    await writeSafetensors(new Map([...weights].filter(([name]) => !name.includes('head'))), headless)
    const refused = exported({ modelId: `path:${headless}`, path })
    await expect(refused).rejects.toMatchObject({ code: 'unsupported' })
    expect(existsSync(path)).toBe(false)
  })
})

function filesIn(path: string): string[] {
  const entries = readdirSync(path, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(path.length + 1))
    .sort()
}
