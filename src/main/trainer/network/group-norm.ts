import * as tf from '@tensorflow/tfjs-core'
import { kernelNames, ownKernel } from './kernels'
import { spatialSum } from './spatial-sum'
import { groupCount } from '../../../domain/model/units'

/** BiT's ε (bit-reference: GroupNorm 1e-5). */
const epsilon = 1e-5
const attributes = { groups: groupCount, epsilon }

/**
 * ReLU(GroupNorm(x)) as one operation with a gradient of its own: the statistics are sums over [n,c] tables, and only a few
 * passes over the image remain in each direction. [n,h,w,c] → [n,h,w,c]; gamma and beta [c]; biased variance; 32 groups.
 */
export function groupNormRelu(xNhwc: tf.Tensor4D, gamma: tf.Tensor, beta: tf.Tensor): tf.Tensor4D {
  const operation = tf.customGrad((x, gammaC, betaC, save) => {
    const inputs = { x: x as tf.Tensor4D, gamma: gammaC as tf.Tensor, beta: betaC as tf.Tensor }
    const [y, mean, inverse] =
      ownKernel(kernelNames.groupNormRelu, inputs, attributes) ?? composedForward(inputs)
    if (y === undefined || mean === undefined || inverse === undefined)
      throw new Error('GroupNormRelu gives three tensors.')
    const keep = save as tf.GradSaveFunc
    keep([inputs.x, y, inputs.gamma, inputs.beta, mean, inverse])
    return { value: y, gradFunc }
  })

  function gradFunc(dy: tf.Tensor, saved: tf.Tensor[]): tf.Tensor[] {
    const [x, y, gammaC, betaC, mean, inverse] = saved as [tf.Tensor4D, tf.Tensor4D, ...FourTensors]
    const inputs = { dy: dy as tf.Tensor4D, x, y, gamma: gammaC, beta: betaC, mean, inverse }
    return ownKernel(kernelNames.groupNormReluGrad, inputs, attributes) ?? composedGradient(inputs)
  }

  return operation(xNhwc, gamma, beta) as tf.Tensor4D
}

type FourTensors = [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor]

interface ForwardInputs {
  readonly x: tf.Tensor4D
  readonly gamma: tf.Tensor
  readonly beta: tf.Tensor
}

interface GradientInputs extends ForwardInputs {
  readonly dy: tf.Tensor4D
  readonly y: tf.Tensor4D
  /** [n, 32, 1] */
  readonly mean: tf.Tensor
  /** 1/√(var + ε), [n, 32, 1] */
  readonly inverse: tf.Tensor
}

function shapesOf(x: tf.Tensor4D) {
  const [batch, height, width, channels] = x.shape
  const perGroup = channels / groupCount
  return {
    channels,
    perGroup,
    count: height * width * perGroup,
    grouped: [batch, groupCount, perGroup] as [number, number, number],
    perChannel: [batch, 1, 1, channels] as [number, number, number, number],
  }
}

function composedForward({ x, gamma, beta }: ForwardInputs): tf.Tensor[] {
  const { perGroup, count, grouped, perChannel } = shapesOf(x)
  const gammaG = tf.reshape(gamma, [1, groupCount, perGroup])
  const mean = tf.mul(tf.sum(tf.reshape(spatialSum(x), grouped), 2, true), 1 / count)
  const ones = tf.ones([1, 1, perGroup])
  // centred first: E[x²] − μ² and x·s − μ·s lose digits where the mean is far from 0
  const centred = tf.sub<tf.Tensor4D>(x, tf.reshape(tf.mul(mean, ones), perChannel))
  const variance = tf.mul(tf.sum(tf.reshape(spatialSum(tf.square(centred)), grouped), 2, true), 1 / count)
  const inverse = tf.rsqrt(tf.add(variance, epsilon))
  const scale = tf.reshape(tf.mul(inverse, gammaG), perChannel)
  const y = tf.relu(tf.add(tf.mul(centred, scale), beta))
  return [y, mean, inverse]
}

function composedGradient({ dy, x, y, gamma, mean, inverse }: GradientInputs): tf.Tensor[] {
  const { channels, perGroup, count, grouped, perChannel } = shapesOf(x)
  const gammaG = tf.reshape(gamma, [1, groupCount, perGroup])
  // y ≥ 0, so its sign is the ReLU's derivative (0 at 0)
  const dz = tf.mul<tf.Tensor4D>(dy, tf.sign(y))
  const dzSum = tf.reshape(spatialSum(dz), grouped)
  const dzxSum = tf.reshape(spatialSum(tf.mul(dz, x)), grouped)
  /** Σ dz·x̂ of each channel. */
  const dzNormSum = tf.mul(inverse, tf.sub(dzxSum, tf.mul(mean, dzSum)))
  const dGamma = tf.reshape(tf.sum(dzNormSum, 0), [channels])
  const dBeta = tf.reshape(tf.sum(dzSum, 0), [channels])
  const groupDz = tf.sum(tf.mul(dzSum, gammaG), 2, true)
  const groupDzNorm = tf.sum(tf.mul(dzNormSum, gammaG), 2, true)
  // dx = inverse·(γ·dz − Σγdz/N − x̂·Σγdz·x̂/N), x̂ = (x − μ)·inverse, gathered as A·dz + B·x + C
  const a = tf.mul(inverse, gammaG)
  const b = tf.mul(tf.mul(tf.square(inverse), groupDzNorm), -1 / count)
  const c = tf.sub(tf.mul(tf.mul(b, mean), -1), tf.mul(tf.mul(inverse, groupDz), 1 / count))
  const ones = tf.ones([1, 1, perGroup])
  const dx = tf.add(
    tf.mul(dz, tf.reshape(a, perChannel)),
    tf.add(tf.mul(x, tf.reshape(tf.mul(b, ones), perChannel)), tf.reshape(tf.mul(c, ones), perChannel)),
  )
  return [dx, dGamma, dBeta]
}
