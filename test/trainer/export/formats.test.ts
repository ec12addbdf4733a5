/** Each format written, opened by its own runtime and held to the model; a wrong number anywhere keeps it from being an export. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { certificateSchema, exportFormats, type ExportFormat } from '../../../src/contract/entities/export'
import type { EngineReport, ModelSpec } from '../../../src/contract/entities/model'
import { loadEngine } from '../../../src/main/trainer/engines/load'
import { foldedWeights } from '../../../src/main/trainer/export/folded-weights'
import { ModelProto } from '../../../src/main/trainer/export/onnx/schema'
import { SavedModel } from '../../../src/main/trainer/export/tensorflow/saved-model-schema'
import { inspectWeights } from '../../../src/main/weights/inspect'
import { modelName } from '../../../src/domain/model/spec'
import { writeNpz } from '../../../src/main/weights/npz'
import { readWeights } from '../../../src/main/weights/read'
import { writeSafetensors } from '../../../src/main/weights/safetensors'
import { formulaWeights } from '../support/formula'
import { exportFolder, exportSmall, smallModel } from '../support/small-export'

const folder = exportFolder()
let engine: EngineReport
beforeAll(async () => {
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2'
  engine = await loadEngine('tensorflow')
})
afterAll(folder.remove)

const files: Record<ExportFormat, string> = {
  onnx: 'model.onnx',
  savedmodel: 'saved_model.pb',
  tfjs: 'model.json',
  safetensors: 'model.safetensors',
  npz: 'model.npz',
}
const graphs: readonly ExportFormat[] = ['onnx', 'savedmodel', 'tfjs']

describe.each(exportFormats)('%s', (format) => {
  it('gives the results of the model in its own runtime, and says so', async () => {
    const exported = await exportSmall(folder.path, format, engine)
    const { certificate } = exported
    expect(exported.files).toEqual(
      expect.arrayContaining([
        files[format],
        'README.md',
        'labels.txt',
        'preprocessing.json',
        'certificate.json',
      ]),
    )
    const kept: unknown = JSON.parse(readFileSync(join(exported.folder, 'certificate.json'), 'utf8'))
    expect(certificateSchema.parse(kept)).toEqual(certificate)
    expect(certificate).toMatchObject({
      format,
      agrees: true,
      argMaxAgrees: true,
      createdAt: '1970-01-01T00:00:00.000Z',
    })
    expect(certificate.logits.absolute).toBeLessThan(2e-5)
    expect(certificate.probabilities.absolute).toBeLessThan(2e-5)
    // the logits are not all alike, or their agreement would mean nothing
    const [first, ...rest] = certificate.images.map(({ logits }) => logits)
    expect(first).toHaveLength(smallModel.classCount)
    expect(rest.every((logits) => JSON.stringify(logits) !== JSON.stringify(first))).toBe(true)
    const sizes = certificate.images.map(({ widthPx, heightPx }) => [widthPx, heightPx])
    expect(sizes).toContainEqual([40, 40])
    expect(sizes).toContainEqual([5, 3])
    expect(certificate.bitExact).toBe(graphs.includes(format) ? null : true)
    if (graphs.includes(format)) expect(certificate.resize?.greatestLevels).toBeLessThan(1e-3)
    else expect(certificate.resize).toBeNull()
    const { photos, meanLevels, probabilities } = certificate.decoder
    // from enlarged to taken from an eighth of the DCT
    expect(photos.length).toBeGreaterThanOrEqual(9)
    expect(Math.min(...photos.map((photo) => photo.heightPx))).toBeLessThan(40)
    expect(Math.max(...photos.map((photo) => photo.heightPx))).toBeGreaterThan(40 * 16)
    expect(photos.map((photo) => photo.argMaxAgrees)).not.toContain(false)
    // rounding alone is a quarter of a level; whatever the DCT leaves out adds to it
    expect(meanLevels.median).toBeGreaterThan(0.2)
    expect(meanLevels.worst).toBeLessThan(0.6)
    expect(meanLevels.worst).toBe(Math.max(...photos.map((photo) => photo.meanLevels)))
    expect(probabilities.worst).toBe(Math.max(...photos.map((photo) => photo.probabilities)))
    expect(probabilities.median).toBeLessThanOrEqual(probabilities.worst)
    expect(certificate.files.map(({ path }) => path)).toContain(files[format])
    if (format !== 'npz') expect(await namesInside(exported.folder, format)).toEqual(smallModel.classNames)
    expect(exported.phases).toContain('Comparing the results')
  })

  it('is no export when one number of a kernel is another', async () => {
    const other = exportFolder()
    try {
      const spoilt = exportSmall(other.path, format, engine, {
        written: (written) => spoilKernel(written, format),
      })
      await expect(spoilt).rejects.toMatchObject({ code: 'export-differs' })
      await expect(spoilt).rejects.toThrow(/do not give the model’s results/)
    } finally {
      other.remove()
    }
  })
})

describe('BatchNorm and plain convolutions', () => {
  const spec: ModelSpec = { ...smallModel.spec, norm: 'batch', convolution: 'plain' }
  const model = { ...smallModel, spec, architecture: modelName(spec) }
  it.each(exportFormats)('are exported as %s too', async (format) => {
    const other = exportFolder()
    const { certificate } = await exportSmall(other.path, format, engine, { model })
    expect(certificate).toMatchObject({ agrees: true, argMaxAgrees: true })
    expect(certificate.logits.relative).toBeLessThan(2e-5)
    other.remove()
  })
})

describe('weights', () => {
  it.each(['npz', 'safetensors'] as const)('come back from %s bit for bit', async (format) => {
    const read = await readWeights(join(folder.path, format, files[format]))
    const made = formulaWeights(smallModel.spec, smallModel.classCount)
    expect(new Set(read.keys())).toEqual(new Set(made.keys()))
    for (const [name, { shape, data }] of made) expect(read.get(name)).toEqual({ shape, data })
  })
})

/** The class names, from where each format has room for them. */
async function namesInside(written: string, format: Exclude<ExportFormat, 'npz'>): Promise<unknown> {
  const path = join(written, files[format])
  const key = 'bitw.classNames'
  switch (format) {
    case 'onnx': {
      const { metadataProps } = ModelProto.decode(readFileSync(path)).toJSON() as {
        metadataProps: { key: string; value: string }[]
      }
      return JSON.parse(metadataProps.find((property) => property.key === key)?.value ?? 'null')
    }
    case 'savedmodel': {
      const { metaGraphs } = SavedModel.decode(readFileSync(path)).toJSON() as {
        metaGraphs: [
          { graphDef: { node: { name: string; attr: { value: { tensor: { stringVal: string[] } } } }[] } },
        ]
      }
      const node = metaGraphs[0].graphDef.node.find(({ name }) => name === 'class_names')
      return node?.attr.value.tensor.stringVal.map((text) => Buffer.from(text, 'base64').toString('utf8'))
    }
    case 'tfjs': {
      const { userDefinedMetadata } = JSON.parse(readFileSync(path, 'utf8')) as {
        userDefinedMetadata: Record<string, string>
      }
      return JSON.parse(userDefinedMetadata[key] ?? 'null')
    }
    case 'safetensors':
      return JSON.parse((await inspectWeights(path)).metadata[key] ?? 'null')
  }
}

