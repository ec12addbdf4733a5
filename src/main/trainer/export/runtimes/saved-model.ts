import * as tf from '@tensorflow/tfjs-core'
import { WorkbenchError } from '../../../../contract/errors'
import { importPackage } from '../../engines/import-package'
import { cpuName } from '../../../engine/machine'
import type { OutputName } from '../network'
import { inputName } from '../network'
import type { Runtime } from './runtime'

/** What of the package is used; its own types name another tfjs-core. */
interface NodePackage {
  readonly node: {
    loadSavedModel(path: string, tags: string[], signature: string): Promise<LoadedModel>
  }
}

interface LoadedModel {
  predict(inputs: Record<string, tf.Tensor>): Record<string, tf.Tensor>
  dispose(): void
}

/** Native TensorFlow's own loading of SavedModels, in C++, through tfjs-node. Throws 'engine-missing' where TensorFlow is not in use. */
export async function openSavedModel(folder: string): Promise<Runtime> {
  if (tf.getBackend() !== 'tensorflow') {
    throw new WorkbenchError(
      'engine-missing',
      'Only native TensorFlow can check a SavedModel, and it does not work on this machine. An export that cannot be checked is not written.',
      'Run "npm run setup" for native TensorFlow, or export as onnx or tfjs.',
    )
  }
  const { node } = await importPackage<NodePackage>('@tensorflow/tfjs-node-gpu')
  const model = await node.loadSavedModel(folder, ['serve'], 'serving_default')
  const { binding } = tf.backend() as unknown as { binding: { TF_Version: string } }
  return {
    name: 'TensorFlow (TF_LoadSessionFromSavedModel)',
    version: binding.TF_Version,
    device: cpuName(),
    async run({ count, heightPx, widthPx, pixelsNhwc }) {
      const outputs = tf.tidy(() => {
        const images = tf.tensor4d(Int32Array.from(pixelsNhwc), [count, heightPx, widthPx, 3], 'int32')
        return model.predict({ [inputName]: images })
      })
      const of = async (name: OutputName): Promise<Float32Array> => {
        const tensor = outputs[name]
        if (tensor === undefined) throw new Error(`TensorFlow gives no ${name}.`)
        return Float32Array.from(await tensor.data())
      }
      const found = {
        logits: await of('logits'),
        probabilities: await of('probabilities'),
        resized: await of('resized'),
      }
      tf.dispose(outputs)
      return found
    },
    close() {
      model.dispose()
      return Promise.resolve()
    },
  }
}
