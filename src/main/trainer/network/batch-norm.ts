import * as tf from '@tensorflow/tfjs-core'
import { spatialSum } from './spatial-sum'

/** As GroupNorm's here, and as PyTorch's and TensorFlow's fused BatchNorm. */
const epsilon = 1e-5
/** Of the moving averages, which PyTorch calls momentum 0.1. */
const averageMomentum = 0.9

export interface BatchNormed {
  /** ReLU(BatchNorm(x)), [n,h,w,c] */
  readonly y: tf.Tensor4D
  /** Of this batch, [c]; kept beyond any tidy: the caller disposes. */
  readonly mean: tf.Tensor
  /** Of this batch, unbiased, [c]; likewise. */
  readonly variance: tf.Tensor
}

/**
 * With the statistics of the batch, biased variance, as one operation with a gradient of its own: for training. xNhwc [n,h,w,c]; gamma and
 * beta [c]. The statistics are for `movingAverage`; no gradient goes through them.
 */
export function batchNormRelu(xNhwc: tf.Tensor4D, gamma: tf.Tensor, beta: tf.Tensor): BatchNormed {
  let statistics: { mean: tf.Tensor; variance: tf.Tensor } | null = null
  const operation = tf.customGrad((x, gammaC, betaC, save) => {
    const inputs = { x: x as tf.Tensor4D, gamma: gammaC as tf.Tensor, beta: betaC as tf.Tensor }
    const { y, mean, variance, inverse } = normalized(inputs)
    const count = placesOf(inputs.x)
    statistics = {
      mean: tf.keep(tf.clone(mean)),
      variance: tf.keep(tf.mul(variance, count / Math.max(count - 1, 1))),
    }
    const keep = save as tf.GradSaveFunc
    keep([inputs.x, y, inputs.gamma, mean, inverse])
    return { value: y, gradFunc }
  })
  const y = operation(xNhwc, gamma, beta) as tf.Tensor4D
  // TypeScript does not see that the operation has assigned it
  const found = statistics as { mean: tf.Tensor; variance: tf.Tensor } | null
  if (found === null) throw new Error('BatchNorm found no statistics.')
  return { y, ...found }
}

/** With the moving averages: for evaluation, and where the norm is frozen. All but x [c]. */
export function batchNormReluFrozen(
  xNhwc: tf.Tensor4D,
  norm: { gamma: tf.Tensor; beta: tf.Tensor; mean: tf.Tensor; variance: tf.Tensor },
): tf.Tensor4D {
  const [mean, variance, beta, gamma] = [norm.mean, norm.variance, norm.beta, norm.gamma] as tf.Tensor1D[]
  if (mean === undefined || variance === undefined) throw new Error('BatchNorm has no statistics.')
  return tf.relu(tf.batchNorm4d(xNhwc, mean, variance, beta, gamma, epsilon))
}

/** 0.9 · before + 0.1 · what a batch had. */
export function movingAverage(before: tf.Tensor, ofBatch: tf.Tensor): tf.Tensor {
  return tf.add(tf.mul(before, averageMomentum), tf.mul(ofBatch, 1 - averageMomentum))
}

interface Inputs {
  readonly x: tf.Tensor4D
  readonly gamma: tf.Tensor
  readonly beta: tf.Tensor
}

function normalized({ x, gamma, beta }: Inputs) {
  const count = placesOf(x)
  const mean = tf.mul(channelSum(x), 1 / count)
  // centred first: E[x²] − μ² and x·s − μ·s lose digits where the mean is far from 0
  const centred = tf.sub<tf.Tensor4D>(x, mean)
  const variance = tf.mul(channelSum(tf.square(centred)), 1 / count)
  const inverse = tf.rsqrt(tf.add(variance, epsilon))
  const y = tf.relu(tf.add(tf.mul(centred, tf.mul(inverse, gamma)), beta))
  return { y, mean, variance, inverse }
}

function gradFunc(dy: tf.Tensor, saved: tf.Tensor[]): tf.Tensor[] {
  const [x, y, gamma, mean, inverse] = saved as [tf.Tensor4D, tf.Tensor4D, tf.Tensor, tf.Tensor, tf.Tensor]
  const count = placesOf(x)
  // y ≥ 0, so its sign is the ReLU's derivative (0 at 0)
  const dz = tf.mul<tf.Tensor4D>(dy, tf.sign(y))
  const dBeta = channelSum(dz)
  const dGamma = tf.mul(inverse, tf.sub(channelSum(tf.mul(dz, x)), tf.mul(mean, dBeta)))
  // dx = γ·inverse·(dz − dβ/N − x̂·dγ/N), x̂ = (x − μ)·inverse, gathered as A·dz + B·x + C
  const a = tf.mul(inverse, gamma)
  const b = tf.mul(tf.mul(a, inverse), tf.mul(dGamma, -1 / count))
  const c = tf.sub(tf.mul(a, tf.mul(dBeta, -1 / count)), tf.mul(b, mean))
  return [tf.add(tf.mul(dz, a), tf.add(tf.mul(x, b), c)), dGamma, dBeta]
}

function placesOf({ shape: [batch, height, width] }: tf.Tensor4D): number {
  return batch * height * width
}

/** [n,h,w,c] → [c] */
function channelSum(xNhwc: tf.Tensor4D): tf.Tensor {
  return tf.sum(spatialSum(xNhwc), 0)
}
