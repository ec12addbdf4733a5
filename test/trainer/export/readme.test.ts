/** The examples in the README of each export, run as they stand there, on a photo. */
import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import sharp from 'sharp'
import { exportFormats, type ExportFormat } from '../../../src/contract/entities/export'
import type { EngineReport, ModelSpec } from '../../../src/contract/entities/model'
import { decodeImage } from '../../../src/main/images/decode'
import { trainerEnvironment } from '../../../src/main/engine/environment'
import { loadEngine } from '../../../src/main/trainer/engines/load'
import { probabilitiesOf } from '../../../src/main/trainer/export/distribution'
import { goldenImages } from '../../../src/main/trainer/export/golden-images'
import { openOurSide } from '../../../src/main/trainer/export/our-side'
import { scaledImages } from '../../../src/main/trainer/export/reference-resize'
import { parameterCount } from '../../../src/domain/model/spec'
import { formulaWeights } from '../support/formula'
import { exportFolder, exportSmall, smallModel } from '../support/small-export'
import { pythonWith } from '../support/python'

const folder = exportFolder()
const photoPath = join(folder.path, 'photo.png')
/** Of our side, on the photo. */
let expected: Float32Array
/** Photos whose colours, bits or turns a decoder must see to, with what our side gives for what the workbench decodes. */
const special: { name: string; path: string; expected: Float32Array }[] = []
let engine: EngineReport

beforeAll(async () => {
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2'
  engine = await loadEngine('tensorflow')
  const photo = goldenImages(smallModel.cropPx)[1]
  if (photo === undefined) throw new Error('There is no golden image.')
  const raw = { width: photo.widthPx, height: photo.heightPx, channels: 3 } as const
  const drawn = (): ReturnType<typeof sharp> => sharp(photo.pixelsNhwc, { raw })
  await drawn().png().toFile(photoPath)
  expected = await ourProbabilities(smallModel.spec)
  const files = {
    'CMYK without a profile': resolve('test/fixtures/cmyk-pillow.jpg'),
    'CMYK with a profile': drawn().toColourspace('cmyk').withIccProfile('cmyk').jpeg(),
    'Display P3': drawn().withIccProfile('p3').jpeg({ quality: 95 }),
    'turned, Display P3': drawn().withIccProfile('p3').withMetadata({ icc: 'p3', orientation: 6 }).jpeg(),
    'half transparent, Display P3': drawn().ensureAlpha(0.5).withIccProfile('p3').png(),
    'grey of 16 bits': drawn().toColourspace('grey16').png(),
  }
  for (const [name, file] of Object.entries(files)) {
    const path = typeof file === 'string' ? file : join(folder.path, `${name}.image`)
    if (typeof file !== 'string') writeFileSync(path, await file.toBuffer())
    special.push({ name, path, expected: await ourProbabilities(smallModel.spec, path) })
  }
})
afterAll(folder.remove)

/** Pillow rounds the resized image to whole levels, twice; the graphs do not round. */
const outside = 8e-3
const inside = 2e-5
/** Some levels of the converted colours are rounded the other way. Without the conversion: see the test of the CMYK profile. */
const otherColours = 1e-3
/** Pillow and libvips round what they lay over white in ways of their own: all levels of half a photo may differ by 1. */
const blended = 5e-3

const python: Partial<Record<ExportFormat, { modules: string[]; tolerance: number }>> = {
  onnx: { modules: ['onnxruntime', 'PIL'], tolerance: inside },
  savedmodel: { modules: ['tensorflow'], tolerance: inside },
  safetensors: { modules: ['timm', 'safetensors', 'PIL'], tolerance: outside },
  npz: { modules: ['timm', 'PIL'], tolerance: outside },
}

/** All of them for one format, whose runtime starts fast: decoding is alike in all. */
function specialFor(format: ExportFormat): typeof special {
  return format === 'onnx' ? special : special.filter(({ name }) => name === 'CMYK without a profile')
}

