import { join } from 'node:path'
import type * as onnxRuntime from 'onnxruntime-node'
import { importPackage } from '../../engines/import-package'
import { cpuName } from '../../../engine/machine'
import type { OutputName } from '../network'
import { inputName } from '../network'
import { onnxFileName } from '../onnx/file'
import type { Runtime } from './runtime'

/** ONNX Runtime on the processor. */
export async function openOnnx(folder: string): Promise<Runtime> {
  const { InferenceSession, Tensor, env } = await importPackage<typeof onnxRuntime>('onnxruntime-node')
  const session = await InferenceSession.create(join(folder, onnxFileName), { executionProviders: ['cpu'] })
  return {
    name: 'ONNX Runtime (onnxruntime-node)',
    version: env.versions.node ?? env.versions.common,
    device: cpuName(),
    async run({ count, heightPx, widthPx, pixelsNhwc }) {
      const images = new Tensor('uint8', pixelsNhwc, [count, heightPx, widthPx, 3])
      const outputs = await session.run({ [inputName]: images })
      const of = (name: OutputName): Float32Array => {
        const data = outputs[name]?.data
        if (!(data instanceof Float32Array)) throw new Error(`ONNX Runtime gives no ${name}.`)
        return data
      }
      return { logits: of('logits'), probabilities: of('probabilities'), resized: of('resized') }
    },
    close: () => session.release(),
  }
}
