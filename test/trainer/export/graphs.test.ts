/** What the graphs' files say, and what is done with models that a file cannot hold. */
import { mkdirSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { foldedWeights } from '../../../src/main/trainer/export/folded-weights'
import { goldenImages } from '../../../src/main/trainer/export/golden-images'
import { writeNetwork, type Network } from '../../../src/main/trainer/export/network'
import { writeOnnx } from '../../../src/main/trainer/export/onnx/file'
import { OnnxWriter } from '../../../src/main/trainer/export/onnx/writer'
import { ModelProto } from '../../../src/main/trainer/export/onnx/schema'
import { openOnnx } from '../../../src/main/trainer/export/runtimes/onnx'
import { writeSavedModel } from '../../../src/main/trainer/export/tensorflow/saved-model-file'
import { TensorflowWriter } from '../../../src/main/trainer/export/tensorflow/writer'
import { formulaWeights } from '../support/formula'
import { exportFolder, smallModel } from '../support/small-export'

const folder = exportFolder()
afterAll(folder.remove)

const weights = formulaWeights(smallModel.spec, smallModel.classCount)
const folded = foldedWeights(weights, smallModel.spec)
const network: Network = { ...smallModel, ...folded }

function newFolder(name: string): string {
  const path = join(folder.path, name)
  mkdirSync(path)
  return path
}

function onnxGraph(given: Network = network) {
  const graph = new OnnxWriter()
  writeNetwork(graph, given)
  return graph.graph()
}

const metadata = {
  producerVersion: '1.2.3',
  description: 'What it is.',
  properties: { 'bitw.name': 'small' },
}

describe('a kernel', () => {
  it('is folded to mean 0 and variance 1 of each output channel', () => {
    const { data, shape } = folded.kernel('resnet/block2/unit01/b')
    const outputs = shape.at(-1) ?? 0
    const values = data()
    const column = values.filter((_, place) => place % outputs === outputs - 1)
    const mean = column.reduce((sum, value) => sum + value, 0) / column.length
    const variance = column.reduce((sum, value) => sum + (value - mean) ** 2, 0) / column.length
    expect(mean).toBeCloseTo(0, 6)
    expect(variance).toBeCloseTo(1, 5)
  })

  it('of the head stays as it is', () => {
    const name = 'resnet/head/conv2d/kernel'
    expect(folded.parameter(name).data()).toEqual(weights.get(name)?.data)
  })
})

describe('ONNX', () => {
  it('keeps what it is in the file', async () => {
    const path = newFolder('facts')
    await writeOnnx(path, onnxGraph(), metadata)
    const model = ModelProto.decode(readFileSync(join(path, 'model.onnx'))).toJSON()
    expect(model).toMatchObject({
      producerName: 'BiT Workbench',
      producerVersion: '1.2.3',
      docString: 'What it is.',
      metadataProps: [{ key: 'bitw.name', value: 'small' }],
    })
  })

  it('keeps large weights in a file of their own, which gives the same numbers', async () => {
    const [inline, external] = [newFolder('inline'), newFolder('external')]
    await writeOnnx(inline, onnxGraph(), metadata)
    await writeOnnx(external, onnxGraph(), metadata, 1000)
    expect(readdirSync(external).sort()).toEqual(['model.onnx', 'model.onnx.data'])
    expect(statSync(join(external, 'model.onnx')).size).toBeLessThan(
      statSync(join(inline, 'model.onnx')).size / 10,
    )
    const [first] = goldenImages(smallModel.cropPx)
    if (first === undefined) throw new Error('There is no golden image.')
    const results = []
    for (const path of [inline, external]) {
      const runtime = await openOnnx(path)
      results.push(await runtime.run(first))
      await runtime.close()
    }
    expect(results[1]).toEqual(results[0])
  })

  it('gives each class a probability of its own where the model was trained so', async () => {
    const path = newFolder('sigmoid')
    await writeOnnx(path, onnxGraph({ ...network, loss: 'sigmoid' }), metadata)
    const runtime = await openOnnx(path)
    const [first] = goldenImages(smallModel.cropPx)
    if (first === undefined) throw new Error('There is no golden image.')
    const { logits, probabilities } = await runtime.run(first)
    await runtime.close()
    logits.forEach((logit, index) => expect(probabilities[index]).toBeCloseTo(1 / (1 + Math.exp(-logit)), 6))
  })
})

describe('a SavedModel', () => {
  it('of more than a protobuf holds is refused, and the formats that can are named', async () => {
    const graph = new TensorflowWriter('DT_UINT8')
    writeNetwork(graph, network)
    const path = newFolder('too-large')
    const refused = writeSavedModel(path, graph.graph(), null, 1e6)
    await expect(refused).rejects.toMatchObject({
      code: 'unsupported',
      wayOut: expect.stringContaining('onnx') as unknown,
    })
    expect(readdirSync(path)).toEqual([])
  })
})