describe.each(exportFormats)('the README of %s', (format) => {
  let exported = ''
  beforeAll(async () => {
    exported = (await exportSmall(folder.path, format, engine)).folder
  })

  it('has a JavaScript program that works, whatever the colours of the photo', async () => {
    writeFileSync(join(exported, 'example.mjs'), codeIn(exported, 'js'))
    const stdout = await run(process.execPath, ['--no-deprecation', 'example.mjs', photoPath], exported)
    if (format === 'safetensors' || format === 'npz') {
      const count = parameterCount(smallModel.spec, smallModel.classCount)
      expect(stdout).toContain(`${String(count)} parameters`)
      return
    }
    expectTop5(stdout, inside)
    for (const photo of specialFor(format)) {
      const words = ['--no-deprecation', 'example.mjs', photo.path]
      expectTop5(await run(process.execPath, words, exported), inside, photo.expected, photo.name)
    }
  })

  const example = python[format]
  const found = example === undefined ? null : pythonWith(example.modules)
  it.skipIf(example === undefined || found === null)(
    `has a Python program that works, whatever the colours of the photo${found === null ? ` (needs BITW_TEST_PYTHON with ${example?.modules.join(', ') ?? 'nothing: it has none'})` : ''}`,
    async () => {
      writeFileSync(join(exported, 'example.py'), codeIn(exported, 'python'))
      const tolerance = example?.tolerance ?? 0
      expectTop5(await run(found ?? '', ['example.py', photoPath], exported), tolerance)
      for (const photo of specialFor(format)) {
        const stdout = await run(found ?? '', ['example.py', photo.path], exported)
        const allowed = photo.name.includes('transparent') ? blended : otherColours
        expectTop5(stdout, Math.max(tolerance, allowed), photo.expected, photo.name)
      }
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

  const onnx = pythonWith(['onnxruntime', 'PIL'])
  it.skipIf(onnx === null)('needs the CMYK profile beside it for CMYK that brings none', async () => {
    const other = exportFolder()
    const exported = await exportSmall(other.path, 'onnx', engine)
    expect(exported.files).toContain('cmyk.icc')
    expect(exported.certificate.files.map(({ path }) => path)).toContain('cmyk.icc')
    const naive = codeIn(exported.folder, 'python').replace('if profile is not None:', 'if False:')
    writeFileSync(join(exported.folder, 'example.py'), naive)
    const [photo] = special
    const stdout = await run(onnx ?? '', ['example.py', photo?.path ?? ''], exported.folder)
    expect(() => expectTop5(stdout, 5 * otherColours, photo?.expected)).toThrow()
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

/** For the whole image as the workbench decodes it, resized without rounding. */
async function ourProbabilities(spec: ModelSpec, path = photoPath): Promise<Float32Array> {
  const { pixels, widthPx, heightPx } = await decodeImage(path, 10_000)
  const scaled = scaledImages({ count: 1, widthPx, heightPx, pixelsNhwc: pixels }, smallModel.cropPx)
  const side = openOurSide(formulaWeights(spec, smallModel.classCount), spec)
  const logits = await side.predict(scaled, 1)
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
function expectTop5(stdout: string, tolerance: number, probabilities = expected, photo = 'the photo'): void {
  const names = smallModel.classNames ?? []
  const lines = [...stdout.matchAll(/^(\d\.\d{5}) (.+?)\r?$/gm)]
  const order = [...probabilities.keys()].sort((a, b) => (probabilities[b] ?? 0) - (probabilities[a] ?? 0))
  expect(
    lines.map(([, , name]) => name),
    photo,
  ).toEqual(order.map((index) => names[index]))
  for (const [, probability, name] of lines) {
    const ours = probabilities[names.indexOf(name ?? '')] ?? NaN
    expect(Math.abs(Number(probability) - ours), photo).toBeLessThan(tolerance)
  }
}
