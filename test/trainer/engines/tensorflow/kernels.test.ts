import * as tf from '@tensorflow/tfjs-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { groupNormRelu } from '../../../../src/main/trainer/network/group-norm'
import { kernelNames } from '../../../../src/main/trainer/network/kernels'
import {
  momentumStep,
  standardize,
  standardizeGradient,
  standardizedMomentumStep,
} from '../../../../src/main/trainer/network/std-conv'
import { loadTestEngine } from '../../support/engine'
import { formula } from '../../support/formula'

beforeAll(loadTestEngine)
afterAll(() => tf.setBackend('tensorflow'))

const tensor = (name: string, shape: number[], scale: number, offset = 0): tf.Tensor =>
  tf.tensor(formula(name, shape, scale, offset), shape)

/** What `compute` gives on our native kernels and, in ordinary operations, on the plain backend. */
async function both(compute: () => tf.Tensor[]): Promise<{ own: number[][]; plain: number[][] }> {
  const on = async (backend: string): Promise<number[][]> => {
    await tf.setBackend(backend)
    return tf.tidy(() => compute().map((result) => [...result.dataSync()]))
  }
  const production = tf.env().getBool('PROD')
  tf.env().set('PROD', true) // the plain backend recommends the native one to everybody
  const plain = await on('cpu')
  tf.env().set('PROD', production)
  return { plain, own: await on('tensorflow') }
}

function expectNear({ own, plain }: { own: number[][]; plain: number[][] }, tolerance: number): void {
  expect(own.length).toBe(plain.length)
  for (const [index, expected] of plain.entries()) {
    const size = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-3)
    const far = expected.map((value, i) => Math.abs(value - (own[index]?.[i] ?? NaN)) / size)
    expect(
      far.reduce((most, value) => Math.max(most, value), 0),
      `result ${String(index)}`,
    ).toBeLessThan(tolerance)
  }
}

describe('our kernels for TensorFlow', () => {
  it('are in use', () => {
    expect(tf.getBackend()).toBe('tensorflow')
    for (const name of Object.values(kernelNames)) expect(tf.getKernel(name, 'tensorflow')).toBeDefined()
  })

  /** One image is cut into rows for the threads; several go one to a thread; odd sizes leave remainders everywhere. */
  it.each([
    [1, 7, 5, 64],
    [3, 4, 6, 32],
    [5, 1, 1, 96],
    [2, 13, 11, 256],
    [1, 1, 1, 2048],
  ])('GroupNorm with ReLU, and its gradients, [%i,%i,%i,%i]', async (...shape) => {
    const channels = shape[3]
    const compute = (): tf.Tensor[] => {
      // far from 0, where a variance of E[x²] − μ² would have no digits left
      const x = tensor('x', shape, 2, 30)
      const gamma = tensor('gamma', [channels], 0.4, 1)
      const beta = tensor('beta', [channels], 0.4)
      const dy = tensor('dy', shape, 2)
      const y = groupNormRelu(x as tf.Tensor4D, gamma, beta)
      const gradients = tf.grads((...inputs: tf.Tensor[]) =>
        groupNormRelu(inputs[0] as tf.Tensor4D, inputs[1] as tf.Tensor, inputs[2] as tf.Tensor),
      )([x, gamma, beta], dy)
      return [y, ...gradients]
    }
    expectNear(await both(compute), 2e-4)
  })

  it.each([
    [1, 1, 64, 200],
    [3, 3, 32, 64],
    [7, 7, 3, 33],
  ])('weight standardization and its gradient, [%i,%i,%i,%i]', async (...shape) => {
    const compute = (): tf.Tensor[] => {
      const w = tensor('w', shape, 0.1, 0.02)
      return [standardize(w), standardizeGradient(tensor('dy', shape, 2), w)]
    }
    expectNear(await both(compute), 2e-5)
  })

  it('SGD with momentum, on plain numbers and through the standardization', async () => {
    const shape = [3, 3, 32, 100]
    const compute = (): tf.Tensor[] => {
      const w = tensor('w', shape, 0.1)
      const v = tensor('v', shape, 0.2)
      const g = tensor('g', shape, 0.3)
      const [momentum, rate] = [tf.scalar(0.9), tf.scalar(0.05)]
      const plain = momentumStep(w, v, g, momentum, rate)
      const through = standardizedMomentumStep(w, v, g, standardize(w), momentum, rate)
      return [plain.w, plain.v, through.w, through.v, through.standardized]
    }
    expectNear(await both(compute), 2e-5)
  })

  it('let what is not a number through, so that it reaches the loss', () => {
    const found = tf.tidy(() => {
      const x = tf.fill([1, 2, 2, 32], NaN) as tf.Tensor4D
      return [...groupNormRelu(x, tf.ones([32]), tf.zeros([32])).dataSync()]
    })
    expect(found.every(Number.isNaN)).toBe(true)
  })

  it('refuse shapes that do not belong together, and work on', () => {
    const x = tf.ones([1, 2, 2, 64]) as tf.Tensor4D
    expect(() => groupNormRelu(x, tf.ones([32]), tf.zeros([64]))).toThrow('gamma and beta')
    expect(groupNormRelu(x, tf.ones([64]), tf.zeros([64])).shape).toEqual([1, 2, 2, 64])
    tf.dispose(x)
  })
})