/** Another first number of a kernel of the last unit, wherever the format has it; in the weights' own files by one bit. */
async function spoilKernel(written: string, format: ExportFormat): Promise<void> {
  const name = 'resnet/block4/unit01/b/standardized_conv2d/kernel'
  const weights = formulaWeights(smallModel.spec, smallModel.classCount)
  if (format === 'npz' || format === 'safetensors') {
    const data = weights.get(name)?.data ?? new Float32Array(0)
    new Uint8Array(data.buffer).subarray(0, 1).set([(new Uint8Array(data.buffer)[0] ?? 0) ^ 1])
    return (format === 'npz' ? writeNpz : writeSafetensors)(weights, join(written, files[format]))
  }
  const number = foldedWeights(weights, smallModel.spec).kernel('resnet/block4/unit01/b').data()[0] ?? NaN
  const wanted = Buffer.alloc(4)
  wanted.writeFloatLE(number)
  const path = join(written, format === 'tfjs' ? shardWith(written, wanted) : files[format])
  const bytes = readFileSync(path)
  bytes.writeFloatLE(number + 3, bytes.indexOf(wanted))
  writeFileSync(path, bytes)
}

function shardWith(written: string, wanted: Buffer): string {
  const { weightsManifest } = JSON.parse(readFileSync(join(written, 'model.json'), 'utf8')) as {
    weightsManifest: [{ paths: string[] }]
  }
  const found = weightsManifest[0].paths.find((path) => readFileSync(join(written, path)).includes(wanted))
  return found ?? ''
}
