/** The examples in the README of each export, run as they stand there, on a photo. */
import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import sharp from 'sharp'
import { exportFormats, type ExportFormat } from '../../src/contract/entities/export'
import type { EngineReport, ModelSpec } from '../../src/contract/entities/model'
import { trainerEnvironment } from '../../src/main/engine/environment'
import { loadEngine } from '../../src/main/engine/load'
import { probabilitiesOf } from '../../src/main/export/distribution'
import { goldenPictures } from '../../src/main/export/golden-pictures'
import { openOurSide } from '../../src/main/export/our-side'
import { scaledPictures } from '../../src/main/export/reference-resize'
import { parameterCount } from '../../src/main/model/spec'
import { formulaWeights } from '../model/support/formula'
import { exportFolder, exportSmall, smallModel } from './support/small-export'
import { pythonWith } from './support/python'

const folder = exportFolder()
const photoPath = join(folder.path, 'photo.png')
let scaledPhoto: Float32Array
/** Of our side, on the photo. */
let expected: Float32Array
let engine: EngineReport

beforeAll(async () => {
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2'
  engine = await loadEngine('tensorflow')
  const photo = goldenPictures(smallModel.cropPx)[1]
  if (photo === undefined) throw new Error('There is no golden picture.')
  const raw = { width: photo.widthPx, height: photo.heightPx, channels: 3 } as const
  await sharp(photo.pixelsNhwc, { raw }).png().toFile(photoPath)
  scaledPhoto = scaledPictures(photo, smallModel.cropPx)
  expected = await ourProbabilities(smallModel.spec)
})
afterAll(folder.remove)

/** Pillow rounds the resized picture to whole levels, twice; the graphs do not round. */
const outside = 5e-3
const inside = 2e-5

const python: Partial<Record<ExportFormat, { modules: string[]; tolerance: number }>> = {
  onnx: { modules: ['onnxruntime', 'PIL'], tolerance: inside },
  savedmodel: { modules: ['tensorflow'], tolerance: inside },
  safetensors: { modules: ['timm', 'safetensors', 'PIL'], tolerance: outside },
  npz: { modules: ['timm', 'PIL'], tolerance: outside },
}

describe.each(exportFormats)('the README of %s', (format) => {
  let exported = ''
  beforeAll(async () => {
    exported = (await exportSmall(folder.path, format, engine)).folder
  })

  it('has a JavaScript program that works', async () => {
    writeFileSync(join(exported, 'example.mjs'), codeIn(exported, 'js'))
    const stdout = await run(process.execPath, ['--no-deprecation', 'example.mjs', photoPath], exported)
    if (format === 'safetensors' || format === 'npz') {
      const count = parameterCount(smallModel.spec, smallModel.classCount)
      expect(stdout).toContain(`${String(count)} parameters`)
    } else expectTop5(stdout, inside)
  })

  const example = python[format]
  const found = example === undefined ? null : pythonWith(example.modules)
  it.skipIf(example === undefined || found === null)(
    `has a Python program that works${found === null ? ` (needs BITW_TEST_PYTHON with ${example?.modules.join(', ') ?? 'nothing: it has none'})` : ''}`,
    async () => {
      writeFileSync(join(exported, 'example.py'), codeIn(exported, 'python'))
      expectTop5(await run(found ?? '', ['example.py', photoPath], exported), example?.tolerance ?? 0)
    },
  )
})

describe('a README', () => {
  const found = pythonWith(['timm', 'safetensors', 'PIL'])
  it.skipIf(found === null)('builds the layers that the model has instead of BiT’s', async () => {
    const other = exportFolder()
    const spec: ModelSpec = { ...smallModel.spec, norm: 'batch', convolution: 'plain' }
    const exported = await exportSmall(other.path, 'safetensors', engine, { model: { ...smallModel, spec } })
    writeFileSync(join(exported.folder, 'example.py'), codeIn(exported.folder, 'python'))
    const stdout = await run(found ?? '', ['example.py', photoPath], exported.folder)
    expectTop5(stdout, outside, await ourProbabilities(spec))
    other.remove()
  })

  const numpy = pythonWith(['numpy'])
  it.skipIf(numpy === null)('reads the arrays where timm has no name for them', async () => {
    const other = exportFolder()
    const spec: ModelSpec = { ...smallModel.spec, norm: 'batch' }
    const exported = await exportSmall(other.path, 'npz', engine, { model: { ...smallModel, spec } })
    writeFileSync(join(exported.folder, 'example.py'), codeIn(exported.folder, 'python'))
    const stdout = await run(numpy ?? '', ['example.py'], exported.folder)
    expect(stdout).toContain('resnet/block1/unit01/a/batch_norm/moving_mean (32,)')
    other.remove()
  })

  it('numbers the classes where their names are not known', async () => {
    const other = exportFolder()
    const model = { ...smallModel, classNames: null }
    const exported = await exportSmall(other.path, 'onnx', engine, { model })
    writeFileSync(join(exported.folder, 'example.mjs'), codeIn(exported.folder, 'js'))
    const stdout = await run(process.execPath, ['example.mjs', photoPath], exported.folder)
    expect(stdout).toMatch(/^0\.\d{5} class \d$/m)
    expect(exported.files).not.toContain('labels.txt')
    other.remove()
  })
})

async function ourProbabilities(spec: ModelSpec): Promise<Float32Array> {
  const side = openOurSide(formulaWeights(spec, smallModel.classCount), spec)
  const logits = await side.predict(scaledPhoto, 1)
  side.close()
  return probabilitiesOf(logits, 'softmax')
}

function codeIn(exported: string, language: 'js' | 'python'): string {
  const text = readFileSync(join(exported, 'README.md'), 'utf8')
  const [, code] = new RegExp(`\`\`\`${language}\\n(.*?)\\n\`\`\``, 's').exec(text) ?? []
  if (code === undefined) throw new Error(`The README has no ${language}.`)
  return `${code}\n`
}

async function run(program: string, words: readonly string[], cwd: string): Promise<string> {
  const env = { ...trainerEnvironment(process.env), PYTHONIOENCODING: 'utf8' }
  const { stdout } = await promisify(execFile)(program, words, { cwd, env, timeout: 100_000 })
  return stdout
}

/** Five lines: probability, name; most probable first; each as our side has it. */
function expectTop5(stdout: string, tolerance: number, probabilities = expected): void {
  const names = smallModel.classNames ?? []
  const lines = [...stdout.matchAll(/^(\d\.\d{5}) (.+?)\r?$/gm)]
  const order = [...probabilities.keys()].sort((a, b) => (probabilities[b] ?? 0) - (probabilities[a] ?? 0))
  expect(lines.map(([, , name]) => name)).toEqual(order.map((index) => names[index]))
  for (const [, probability, name] of lines) {
    const ours = probabilities[names.indexOf(name ?? '')] ?? NaN
    expect(Math.abs(Number(probability) - ours)).toBeLessThan(tolerance)
  }
}
