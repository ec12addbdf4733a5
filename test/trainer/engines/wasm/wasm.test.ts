import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import type { EngineReport } from '../../../../src/contract/entities/model'
import { engineReportSchema } from '../../../../src/contract/entities/model'
import { checkGradients } from '../../../../src/main/trainer/engines/gradient-check'
import { loadEngine } from '../../../../src/main/trainer/engines/load'
import { randomStream } from '../../../../src/domain/random'

let report: EngineReport
beforeAll(async () => {
  report = await loadEngine('wasm')
})

describe('the WebAssembly engine', () => {
  it('reports itself, why it is used, and what would be faster', () => {
    expect(engineReportSchema.parse(report)).toEqual(report)
    expect(report.kind).toBe('wasm')
    expect(report.why).toContain('you chose it')
    expect(report.faster.join(' ')).toContain('Native TensorFlow')
  })

  it('passes the check of the model’s blocks', async () => {
    expect(await checkGradients('wasm', 1e-3)).toBeNull()
    expect(tf.getBackend()).toBe('wasm')
  })

  // kernel, stride, padding, image: the root, the bottleneck's convolutions and projections, and uneven edges
  const cases: [kernel: number, stride: number, pad: 'same' | 'valid', heightPx: number, widthPx: number][] =
    [
      [1, 1, 'valid', 5, 4],
      [1, 2, 'valid', 5, 4],
      [1, 2, 'valid', 6, 6],
      [3, 1, 'same', 5, 6],
      [3, 1, 'valid', 5, 6],
      [3, 2, 'valid', 7, 7],
      [3, 2, 'valid', 8, 7],
      [3, 2, 'same', 8, 7],
      [7, 2, 'valid', 14, 13],
      [7, 2, 'same', 9, 9],
      [1, 1, 'same', 40, 30],
      [5, 3, 'same', 23, 17],
    ]
  it.each(cases)('has the plain backend’s gradients of a %i×%i/%s convolution on %i×%i', async (...shape) => {
    const [kernel, stride, pad, heightPx, widthPx] = shape
    const gradients = (): Promise<Float32Array[]> =>
      onePass(() =>
        tf.grads((x: tf.Tensor, filter: tf.Tensor) =>
          weighted(tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, stride, pad)),
        )([drawn([2, heightPx, widthPx, 3], 1), drawn([kernel, kernel, 3, 4], 2)]),
      )
    await expectSame(gradients)
  })

  it('sends a pooling window’s gradient to its maximum where every value is negative', async () => {
    const gradients = (): Promise<Float32Array[]> =>
      onePass(() => [
        tf.grad((x: tf.Tensor) => weighted(tf.maxPool(x as tf.Tensor4D, 3, 2, 'valid')))(
          tf.sub(drawn([2, 7, 7, 3], 3), 5),
        ),
      ])
    await expectSame(gradients)
  })

  it('has the gradient of a convolution that finite differences give', () => {
    const shape: [number, number, number, number] = [3, 3, 2, 2]
    const x = drawn([1, 6, 6, 2], 4) as tf.Tensor4D
    const at = drawn(shape, 5)
    const loss = (kernel: tf.Tensor): tf.Scalar =>
      weighted(tf.square(tf.conv2d(x, kernel as tf.Tensor4D, 2, 'valid')))
    const gradient = tf.tidy(() => tf.grad(loss)(at).dataSync())
    // 2⁻⁶: the loss is quadratic in the kernel, so central differences are exact but for rounding
    const step = 2 ** -6
    for (const index of [0, 7, 17, 30, 35]) {
      const moved = (by: number): number =>
        tf.tidy(() => {
          const data = at.dataSync().slice()
          data[index] = (data[index] ?? 0) + by
          return loss(tf.tensor(data, shape)).dataSync()[0] ?? NaN
        })
      expect(gradient[index]).toBeCloseTo((moved(step) - moved(-step)) / (2 * step), 2)
    }
    tf.dispose([x, at])
  })

  it('has logSoftmax, also of large values', async () => {
    const gradients = (): Promise<Float32Array[]> =>
      onePass(() => [
        tf.logSoftmax(tf.tensor2d([1, 2, 3, 500, 0, -500], [2, 3])),
        tf.grad((x: tf.Tensor) => weighted(tf.logSoftmax(x)))(drawn([3, 4], 6)),
      ])
    await expectSame(gradients)
  })

  it('leaves no tensor behind', async () => {
    const before = tf.memory().numTensors
    await checkGradients('wasm', 1e-3)
    expect(tf.memory().numTensors).toBe(before)
  })
})

