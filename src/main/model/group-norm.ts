import * as tf from '@tensorflow/tfjs-core'
import { spatialSum } from './spatial-sum'
import { groupCount } from './units'

/** BiT's ε (bit-reference: GroupNorm 1e-5). */
const epsilon = 1e-5

/**
 * ReLU(GroupNorm(x)) as one operation with a gradient of its own: the statistics are sums over [n,c] tables, and only a few
 * passes over the picture remain in each direction. [n,h,w,c] → [n,h,w,c]; gamma and beta [c]; biased variance; 32 groups.
 */
export function groupNormRelu(xNhwc: tf.Tensor4D, gamma: tf.Tensor, beta: tf.Tensor): tf.Tensor4D {
  const [batch, height, width, channels] = xNhwc.shape
  const perGroup = channels / groupCount
  const grouped = [batch, groupCount, perGroup] as [number, number, number]
  const perChannel = [batch, 1, 1, channels] as [number, number, number, number]
  const count = height * width * perGroup

  const operation = tf.customGrad((x, gammaC, betaC, save) => {
    if ((tf.getKernel('GroupNormRelu', tf.getBackend()) as tf.KernelConfig | undefined) !== undefined)
      return kernelNormRelu(
        x as tf.Tensor4D,
        gammaC as tf.Tensor,
        betaC as tf.Tensor,
        save as tf.GradSaveFunc,
      )
    const x4 = x as tf.Tensor4D
    const keep = save as tf.GradSaveFunc
    const gammaG = tf.reshape(gammaC as tf.Tensor, [1, groupCount, perGroup])
    const mean = tf.mul(tf.sum(tf.reshape(spatialSum(x4), grouped), 2, true), 1 / count)
    const ones = tf.ones([1, 1, perGroup])
    // centred first: E[x²] − μ² and x·s − μ·s lose digits where the mean is far from 0
    const centred = tf.sub<tf.Tensor4D>(x4, tf.reshape(tf.mul(mean, ones), perChannel))
    const variance = tf.mul(tf.sum(tf.reshape(spatialSum(tf.square(centred)), grouped), 2, true), 1 / count)
    const inverse = tf.rsqrt(tf.add(variance, epsilon))
    const scale = tf.reshape(tf.mul(inverse, gammaG), perChannel)
    const y = tf.relu(tf.add(tf.mul(centred, scale), betaC as tf.Tensor)) as tf.Tensor4D
    keep([x4, gammaC as tf.Tensor, mean, inverse, y])
    return { value: y, gradFunc }
  })

  function gradFunc(dy: tf.Tensor, saved: tf.Tensor[]): tf.Tensor[] {
    const [x, gammaC, mean, inverse, y] = saved as [tf.Tensor4D, tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor4D]
    const gammaG = tf.reshape(gammaC, [1, groupCount, perGroup])
    // y ≥ 0, so its sign is the ReLU's derivative (0 at 0)
    const dz = tf.mul(dy, tf.sign(y)) as tf.Tensor4D
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

  return operation(xNhwc, gamma, beta) as tf.Tensor4D
}

function kernelNormRelu(
  x: tf.Tensor4D,
  gamma: tf.Tensor,
  beta: tf.Tensor,
  keep: tf.GradSaveFunc,
): { value: tf.Tensor4D; gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => tf.Tensor[] } {
  const attributes = { groups: groupCount, epsilon }
  const [y, mean, inverse] = tf
    .engine()
    .runKernel<tf.Tensor[]>('GroupNormRelu', { x, gamma, beta }, attributes) as [
    tf.Tensor4D,
    tf.Tensor,
    tf.Tensor,
  ]
  keep([x, gamma, beta, mean, inverse])
  return {
    value: y,
    gradFunc: (dy, saved) => {
      const [x, gamma, beta, mean, inverse] = saved as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor]
      return tf
        .engine()
        .runKernel<tf.Tensor[]>('GroupNormReluGrad', { dy, x, gamma, beta, mean, inverse }, attributes)
    },
  }
}
