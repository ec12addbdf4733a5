import { join } from 'node:path'
import * as tf from '@tensorflow/tfjs-core'
import type { ModelSpec } from '../../../../contract/entities/model'
import type { LossName } from '../../../../contract/entities/run'
import { cpuName } from '../../../engine/machine'
import { readWeights } from '../../../weights/read'
import { probabilitiesOf } from '../distribution'
import { openOurSide } from '../our-side'
import { scaledImages } from '../reference-resize'
import { weightsHash } from '../weights-hash'
import type { Runtime } from './runtime'

/** The file as the workbench reads it, on the engine in use. `sha256` is of what was read. */
export async function openWeightFile(
  folder: string,
  fileName: string,
  model: {
    readonly spec: ModelSpec
    readonly classCount: number
    readonly cropPx: number
    readonly loss: LossName
  },
): Promise<Runtime & { readonly sha256: string }> {
  const weights = await readWeights(join(folder, fileName))
  const sha256 = weightsHash(weights, model.spec, model.classCount)
  const side = openOurSide(weights, model.spec)
  return {
    sha256,
    name: 'BiT Workbench, from the file read back, tfjs-core',
    version: tf.version_core,
    device: `${cpuName()}, backend ${tf.getBackend()}`,
    async run(images) {
      const logits = await side.predict(scaledImages(images, model.cropPx), images.count)
      const probabilities = new Float32Array(logits.length)
      for (let start = 0; start < logits.length; start += model.classCount) {
        const row = logits.subarray(start, start + model.classCount)
        probabilities.set(probabilitiesOf(row, model.loss), start)
      }
      return { logits, probabilities, resized: null }
    },
    close() {
      side.close()
      return Promise.resolve()
    },
  }
}
