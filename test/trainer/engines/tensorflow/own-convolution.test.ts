/** Which convolutions our kernel takes, and that it gives what TensorFlow's own gives. */
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import type { GraphEngine } from '../../../../src/main/trainer/engines/tensorflow/graph-engine'
import { graphEngine } from '../../../../src/main/trainer/engines/tensorflow/graph-engine'
import { GraphRuntime } from '../../../../src/main/trainer/engines/tensorflow/graph-runtime'
import { ownConvolution } from '../../../../src/main/trainer/engines/tensorflow/own-convolution'
import { recordProgram } from '../../../../src/main/trainer/engines/tensorflow/record'
import { loadTestEngine } from '../../support/engine'
import { formula } from '../../support/formula'

let engine: GraphEngine
beforeAll(async () => {
  await loadTestEngine()
  const loaded = graphEngine()
  if (loaded === null) throw new Error('The set-up has not built the addon.')
  engine = loaded
})

type Case = [
  input: [number, number, number, number],
  kernel: [number, number, number, number],
  stride: 1 | 2,
  pad: 'same' | 'valid',
]

/** y, dx and dw for a drawn dy. */
function convolutionOf([, , stride, pad]: Case) {
  return (x: tf.Tensor, w: tf.Tensor, dy: tf.Tensor): tf.Tensor[] => {
    const convolve = (...inputs: tf.Tensor[]): tf.Tensor =>
      tf.conv2d(inputs[0] as tf.Tensor4D, inputs[1] as tf.Tensor4D, stride, pad)
    return [convolve(x, w), ...tf.grads(convolve)([x, w], dy)]
  }
}

function outputShape([input, kernel, stride, pad]: Case): number[] {
  const size = (from: number): number =>
    pad === 'same' ? Math.ceil(from / stride) : Math.floor((from - kernel[0]) / stride) + 1
  return [input[0], size(input[1]), size(input[2]), kernel[3]]
}

/** The results as a graph, and the operations that they took. */
async function recorded(one: Case): Promise<{ results: Float32Array[]; operations: string[] }> {
  const shapes = { x: one[0], w: one[1], dy: outputShape(one) }
  const program = recordProgram(engine.addon, 'float32', {
    body: (recording) => {
      const [x, w, dy] = Object.entries(shapes).map(([name, shape]) =>
        recording.input(name, shape, 'float32'),
      )
      if (x === undefined || w === undefined || dy === undefined) throw new Error('three inputs')
      for (const [index, result] of convolutionOf(one)(x, w, dy).entries())
        recording.output(String(index), result)
    },
  })
  const runtime = new GraphRuntime(engine.addon, engine)
  const feeds = Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [name, formula(name, shape, 1)]),
  )
  const found = await runtime.load(program).call('body', feeds)
  runtime.close()
  const text = Buffer.from(program.graphDef).toString('latin1')
  const operations = [...new Set(text.match(/BitwConv\w*/g) ?? [])].sort()
  return { results: ['0', '1', '2'].map((name) => found[name] ?? new Float32Array(0)), operations }
}

function eager(one: Case): number[][] {
  return tf.tidy(() => {
    const tensor = (name: string, shape: number[]): tf.Tensor => tf.tensor(formula(name, shape, 1), shape)
    const results = convolutionOf(one)(
      tensor('x', one[0]),
      tensor('w', one[1]),
      tensor('dy', outputShape(one)),
    )
    return results.map((result) => [...result.dataSync()])
  })
}

describe('a recorded convolution on our kernels', () => {
  /**
   * Odd sizes leave remainders in rows, blocks, tiles and threads; 288 channels of 3 × 3, and 160 where there are tiles enough for fewer products, are more than a
   * block is deep, and 1,000 tiles more than there are sums kept.
   */
  it.each<Case>([
    [[2, 7, 5, 64], [1, 1, 64, 96], 1, 'valid'],
    [[1, 1, 1, 32], [1, 1, 32, 32], 1, 'valid'],
    [[3, 6, 9, 64], [1, 1, 64, 32], 2, 'valid'],
    [[2, 7, 5, 32], [3, 3, 32, 64], 1, 'same'],
    [[1, 2, 1, 288], [3, 3, 288, 32], 1, 'same'],
    [[3, 9, 14, 160], [3, 3, 160, 96], 1, 'same'],
    [[10, 20, 19, 160], [3, 3, 160, 32], 1, 'same'],
    [[2, 9, 8, 32], [3, 3, 32, 544], 2, 'valid'],
    [[2, 10, 8, 64], [3, 3, 64, 160], 2, 'valid'],
    [[3, 6, 10, 64], [1, 1, 64, 32], 2, 'valid'],
  ])('gives what TensorFlow gives, %j with %j, stride %i, %s', async (...one) => {
    const { results, operations } = await recorded(one)
    const taps = one[1][0]
    const isEven = one[0][1] % 2 === 0 && one[0][2] % 2 === 0
    expect(operations).toEqual([
      ...(one[2] === 1 ? ['BitwConv', 'BitwConvInput'] : []),
      `BitwConvKernel${String(taps)}`,
      ...(one[2] === 2 ? ['BitwConvStrided', ...(isEven ? ['BitwConvStridedInput'] : [])] : []),
    ])
    for (const [index, expected] of eager(one).entries()) {
      const found = results[index] ?? []
      const size = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
      expect(found).toHaveLength(expected.length)
      const far = expected.reduce((most, value, i) => Math.max(most, Math.abs(value - (found[i] ?? NaN))), 0)
      expect(far / size, `result ${String(index)}`).toBeLessThan(1e-5)
    }
  })

  it('lets what is not a number through', async () => {
    const program = recordProgram(engine.addon, 'float32', {
      body: (recording) => {
        const x = recording.input('x', [1, 3, 3, 32], 'float32') as tf.Tensor4D
        recording.output('y', tf.conv2d(x, tf.ones([3, 3, 32, 32]), 1, 'same'))
      },
    })
    const runtime = new GraphRuntime(engine.addon, engine)
    const { y } = await runtime
      .load(program)
      .call('body', { x: new Float32Array(9 * 32).fill(1, 1).fill(NaN, 0, 1) })
    runtime.close()
    expect(y?.[0]).toBeNaN()
    expect(y?.[8 * 32]).toBe(4 * 32)
  })
})

