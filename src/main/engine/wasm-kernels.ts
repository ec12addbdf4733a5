import * as tf from '@tensorflow/tfjs-core'
import type { KernelFunc, NamedAttrMap } from '@tensorflow/tfjs-core'
import { convFilterGradient, convInputGradient } from './conv-gradients'
import type { ConvInfo } from './conv-gradients'

const backendName = 'wasm'
let registered = false

/**
 * Gives the WASM backend (4.22.0) the kernels that training needs: Conv2DBackpropFilter and LogSoftmax, which it lacks; a faster
 * Conv2DBackpropInput; and a MaxPoolGrad that is right. The package must be loaded. Twice does nothing.
 */
export function registerWasmKernels(): void {
  if (registered) return
  registered = true
  replaceKernel('Conv2DBackpropFilter', ({ inputs, attrs }) => {
    const { x, dy } = inputs as { x: tf.Tensor4D; dy: tf.Tensor4D }
    const filterShape = attribute<[number, number, number, number]>(attrs, 'filterShape')
    return tf.tidy(() => convFilterGradient(x, dy, convInfo(x.shape, filterShape, attrs)))
  })
  replaceKernel('Conv2DBackpropInput', ({ inputs, attrs }) => {
    const { dy, filter } = inputs as { dy: tf.Tensor4D; filter: tf.Tensor4D }
    const inputShape = attribute<[number, number, number, number]>(attrs, 'inputShape')
    return tf.tidy(() => convInputGradient(dy, filter, convInfo(inputShape, filter.shape, attrs)))
  })
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
  const original = tf.getKernel('MaxPoolGrad', backendName)
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

function replaceKernel(kernelName: string, kernelFunc: KernelFunc): void {
  const present = tf.getKernelsForBackend(backendName).find((kernel) => kernel.kernelName === kernelName)
  if (present !== undefined) tf.unregisterKernel(kernelName, backendName)
  // The package's set-up function wraps the WebAssembly entry that its own kernel calls, so it stays.
  const setup = present?.setupFunc === undefined ? {} : { setupFunc: present.setupFunc }
  tf.registerKernel({ kernelName, backendName, kernelFunc, ...setup })
}

function convInfo(
  inputShape: [number, number, number, number],
  filterShape: [number, number, number, number],
  attrs: NamedAttrMap | undefined,
): ConvInfo {
  const { backend_util: shapes } = tf
  return shapes.computeConv2DInfo(
    inputShape,
    filterShape,
    attribute(attrs, 'strides'),
    1, // dilation: the model has none, and tfjs refuses gradients of dilated convolutions
    attribute(attrs, 'pad'),
    attribute(attrs, 'dimRoundingMode'),
    false,
    shapes.convertConv2DDataFormat(attribute(attrs, 'dataFormat')),
  )
}

/** Kernel attributes are untyped in tfjs; their types are those of the operation that calls the kernel. */
function attribute<T>(attrs: NamedAttrMap | undefined, name: string): T {
  return attrs?.[name] as T
}
