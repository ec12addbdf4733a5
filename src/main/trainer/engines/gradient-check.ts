import * as tf from '@tensorflow/tfjs-core'
import { groupNormRelu } from '../network/group-norm'
import { paddedConv2d, standardize, zeroPad } from '../network/std-conv'

/**
 * Compares the gradients of a small network made of the model's own blocks on `backendName` with those of the plain JavaScript
 * backend, and leaves `backendName` set. Some tens of milliseconds. Backends have been wrong here without a word: tfjs-backend-wasm
 * 4.22 sends the gradient of an all-negative pooling window to the wrong place.
 *
 * @param tolerance largest allowed difference, relative to the largest gradient of the same tensor
 * @returns null where all agree, else what differs, in words
 */
export async function checkGradients(backendName: string, tolerance: number): Promise<string | null> {
  const reference = await gradientsOn('cpu')
  const found = await gradientsOn(backendName)
  for (const [name, expected] of reference) {
    const actual = found.get(name)
    if (actual === undefined) return `it gives no gradient of ${name}`
    const difference = relativeDifference(expected, actual)
    // also true of NaN
    if (!(difference <= tolerance)) {
      return `its gradient of ${name} is off by ${(difference * 100).toPrecision(2)} %`
    }
  }
  return null
}

/** Largest difference over the largest expected value. */
function relativeDifference(expected: Float32Array, actual: Float32Array): number {
  let largest = 0
  let difference = 0
  for (const [index, value] of expected.entries()) {
    largest = Math.max(largest, Math.abs(value))
    const off = Math.abs(value - (actual[index] ?? NaN))
    if (Number.isNaN(off)) return NaN
    difference = Math.max(difference, off)
  }
  return largest === 0 ? difference : difference / largest
}

const sidePx = 12
const channels = 32
const flatColour = [0.9, -0.3, -0.8]
const classCount = 3
const shapes = {
  images: [2, sidePx, sidePx, 3],
  'the root kernel': [7, 7, 3, channels],
  gamma: [channels],
  beta: [channels],
  'the 3×3 kernel': [3, 3, channels, channels],
  'the strided 3×3 kernel': [3, 3, channels, channels],
  'the strided 1×1 kernel': [1, 1, channels, channels],
  'the head': [channels, classCount],
} as const

async function gradientsOn(backendName: string): Promise<Map<string, Float32Array>> {
  // The plain backend tells every user to install the native one; here it is the measure, for a moment.
  const production = tf.env().getBool('PROD')
  tf.env().set('PROD', production || backendName === 'cpu')
  try {
    if (!(await tf.setBackend(backendName))) throw new Error(`The backend ${backendName} did not start.`)
    return await gradients()
  } finally {
    tf.env().set('PROD', production)
  }
}

/** Read asynchronously, since WebGPU has no other way. */
async function gradients(): Promise<Map<string, Float32Array>> {
  const tensors = tf.tidy(() => {
    const inputs = Object.entries(shapes).map(([name, shape], index) =>
      tf.tensor(values(name, shape, index), [...shape]),
    )
    return tf.grads((...given: tf.Tensor[]) => loss(given))(inputs)
  })
  try {
    const data = await Promise.all(tensors.map((tensor) => tensor.data<'float32'>()))
    return new Map(Object.keys(shapes).map((name, index) => [name, data[index] ?? new Float32Array()]))
  } finally {
    tf.dispose(tensors)
  }
}

function loss(tensors: readonly tf.Tensor[]): tf.Scalar {
  const [images, root, gamma, beta, plain, strided, shortcut, head] = tensors as [
    tf.Tensor4D,
    ...[tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor],
  ]
  let x = paddedConv2d(images, standardize(root), 2)
  x = tf.maxPool(zeroPad(x, 1), 3, 2, 'valid')
  const normed = groupNormRelu(x, gamma, beta)
  const branch = paddedConv2d(
    groupNormRelu(paddedConv2d(normed, standardize(plain), 1), gamma, beta),
    standardize(strided),
    2,
  )
  x = groupNormRelu(tf.add(branch, paddedConv2d(normed, standardize(shortcut), 2)), gamma, beta)
  const [batch, height, width] = x.shape
  const pooled = tf.reshape(tf.avgPool(x, [height, width], 1, 'valid'), [batch, channels])
  const labels = tf.oneHot(tf.tensor1d([0, 2], 'int32'), classCount)
  return tf.neg(tf.sum(tf.mul(tf.logSoftmax(tf.matMul(pooled, head as tf.Tensor2D)), labels)))
}

/** Fixed pseudo-random values in [−1, 1] (the well-known sine hash); no two tensors alike. */
function values(name: string, shape: readonly number[], index: number): Float32Array {
  const count = shape.reduce((product, size) => product * size, 1)
  const found = new Float32Array(count)
  for (let i = 0; i < count; i++) {
    const noise = Math.sin((i + 1) * 12.9898 + index * 78.233) * 43758.5453
    const drawn = 2 * (noise - Math.floor(noise)) - 1
    // Nearly flat colour: the root's output keeps its sign over the image, so half of its channels meet the pool all negative.
    if (name === 'images') found[i] = (flatColour[i % 3] ?? 0) + 0.1 * drawn
    else if (name === 'gamma') found[i] = 1 + 0.2 * drawn
    else found[i] = drawn
  }
  return found
}
