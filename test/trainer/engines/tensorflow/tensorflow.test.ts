import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import type { EngineReport } from '../../../../src/contract/entities/model'
import { engineReportSchema } from '../../../../src/contract/entities/model'
import { checkGradients } from '../../../../src/main/trainer/engines/gradient-check'
import { graphEngine } from '../../../../src/main/trainer/engines/tensorflow/graph-engine'
import { loadEngine } from '../../../../src/main/trainer/engines/load'
import { readSetupRecord } from '../../../../src/main/engine/setup-record'

// Where the set-up says that this machine cannot have native TensorFlow, WASM stands in, and is tested beside this file.
const impossible = readSetupRecord(process.env)?.kind === 'none'

describe.skipIf(impossible)('native TensorFlow', () => {
  let report: EngineReport
  beforeAll(async () => {
    report = await loadEngine('tensorflow')
  })

  it('loads, and reports itself in the contract’s form', () => {
    expect(engineReportSchema.parse(report)).toEqual(report)
    expect(report.kind).toBe('tensorflow')
    expect(report.version).toMatch(/^2\.\d+\.\d+/)
    expect(report.threadCount).toBeGreaterThan(0)
    expect(report.memoryBytes).toBeGreaterThan(2 ** 20)
    expect(tf.getBackend()).toBe('tensorflow')
  })

  it('says why it was chosen, and what would be faster where it runs on the CPU', () => {
    expect(report.why).toContain('gradients agree')
    if (report.device === 'cpu') expect(report.faster.join(' ')).toContain('GPU')
  })

  it('says that steps are recorded, and with which of our kernels where they run on the CPU', () => {
    expect(report.recordedGraphs).toBe(graphEngine() !== null)
    if (report.recordedGraphs === true && report.device === 'cpu')
      expect(['AVX-512', 'AVX2', 'SSE4']).toContain(report.instructionSet)
  })

  it('multiplies matrices', () => {
    const product = tf.tidy(() =>
      tf
        .matMul(
          tf.tensor2d([
            [1, 2],
            [3, 4],
          ]),
          tf.tensor2d([
            [5, 6],
            [7, 8],
          ]),
        )
        .arraySync(),
    )
    expect(product).toEqual([
      [19, 22],
      [43, 50],
    ])
  })

  it('has the gradient of a convolution worked out by hand', () => {
    // y = Σ over the 2×2 outputs of a 2×2 kernel on a 3×3 image: each tap's gradient is the sum of the four values under it.
    const gradient = tf.tidy(() =>
      tf
        .grad((kernel: tf.Tensor) =>
          tf.sum(
            tf.conv2d(
              tf.tensor4d([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 3, 3, 1]),
              kernel as tf.Tensor4D,
              1,
              'valid',
            ),
          ),
        )(tf.zeros([2, 2, 1, 1]))
        .dataSync(),
    )
    expect([...gradient]).toEqual([12, 16, 24, 28])
  })

  it('agrees with the plain backend on every gradient of the model’s blocks, and stays the backend', async () => {
    expect(await checkGradients('tensorflow', 1e-3)).toBeNull()
    expect(tf.getBackend()).toBe('tensorflow')
  })

  it('leaves no tensor behind after the check', async () => {
    const before = tf.memory().numTensors
    await checkGradients('tensorflow', 1e-3)
    expect(tf.memory().numTensors).toBe(before)
  })
})
