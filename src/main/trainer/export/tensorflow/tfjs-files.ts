import { open, writeFile } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import type { TensorflowGraph, TensorflowPort } from './graph-def'
import { byteCountOf, dims } from './graph-def'

export const tfjsFileName = 'model.json'

/** As TensorFlow.js's own converter cuts them, so that browsers cache them. */
const shardBytes = 4 * 1024 * 1024

/** Writes model.json and the weights' shards into the folder. `metadata` becomes its userDefinedMetadata. */
export async function writeTfjs(
  folder: string,
  graph: TensorflowGraph,
  generatedBy: string,
  metadata: Readonly<Record<string, unknown>>,
): Promise<void> {
  const total = graph.constants.reduce((sum, constant) => sum + byteCountOf(constant), 0)
  const shardCount = Math.max(1, Math.ceil(total / shardBytes))
  const paths = Array.from(
    { length: shardCount },
    (_, index) => `group1-shard${String(index + 1)}of${String(shardCount)}.bin`,
  )
  await writeShards(folder, paths, graph)
  const model = {
    format: 'graph-model',
    generatedBy,
    convertedBy: null,
    signature: {
      inputs: { [graph.input.name]: tensorInfo(graph.input) },
      outputs: Object.fromEntries(graph.outputs.map((port) => [port.name, tensorInfo(port)])),
    },
    userDefinedMetadata: metadata,
    modelTopology: { node: graph.nodes, library: {}, versions: { producer: 1882 } },
    weightsManifest: [
      {
        paths,
        weights: graph.constants.map(({ name, type, shape }) => ({
          name,
          shape,
          dtype: type === 'DT_INT32' ? 'int32' : 'float32',
        })),
      },
    ],
  }
  await writeFile(join(folder, tfjsFileName), JSON.stringify(model))
}

async function writeShards(
  folder: string,
  paths: readonly string[],
  { constants }: TensorflowGraph,
): Promise<void> {
  let file: FileHandle | null = null
  let written = 0
  const next = async (): Promise<FileHandle> => {
    await file?.close()
    return (file = await open(join(folder, paths[written / shardBytes] ?? ''), 'wx'))
  }
  try {
    for (const constant of constants) {
      const { buffer, byteOffset, byteLength } = constant.data()
      for (let start = 0; start < byteLength;) {
        const handle: FileHandle = file === null || written % shardBytes === 0 ? await next() : file
        const length = Math.min(byteLength - start, shardBytes - (written % shardBytes))
        await handle.writeFile(new Uint8Array(buffer, byteOffset + start, length))
        start += length
        written += length
      }
    }
  } finally {
    await (file as FileHandle | null)?.close()
  }
}

function tensorInfo({ node, type, shape }: TensorflowPort): object {
  return { name: `${node}:0`, dtype: type, tensorShape: dims(shape) }
}
