/** The model through the workbench's engine: the side that an export is held to. */
import * as tf from '@tensorflow/tfjs-core'
import type { ModelSpec } from '../../../contract/entities/model'
import { forward, standardizeAll } from '../network/resnet-v2'
import type { WeightSet } from '../../weights/weight-set'

export interface OurSide {
  /** [count,px,px,3] in [−1, 1] → [count,K] logits. */
  predict(imagesNhwc: Float32Array, count: number): Promise<Float32Array>
  close(): void
}

/** On the engine that is loaded. `weights` must hold every parameter, and is emptied as they are taken over. */
export function openOurSide(weights: WeightSet, spec: ModelSpec): OurSide {
  const parameters = new Map<string, tf.Tensor>()
  for (const [name, { shape, data }] of weights) {
    const ready = tf.tidy(() => {
      const value: tf.Tensor = tf.tensor(data, [...shape], 'float32')
      return tf.clone(standardizeAll(new Map([[name, value]])).get(name) ?? value)
    })
    parameters.set(name, ready)
    weights.delete(name)
  }
  return {
    async predict(imagesNhwc, count) {
      const px = Math.round(Math.sqrt(imagesNhwc.length / (3 * count)))
      const logits = tf.tidy(() =>
        forward(parameters, tf.tensor4d(imagesNhwc, [count, px, px, 3], 'float32'), spec),
      )
      const data = Float32Array.from(await logits.data())
      logits.dispose()
      return data
    },
    close: () => tf.dispose([...parameters.values()]),
  }
}