describe('the check at the start', () => {
  it('finds a MaxPoolGrad wrong that takes negative values for zero, as the package’s own does', async () => {
    // The fault of the package's kernel: a window's maximum is sought from 0 upwards.
    const found = await checkedWith('MaxPoolGrad', (corrected, call) => {
      const input = tf.relu(call.inputs['input'] as tf.Tensor)
      const gradient = corrected({ ...call, inputs: { ...call.inputs, input } })
      input.dispose()
      return gradient
    })
    expect(found).toMatch(/gradient of .* is off by/)
  })

  it('does not pass without the gradient of a kernel, which the package lacks', async () => {
    const present = tf.getKernel('Conv2DBackpropFilter', 'wasm')
    tf.unregisterKernel('Conv2DBackpropFilter', 'wasm')
    try {
      await expect(checkGradients('wasm', 1e-3)).rejects.toThrow('Conv2DBackpropFilter')
    } finally {
      tf.registerKernel(present)
      await tf.setBackend('wasm')
    }
  })

  it.each([
    'Conv2D',
    'Conv2DBackpropFilter',
    'Conv2DBackpropInput',
    'GroupNormRelu',
    'GroupNormReluGrad',
    'Standardize',
    'StandardizeGrad',
    'PadV2',
    'Slice',
  ])('finds a single wrong number out of %s', async (name) => {
    const found = await checkedWith(name, (original, call) => {
      const result = original(call)
      const first = [result].flat()[0]
      if (first !== undefined) {
        const values = (call.backend as WasmHeap).typedArrayFromHeap(first)
        const middle = Math.floor(values.length / 2)
        values[middle] = (values[middle] ?? 0) + 1
      }
      return result
    })
    expect(found).toMatch(/gradient of .* is off by/)
  })
})

interface WasmHeap {
  typedArrayFromHeap(tensor: tf.TensorInfo): Float32Array
}
type Call = Parameters<tf.KernelFunc>[0]

/** What the check says with another kernel in the place of one. */
async function checkedWith(
  name: string,
  replacement: (original: tf.KernelFunc, call: Call) => ReturnType<tf.KernelFunc>,
): Promise<string | null> {
  const original = tf.getKernel(name, 'wasm')
  tf.unregisterKernel(name, 'wasm')
  tf.registerKernel({ ...original, kernelFunc: (call) => replacement(original.kernelFunc, call) })
  try {
    return await checkGradients('wasm', 1e-3)
  } finally {
    tf.unregisterKernel(name, 'wasm')
    tf.registerKernel(original)
  }
}

/** Compares what `work` gives on WASM with what it gives on the plain backend. */
async function expectSame(work: () => Promise<Float32Array[]>): Promise<void> {
  await tf.setBackend('cpu')
  const expected = await work()
  await tf.setBackend('wasm')
  const actual = await work()
  expect(actual.length).toBe(expected.length)
  for (const [index, values] of expected.entries()) {
    expect(values.some((value) => value !== 0)).toBe(true)
    const found = actual[index] ?? new Float32Array()
    expect(found.length).toBe(values.length)
    for (const [place, value] of values.entries()) expect(found[place]).toBeCloseTo(value, 4)
  }
}

async function onePass(work: () => tf.Tensor[]): Promise<Float32Array[]> {
  const tensors = tf.tidy(work)
  const values = await Promise.all(tensors.map((tensor) => tensor.data<'float32'>()))
  tf.dispose(tensors)
  return values
}

function drawn(shape: number[], key: number): tf.Tensor {
  const next = randomStream(7, key)
  const count = shape.reduce((product, size) => product * size, 1)
  return tf.tensor(
    Float32Array.from({ length: count }, () => 2 * next() - 1),
    shape,
  )
}

/** A sum with a different weight for every value, so that a gradient in the wrong place is seen. */
function weighted(x: tf.Tensor): tf.Scalar {
  const weights = tf.reshape(tf.range(1, x.size + 1, 1), x.shape)
  return tf.mean(tf.mul(x, weights))
}
