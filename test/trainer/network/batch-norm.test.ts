import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { loadEngine } from '../../../src/main/trainer/engines/load'
import {
  batchNormRelu,
  batchNormReluFrozen,
  movingAverage,
} from '../../../src/main/trainer/network/batch-norm'
import { loadTestEngine } from '../support/engine'
import { formula } from '../support/formula'

const shape: [number, number, number, number] = [3, 4, 5, 8]
const channels = shape[3]
const epsilon = 1e-5

const tensors = () => ({
  x: tf.tensor4d(
    formula('x', shape, 2).map((value, index) => value + (index % channels)), // means far from 0
    shape,
  ),
  gamma: tf.tensor1d(formula('gamma', [channels], 0.4, 1)),
  beta: tf.tensor1d(formula('beta', [channels], 0.4)),
  /** What the gradient is asked with. */
  dy: tf.tensor4d(formula('dy', shape, 1), shape),
})

/** The same in operations that tfjs differentiates itself. */
function composed(x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor): tf.Tensor {
  const mean = tf.mean(x, [0, 1, 2])
  const variance = tf.mean(tf.square(tf.sub(x, mean)), [0, 1, 2])
  return tf.relu(tf.add(tf.mul(tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, epsilon))), gamma), beta))
}

function normed(x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor): tf.Tensor {
  const { y, mean, variance } = batchNormRelu(x as tf.Tensor4D, gamma, beta)
  tf.dispose([mean, variance])
  return y
}

function farthest(one: tf.Tensor, other: tf.Tensor): number {
  return tf.max(tf.abs(tf.sub(one, other))).dataSync()[0] ?? NaN
}

describe.each(['tensorflow', 'wasm'] as const)('batch norm with ReLU on %s', (engine) => {
  beforeAll(async () => {
    await (engine === 'tensorflow' ? loadTestEngine() : loadEngine('wasm'))
  })

  it('normalizes with the statistics of the batch, as the formula says', () => {
    const { x, gamma, beta } = tensors()
    expect(farthest(normed(x, gamma, beta), composed(x, gamma, beta))).toBeLessThan(1e-5)
  })

  it('has the gradients that tfjs finds for the formula', () => {
    const { x, gamma, beta, dy } = tensors()
    const expected = tf.grads(composed)([x, gamma, beta], dy)
    const found = tf.grads(normed)([x, gamma, beta], dy)
    found.forEach((gradient, index) => {
      const size = tf.max(tf.abs(expected[index] ?? gradient)).dataSync()[0] ?? 0
      expect(farthest(gradient, expected[index] ?? tf.scalar(NaN)) / size).toBeLessThan(2e-5)
    })
  })

  it('has the gradients of finite differences', () => {
    const { x, gamma, beta, dy } = tensors()
    const value = (moved: tf.Tensor): number =>
      tf.sum(tf.mul(normed(moved, gamma, beta), dy)).dataSync()[0] ?? NaN
    const [gradient] = tf.grads(normed)([x, gamma, beta], dy)
    const direction = tf.tensor4d(formula('direction', shape, 2), shape)
    const step = 1e-2
    const slope =
      (value(tf.add(x, tf.mul(direction, step))) - value(tf.sub(x, tf.mul(direction, step)))) / (2 * step)
    const along = tf.sum(tf.mul(gradient ?? x, direction)).dataSync()[0] ?? NaN
    expect(Math.abs(slope / along - 1)).toBeLessThan(2e-2)
  })

  it('tells the mean and the unbiased variance of each channel, and evaluates with given ones', () => {
    const { x, gamma, beta } = tensors()
    const { mean, variance } = batchNormRelu(x, gamma, beta)
    const values = Float32Array.from(x.dataSync())
    for (let channel = 0; channel < channels; channel += 1) {
      const own = values.filter((_, index) => index % channels === channel)
      const expected = own.reduce((sum, value) => sum + value, 0) / own.length
      const spread = own.reduce((sum, value) => sum + (value - expected) ** 2, 0) / (own.length - 1)
      expect(mean.dataSync()[channel]).toBeCloseTo(expected, 4)
      expect(variance.dataSync()[channel]).toBeCloseTo(spread, 4)
    }
    const biased = tf.mul(variance, (x.size / channels - 1) / (x.size / channels))
    const frozen = batchNormReluFrozen(x, { gamma, beta, mean, variance: biased })
    expect(farthest(frozen, composed(x, gamma, beta))).toBeLessThan(1e-5)
  })

  it('takes one number a channel, which has no variance', () => {
    const { y, variance } = batchNormRelu(
      tf.tensor4d([3, -2], [1, 1, 1, 2]),
      tf.ones([2]),
      tf.tensor1d([0.5, -0.5]),
    )
    expect([...y.dataSync()]).toEqual([0.5, 0])
    expect([...variance.dataSync()]).toEqual([0, 0])
  })

  it('moves its averages by a tenth of the way', () => {
    expect([...movingAverage(tf.tensor1d([1, 0]), tf.tensor1d([2, -1])).dataSync()]).toEqual([
      expect.closeTo(1.1, 6),
      expect.closeTo(-0.1, 6),
    ])
  })
})
