import { open, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { elementCount } from '../../../../domain/model/spec'
import type { Initializer, OnnxGraph, OnnxPort } from './nodes'
import { irVersion, opset } from './nodes'
import { ModelProto } from './schema'

export const onnxFileName = 'model.onnx'
const onnxDataName = 'model.onnx.data'

/** One protobuf cannot pass 2 GiB; the structure takes the rest. */
const largestInlineBytes = 2 ** 31 - 2 ** 24
/** Smaller tables stay in the file itself: tools that infer shapes look at them. */
const leastExternalBytes = 1024

export interface OnnxMetadata {
  readonly producerVersion: string
  readonly description: string
  readonly properties: Readonly<Record<string, string>>
}

/** Writes model.onnx into the folder and, where the parameters pass 2 GiB, model.onnx.data beside it. `inlineLimit` is for tests. */
export async function writeOnnx(
  folder: string,
  graph: OnnxGraph,
  metadata: OnnxMetadata,
  inlineLimit = largestInlineBytes,
): Promise<void> {
  const total = graph.initializers.reduce((sum, one) => sum + byteCountOf(one), 0)
  const initializer =
    total > inlineLimit ? await externalTensors(folder, graph) : graph.initializers.map(inlineTensor)
  const model = ModelProto.create({
    irVersion,
    producerName: 'BiT Workbench',
    producerVersion: metadata.producerVersion,
    docString: metadata.description,
    opsetImport: [{ domain: '', version: opset }],
    metadataProps: Object.entries(metadata.properties).map(([key, value]) => ({ key, value })),
    graph: {
      name: 'BiT',
      node: graph.nodes,
      initializer,
      input: [valueInfo(graph.input)],
      output: graph.outputs.map(valueInfo),
    },
  })
  await writeFile(join(folder, onnxFileName), ModelProto.encode(model).finish())
}

function inlineTensor(initializer: Initializer): object {
  return { ...tensorHead(initializer), rawData: bytesOf(initializer) }
}

async function externalTensors(folder: string, { initializers }: OnnxGraph): Promise<object[]> {
  const tensors: object[] = []
  const file = await open(join(folder, onnxDataName), 'wx')
  try {
    let offset = 0
    for (const initializer of initializers) {
      if (byteCountOf(initializer) < leastExternalBytes) {
        tensors.push(inlineTensor(initializer))
        continue
      }
      const bytes = bytesOf(initializer)
      await file.writeFile(bytes)
      const place = { location: onnxDataName, offset: String(offset), length: String(bytes.length) }
      const externalData = Object.entries(place).map(([key, value]) => ({ key, value }))
      tensors.push({ ...tensorHead(initializer), externalData, dataLocation: 1 })
      offset += bytes.length
    }
    await file.sync()
  } finally {
    await file.close()
  }
  return tensors
}

function tensorHead({ name, type, shape }: Initializer): object {
  return { name, dataType: type, dims: shape }
}

function bytesOf(initializer: Initializer): Uint8Array {
  const { buffer, byteOffset, byteLength } = initializer.data()
  return new Uint8Array(buffer, byteOffset, byteLength)
}

function byteCountOf({ type, shape }: Initializer): number {
  return elementCount(shape) * (type === 7 ? 8 : 4)
}

function valueInfo({ name, type, shape }: OnnxPort): object {
  const dim = shape.map((size) => (typeof size === 'number' ? { dimValue: size } : { dimParam: size }))
  return { name, type: { tensorType: { elemType: type, shape: { dim } } } }
}
