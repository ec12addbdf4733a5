import * as tf from '@tensorflow/tfjs-core'
import { attribute, replaceKernel } from './wasm-call'
import type { WasmCall } from './wasm-call'
import { registerWasmConvolution } from './wasm-convolution'
import { registerWasmNorm } from './wasm-norm'

/**
 * Gives the WASM backend (4.22.0) the kernels that training needs: the convolutions and the norms on all threads; LogSoftmax, which it
 * lacks; and a MaxPoolGrad that is right. The package must be loaded.
 */
export function registerWasmKernels(call: WasmCall): void {
  registerWasmConvolution(call)
  registerWasmNorm(call)
  replaceKernel('LogSoftmax', ({ inputs, attrs }) => {
    const logits = inputs['logits'] as tf.Tensor
    const axis = attribute<number>(attrs, 'axis')
    return tf.tidy(() => {
      const shifted = tf.sub(logits, tf.max(logits, axis, true))
      return tf.sub(shifted, tf.log(tf.sum(tf.exp(shifted), axis, true)))
    })
  })
  correctMaxPoolGradient()
}

/**
 * The package's kernel looks for the largest value of a window starting from 0, so a window of negative values sends its gradient
 * to the wrong place. The position of the maximum does not change when all values are shifted above 0 first.
 */
function correctMaxPoolGradient(): void {
  const original = tf.getKernel('MaxPoolGrad', 'wasm')
  replaceKernel('MaxPoolGrad', (call) => {
    const input = call.inputs['input'] as tf.Tensor
    const positive = tf.tidy(() => tf.add(tf.sub(input, tf.min(input)), 1))
    try {
      return original.kernelFunc({ ...call, inputs: { ...call.inputs, input: positive } })
    } finally {
      positive.dispose()
    }
  })
}
