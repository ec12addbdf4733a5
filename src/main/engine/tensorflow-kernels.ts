/** Our native kernels (src/native) under the names that the model asks for, for TensorFlow on the CPU. */
import * as tf from '@tensorflow/tfjs-core'
import type { KernelFunc } from '@tensorflow/tfjs-core'
import { kernelNames } from '../model/kernels'

/** The part of tfjs-node's backend that is used here. */
interface NodeBackend {
  executeMultipleOutputs(
    op: string,
    attributes: unknown[],
    inputs: unknown[],
    outputCount: number,
  ): tf.TensorInfo[]
}

/** By tfjs's name: TensorFlow's operation, its inputs in order, how many outputs. */
const operations: Readonly<Record<string, { op: string; inputs: readonly string[]; outputCount: number }>> = {
  [kernelNames.groupNormRelu]: { op: 'BitwGroupNorm', inputs: ['x', 'gamma', 'beta'], outputCount: 3 },
  [kernelNames.groupNormReluGrad]: {
    op: 'BitwGroupNormGrad',
    inputs: ['dy', 'x', 'gamma', 'beta', 'mean', 'inverse'],
    outputCount: 3,
  },
  [kernelNames.standardize]: { op: 'BitwStandardize', inputs: ['kernel'], outputCount: 1 },
  [kernelNames.standardizeGrad]: { op: 'BitwStandardizeGrad', inputs: ['dy', 'kernel'], outputCount: 1 },
  [kernelNames.momentum]: { op: 'BitwMomentum', inputs: ['w', 'v', 'g', 'momentum', 'rate'], outputCount: 2 },
  [kernelNames.standardizedMomentum]: {
    op: 'BitwStandardizedMomentum',
    inputs: ['w', 'v', 'g', 'momentum', 'rate', 'y'],
    outputCount: 3,
  },
}

/** The addon must have registered the operations. Twice does nothing. */
export function registerTensorflowKernels(): void {
  for (const [kernelName, { op, inputs: names, outputCount }] of Object.entries(operations)) {
    const present = tf.getKernel(kernelName, 'tensorflow') as tf.KernelConfig | undefined
    if (present !== undefined) continue
    const kernelFunc: KernelFunc = ({ inputs, backend }) => {
      const float = { name: 'T', type: 4 /* TF_ATTR_TYPE */, value: 1 /* TF_FLOAT */ }
      return (backend as NodeBackend).executeMultipleOutputs(
        op,
        [float],
        names.map((name) => inputs[name]),
        outputCount,
      )
    }
    tf.registerKernel({ kernelName, backendName: 'tensorflow', kernelFunc })
  }
}
