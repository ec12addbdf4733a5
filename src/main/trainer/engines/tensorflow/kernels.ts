/** Our native kernels (src/native) under the names that the model asks for, for TensorFlow on the CPU. */
import * as tf from '@tensorflow/tfjs-core'
import type { KernelFunc } from '@tensorflow/tfjs-core'
import { kernelNames } from '../../network/kernels'
import { attributeType, dataType } from './graph-addon'
import type { Attribute } from './graph-addon'

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
  [kernelNames.standardize]: { op: 'BitwStandardize', inputs: ['w'], outputCount: 1 },
  [kernelNames.standardizeGrad]: { op: 'BitwStandardizeGrad', inputs: ['dy', 'w'], outputCount: 1 },
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
    const kernelFunc: KernelFunc = ({ inputs, backend, attrs }) => {
      const attributes: Attribute[] = [{ name: 'T', type: attributeType.type, value: dataType.float32 }]
      const epsilon = attrs?.['epsilon'] as number | undefined
      if (epsilon !== undefined)
        attributes.push({ name: 'epsilon', type: attributeType.float, value: epsilon })
      return (backend as NodeBackend).executeMultipleOutputs(
        op,
        attributes,
        names.map((name) => inputs[name]),
        outputCount,
      )
    }
    tf.registerKernel({ kernelName, backendName: 'tensorflow', kernelFunc })
  }
}

/** Whether ours are in use: on the CPU. */
export function hasTensorflowKernels(): boolean {
  return (tf.getKernel(kernelNames.standardize, 'tensorflow') as tf.KernelConfig | undefined) !== undefined
}