describe('which convolutions are ours', () => {
  const attributes = (stride: number, padding: string) => [
    { name: 'strides', type: 0, value: [1, stride, stride, 1] },
    { name: 'padding', type: 0, value: padding },
  ]
  const forward = (kernel: number[], stride: number, padding: string) =>
    ownConvolution('Conv2D', attributes(stride, padding), [
      { shape: [2, 8, 8, kernel[2]] },
      { shape: kernel },
    ])

  it('1 × 1 and 3 × 3 whose channels come in 32s', () => {
    expect(forward([1, 1, 64, 32], 1, 'VALID')?.op).toBe('BitwConv')
    expect(forward([3, 3, 32, 32], 1, 'SAME')?.op).toBe('BitwConv')
    expect(forward([3, 3, 32, 32], 2, 'VALID')?.op).toBe('BitwConvStrided')
    expect(forward([7, 7, 32, 32], 2, 'VALID')).toBeNull()
    expect(forward([1, 1, 64, 10], 1, 'VALID')).toBeNull()
    expect(forward([3, 1, 32, 32], 1, 'SAME')).toBeNull()
  })

  it('of few pixels, but those with fewer products and the gradient of the kernel of any number', () => {
    const manyImages = [{ shape: [33, 8, 8, 32] }, { shape: [3, 3, 32, 32] }]
    expect(ownConvolution('Conv2D', attributes(1, 'SAME'), manyImages)?.op).toBe('BitwConv')
    expect(ownConvolution('Conv2D', attributes(2, 'VALID'), manyImages)).toBeNull()
    const kernel = [1, 1, 32, 32]
    const of = (images: number) => [{ shape: [images, 8, 8, 32] }, { shape: kernel }]
    expect(ownConvolution('Conv2D', attributes(1, 'VALID'), of(32))?.op).toBe('BitwConv')
    expect(ownConvolution('Conv2D', attributes(1, 'VALID'), of(33))).toBeNull()
    const many = { shape: [33, 8, 8, 32] }
    const ofKernel = [many, { shape: [4], sizes: kernel }, many]
    expect(ownConvolution('Conv2DBackpropFilter', attributes(1, 'VALID'), ofKernel)?.op).toBe(
      'BitwConvKernel1',
    )
  })

  it('not where the edges are another matter, nor strides that the model does not have', () => {
    expect(forward([3, 3, 32, 32], 1, 'VALID')).toBeNull()
    expect(forward([3, 3, 32, 32], 2, 'SAME')).toBeNull()
    expect(forward([1, 1, 32, 32], 3, 'VALID')).toBeNull()
  })

  it('the gradient of images with a stride only where their sizes are even', () => {
    const kernel = { shape: [1, 1, 32, 64] }
    const dy = { shape: [2, 4, 4, 64] }
    const ofImages = [{ shape: [4], sizes: [2, 8, 8, 32] }, kernel, dy]
    expect(ownConvolution('Conv2DBackpropInput', attributes(1, 'VALID'), ofImages)?.inputs).toEqual([1, 2])
    expect(ownConvolution('Conv2DBackpropInput', attributes(2, 'VALID'), ofImages)?.op).toBe(
      'BitwConvStridedInput',
    )
    const odd = [{ shape: [4], sizes: [2, 7, 8, 32] }, kernel, dy]
    expect(ownConvolution('Conv2DBackpropInput', attributes(2, 'VALID'), odd)).toBeNull()
    const ofKernel = [{ shape: [2, 8, 8, 32] }, { shape: [4], sizes: kernel.shape }, dy]
    expect(ownConvolution('Conv2DBackpropFilter', attributes(2, 'VALID'), ofKernel)).toEqual({
      op: 'BitwConvKernel1',
      inputs: [0, 2],
    })
    expect(ownConvolution('Relu', [], [dy])).toBeNull()
  })
})
