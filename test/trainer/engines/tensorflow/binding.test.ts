/**
 * What src/main/trainer/engines/tensorflow/record.ts takes for granted of @tensorflow/tfjs-node-gpu: members that the package does not promise. Where a new version
 * changes one, this names it; the recording is then to be fitted to that version.
 */
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import tfjsNode from '@tensorflow/tfjs-node-gpu/package.json' with { type: 'json' }
import { loadTestEngine } from '../../support/engine'

interface NodeBackend {
  binding: Record<string, unknown>
  createOutputTensor(metadata: { id: number; shape: readonly number[]; dtype: number }): tf.Tensor
  getInputTensorIds(tensors: readonly tf.Tensor[]): number[]
}

const where = (what: string): string =>
  `src/main/trainer/engines/tensorflow/record.ts relies on ${what}, which @tensorflow/tfjs-node-gpu ${tfjsNode.version} does otherwise`

let backend: NodeBackend
beforeAll(async () => {
  await loadTestEngine()
  backend = tf.backend() as unknown as NodeBackend
})

/** Runs `work` with another binding in the place of the package's, as a recording does. */
function withBinding<T>(other: Record<string, unknown>, work: () => T): T {
  const real = backend.binding
  const constants = Object.fromEntries(
    Object.getOwnPropertyNames(real).flatMap((name) =>
      typeof real[name] === 'function' ? [] : [[name, real[name]]],
    ),
  )
  backend.binding = { ...constants, ...other }
  try {
    return work()
  } finally {
    backend.binding = real
  }
}

describe("tfjs-node's private binding", () => {
  it.each(['createOutputTensor', 'getInputTensorIds', 'executeSingleOutput', 'executeMultipleOutputs'])(
    'has the backend’s function %s',
    (name) => {
      expect((backend as unknown as Record<string, unknown>)[name], where(name)).toBeTypeOf('function')
    },
  )

  it.each(['createTensor', 'executeOp', 'deleteTensor', 'tensorDataSync', 'isUsingGpuDevice'])(
    'has the function %s',
    (name) => {
      expect(backend.binding[name], where(`binding.${name}`)).toBeTypeOf('function')
    },
  )

  it.each([
    ['TF_FLOAT', 1],
    ['TF_INT32', 3],
    ['TF_UINT8', 4],
    ['TF_BOOL', 10],
    ['TF_ATTR_INT', 1],
    ['TF_ATTR_FLOAT', 2],
    ['TF_ATTR_BOOL', 3],
    ['TF_ATTR_TYPE', 4],
    ['TF_ATTR_SHAPE', 5],
  ])('has the constant %s = %i among its own properties', (name, value) => {
    expect(Object.getOwnPropertyNames(backend.binding), where(`binding.${name}`)).toContain(name)
    expect(backend.binding[name], where(`binding.${name}`)).toBe(value)
  })

  it('passes every constant and operation to whatever stands in its place', () => {
    const calls: unknown[][] = []
    const made = withBinding(
      {
        createTensor: (...given: unknown[]) => {
          calls.push(['createTensor', ...given])
          return 2 ** 30
        },
        executeOp: (...given: unknown[]) => {
          calls.push(['executeOp', ...given])
          return [{ id: 2 ** 30 + 1, shape: [3], dtype: 1 }]
        },
        deleteTensor: () => undefined,
        isUsingGpuDevice: () => false,
      },
      () =>
        tf.tidy(() => {
          const sum = tf.relu(tf.tensor1d([1, -2, 3]))
          return { shape: sum.shape, dtype: sum.dtype, ids: backend.getInputTensorIds([sum]) }
        }),
    )
    expect(
      calls,
      where('executeOp(name, attributes, ids, outputCount) after createTensor(shape, dtype, data)'),
    ).toEqual([
      ['createTensor', [3], 1, Float32Array.of(1, -2, 3)],
      ['executeOp', 'Relu', [{ name: 'T', type: 4, value: 1 }], [2 ** 30], 1],
    ])
    expect(made, where('the id, shape and dtype that executeOp returns')).toEqual({
      shape: [3],
      dtype: 'float32',
      ids: [2 ** 30 + 1],
    })
  })

  it('asks whatever stands in its place for a value', () => {
    const asked = (): unknown =>
      withBinding(
        {
          tensorDataSync: (id: unknown) => {
            throw new Error(`asked for ${String(id)}`)
          },
          deleteTensor: () => undefined,
        },
        () => tf.tidy(() => backend.createOutputTensor({ id: 2 ** 30, shape: [2], dtype: 1 }).dataSync()),
      )
    expect(asked, where('tensorDataSync(id)')).toThrow(`asked for ${String(2 ** 30)}`)
  })
})
