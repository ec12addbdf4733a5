import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import * as tf from '@tensorflow/tfjs-core'
import type * as tfjs from '@tensorflow/tfjs'
import { importPackage } from '../../engines/import-package'
import { cpuName } from '../../../engine/machine'
import type { OutputName } from '../network'
import { inputName } from '../network'
import { tfjsFileName } from '../tensorflow/tfjs-files'
import type { Runtime } from './runtime'

/** Above this the WebAssembly backend's memory may not suffice: then the engine in use computes. */
const largestWasmBytes = 800e6

/** TensorFlow.js, loading the files as a browser does, on its WebAssembly backend. It is tfjs-core's backend until it is closed. */
export async function openTfjs(folder: string): Promise<Runtime> {
  const { loadGraphModel, version } = await importPackage<typeof tfjs>('@tensorflow/tfjs')
  const artifacts = await readArtifacts(folder)
  const before = tf.getBackend()
  if (artifacts.weightData.byteLength <= largestWasmBytes && before !== 'wasm') {
    await importPackage('@tensorflow/tfjs-backend-wasm')
    if (!(await tf.setBackend('wasm'))) throw new Error('The WebAssembly backend did not start.')
  }
  const model = await loadGraphModel(tf.io.fromMemory(artifacts))
  return {
    name: 'TensorFlow.js (loadGraphModel)',
    version: version.tfjs,
    device: `${cpuName()}, backend ${tf.getBackend()}`,
    async run({ count, heightPx, widthPx, pixelsNhwc }) {
      const names: OutputName[] = ['logits', 'probabilities', 'resized']
      const outputs = tf.tidy(() => {
        const images = tf.tensor4d(Int32Array.from(pixelsNhwc), [count, heightPx, widthPx, 3], 'int32')
        return model.execute({ [inputName]: images }, names) as tf.Tensor[]
      })
      const [logits, probabilities, resized] = await Promise.all(
        outputs.map(async (tensor) => Float32Array.from(await tensor.data())),
      )
      tf.dispose(outputs)
      if (logits === undefined || probabilities === undefined || resized === undefined)
        throw new Error('TensorFlow.js gives no outputs.')
      return { logits, probabilities, resized }
    },
    async close() {
      model.dispose()
      await tf.setBackend(before)
    },
  }
}

interface ModelFile {
  readonly modelTopology: object
  readonly weightsManifest: readonly [{ paths: string[]; weights: tf.io.WeightsManifestEntry[] }]
}

async function readArtifacts(folder: string) {
  const { weightsManifest, ...rest } = JSON.parse(
    await readFile(join(folder, tfjsFileName), 'utf8'),
  ) as ModelFile
  const [{ paths, weights }] = weightsManifest
  const sizes = await Promise.all(paths.map(async (path) => (await stat(join(folder, path))).size))
  // one copy, shard after shard: a large model is there a second time on the backend
  const all = new Uint8Array(sizes.reduce((sum, size) => sum + size, 0))
  let offset = 0
  for (const path of paths) {
    const shard = await readFile(join(folder, path))
    all.set(shard, offset)
    offset += shard.length
  }
  return { ...rest, weightSpecs: weights, weightData: all.buffer }
}
