import * as tf from '@tensorflow/tfjs-core'
import { kernelNames, ownKernel } from './kernels'

/** BiT's ε (bit-reference: 1e-10 as in the authors' code; timm uses 1e-8). */
const epsilon = 1e-10

/**
 * Convolution with a kernel that has been standardized, no bias. [n,h,w,i] × kernel [k,k,i,o] → [n,h',w',o]; zero padding k>>1 on every side,
 * as PyTorch pads, which for stride 2 is not TensorFlow's 'same'.
 */
export function paddedConv2d(xNhwc: tf.Tensor4D, kernelHwio: tf.Tensor, stride: 1 | 2): tf.Tensor4D {
  const kernel = kernelHwio as tf.Tensor4D
  const margin = (kernel.shape[0] - 1) / 2
  if (margin === 0) return tf.conv2d(xNhwc, kernel, stride, 'valid')
  if (stride === 1) return tf.conv2d(xNhwc, kernel, 1, 'same')
  return tf.conv2d(zeroPad(xNhwc, margin), kernel, stride, 'valid')
}

export function zeroPad(xNhwc: tf.Tensor4D, margin: number): tf.Tensor4D {
  return tf.pad(xNhwc, [
    [0, 0],
    [margin, margin],
    [margin, margin],
    [0, 0],
  ])
}

/**
 * (w − μ)/√(var + ε) over H, W and I of each output channel, biased variance, no gain. It depends on the weights alone, so a step does it once
 * however many micro-batches it has; its gradient is `standardizeGradient`, or comes with `tf.grads`.
 */
export function standardize(kernelHwio: tf.Tensor): tf.Tensor4D {
  const operation = tf.customGrad((kernel, save) => {
    const w = kernel as tf.Tensor
    const keep = save as tf.GradSaveFunc
    keep([w])
    return {
      value: standardized(w),
      gradFunc: (dy, saved) => standardizeGradient(dy, saved[0] ?? w),
    }
  })
  return operation(kernelHwio) as tf.Tensor4D
}

/** From the gradient with respect to the standardized kernel to that with respect to the kernel; both [k,k,i,o]. */
export function standardizeGradient(dyHwio: tf.Tensor, kernelHwio: tf.Tensor): tf.Tensor {
  const [own] = ownKernel(kernelNames.standardizeGrad, { dy: dyHwio, w: kernelHwio }, { epsilon }) ?? []
  if (own !== undefined) return own
  const { flat, count } = flatShape(kernelHwio)
  const { y, inverse } = composedStandardize(kernelHwio)
  const d = tf.reshape<tf.Rank.R2>(dyHwio, flat)
  const mean = tf.mul(columnSum(d, count), 1 / count)
  const along = tf.mul(columnSum(tf.mul<tf.Tensor2D>(d, y), count), 1 / count)
  return tf.reshape(tf.mul(inverse, tf.sub(tf.sub(d, mean), tf.mul(y, along))), kernelHwio.shape)
}

/**
 * One step of SGD with momentum on a kernel whose gradient `g` was taken at its standardized form: v' = m·v + g through the standardization,
 * w' = w − rate·v', and w' standardized for the next step. All [k,k,i,o]; `momentum` and `rate` scalars; `y` is w standardized, which is known.
 */
export function standardizedMomentumStep(
  w: tf.Tensor,
  v: tf.Tensor,
  g: tf.Tensor,
  y: tf.Tensor,
  momentum: tf.Tensor,
  rate: tf.Tensor,
): { w: tf.Tensor; v: tf.Tensor; standardized: tf.Tensor } {
  const own = ownKernel(kernelNames.standardizedMomentum, { w, v, g, momentum, rate, y }, { epsilon })
  const [newW, newV, newY] = own ?? []
  if (newW !== undefined && newV !== undefined && newY !== undefined)
    return { w: newW, v: newV, standardized: newY }
  const next = momentumStep(w, v, standardizeGradient(g, w), momentum, rate)
  return { ...next, standardized: standardized(next.w) }
}

/** v' = m·v + g, w' = w − rate·v'. */
export function momentumStep(
  w: tf.Tensor,
  v: tf.Tensor,
  g: tf.Tensor,
  momentum: tf.Tensor,
  rate: tf.Tensor,
): { w: tf.Tensor; v: tf.Tensor } {
  const [newW, newV] = ownKernel(kernelNames.momentum, { w, v, g, momentum, rate }) ?? []
  if (newW !== undefined && newV !== undefined) return { w: newW, v: newV }
  const velocity = tf.add(tf.mul(v, momentum), g)
  return { w: tf.sub(w, tf.mul(velocity, rate)), v: velocity }
}

function standardized(kernelHwio: tf.Tensor): tf.Tensor {
  const [own] = ownKernel(kernelNames.standardize, { w: kernelHwio }, { epsilon }) ?? []
  return own ?? tf.reshape(composedStandardize(kernelHwio).y, kernelHwio.shape)
}

function composedStandardize(kernelHwio: tf.Tensor): { y: tf.Tensor2D; inverse: tf.Tensor } {
  const { flat, count } = flatShape(kernelHwio)
  const w = tf.reshape<tf.Rank.R2>(kernelHwio, flat)
  const centred = tf.sub<tf.Tensor2D>(w, tf.mul(columnSum(w, count), 1 / count))
  const variance = tf.mul(columnSum(tf.square(centred), count), 1 / count)
  const inverse = tf.rsqrt(tf.add(variance, epsilon))
  return { y: tf.mul(centred, inverse), inverse }
}

function flatShape({ shape, size }: tf.Tensor): { flat: [number, number]; count: number } {
  const outputs = shape[3] ?? 1
  return { flat: [size / outputs, outputs], count: size / outputs }
}

/** [count,o] → [1,o] as a product with a row of ones: fast on every backend. */
function columnSum(x: tf.Tensor2D, count: number): tf.Tensor2D {
  return tf.matMul(tf.ones([1, count]), x)
}
