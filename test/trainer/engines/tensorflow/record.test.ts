import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import type { GraphEngine } from '../../../../src/main/trainer/engines/tensorflow/graph-engine'
import { graphEngine } from '../../../../src/main/trainer/engines/tensorflow/graph-engine'
import { GraphRuntime } from '../../../../src/main/trainer/engines/tensorflow/graph-runtime'
import type { Recording } from '../../../../src/main/trainer/engines/tensorflow/program'
import { recordProgram } from '../../../../src/main/trainer/engines/tensorflow/record'
import { operationTimes } from '../../../../src/main/trainer/engines/tensorflow/step-stats'
import { loadTestEngine } from '../../support/engine'

let engine: GraphEngine
beforeAll(async () => {
  await loadTestEngine()
  const loaded = graphEngine()
  if (loaded === null) throw new Error('The set-up has not built the addon.')
  engine = loaded
})

const record = (body: (recording: Recording) => void): ReturnType<typeof recordProgram> =>
  recordProgram(engine.addon, 'float32', { body })

describe('recording', () => {
  it('gives what eager code gives, without computing while it records', async () => {
    const compute = (x: tf.Tensor): tf.Tensor => tf.sum(tf.square(tf.sub(x, tf.mean(x))))
    const program = record((recording) => {
      recording.output('y', compute(recording.input('x', [4], 'float32')))
    })
    const runtime = new GraphRuntime(engine.addon, engine)
    const x = Float32Array.of(1, 2, 4, 9)
    const { y } = await runtime.load(program).call('body', { x })
    expect(y?.[0]).toBeCloseTo(
      tf.tidy(() => compute(tf.tensor1d(x)).dataSync()[0] ?? NaN),
      4,
    )
    runtime.close()
  })

  it('keeps variables between calls, adds to them, and lets them go', async () => {
    const variable = { name: 'v', shape: [3] }
    const program = recordProgram(engine.addon, 'float32', {
      put: (recording) => {
        recording.assign(variable, tf.add(recording.input('x', [3], 'float32'), 1))
      },
      add: (recording) => {
        recording.add(variable, recording.input('x', [3], 'float32'))
      },
      take: (recording) => {
        recording.output('y', tf.mul(recording.take(variable), 2))
      },
    })
    const runtime = new GraphRuntime(engine.addon, engine)
    runtime.declare(variable)
    const loaded = runtime.load(program)
    const x = Float32Array.of(1, 2, 3)
    await loaded.call('put', { x })
    await loaded.call('add', { x })
    expect(await runtime.get(['v'])).toEqual([Float32Array.of(3, 5, 7)])
    expect((await loaded.call('take', {}))['y']).toEqual(Float32Array.of(6, 10, 14))
    await expect(runtime.get(['v'])).rejects.toThrow('v')
    await runtime.set(new Map([['v', x]]))
    expect(await runtime.get(['v'])).toEqual([x])
    runtime.close()
  })

  it('leaves the event loop free while a graph runs', async () => {
    const program = record((recording) => {
      let x = recording.input('x', [500, 500], 'float32')
      for (let i = 0; i < 20; i += 1) x = tf.matMul(x as tf.Tensor2D, x as tf.Tensor2D)
      recording.output('y', tf.sum(x))
    })
    const runtime = new GraphRuntime(engine.addon, engine)
    let turns = 0
    const call = runtime.load(program).call('body', { x: new Float32Array(250_000) })
    let running = true
    const count = (): void => {
      turns += 1
      if (running) setImmediate(count)
    }
    count()
    await call
    running = false
    expect(turns).toBeGreaterThan(10)
    runtime.close()
  })

  it('says where the time of a run goes', async () => {
    const program = record((recording) => {
      const x = recording.input('x', [64, 64], 'float32') as tf.Tensor2D
      recording.output('y', tf.sum(tf.matMul(x, tf.relu(x))))
    })
    const runtime = new GraphRuntime(engine.addon, engine)
    const times = operationTimes(await runtime.load(program).trace('body', { x: new Float32Array(4096) }))
    expect(times.map(({ operation }) => operation).join()).toMatch(/MatMul/)
    expect(times.every(({ totalMs, count }) => totalMs >= 0 && count > 0)).toBe(true)
    runtime.close()
  })
})

describe('what cannot be recorded', () => {
  it('a value that the code looks at is named with its operation', () => {
    const body = (recording: Recording): void => {
      const x = tf.relu(recording.input('x', [2], 'float32'))
      recording.output('y', tf.mul(x, x.dataSync()[0] ?? 0))
    }
    expect(() => record(body)).toThrow(/^Relu gives a value/)
  })

  it('a shape that depends on data is named with its operation', () => {
    const body = (recording: Recording): void => {
      const backend = tf.backend() as unknown as {
        executeSingleOutput(op: string, attributes: unknown[], inputs: tf.Tensor[]): tf.Tensor
      }
      const condition = tf.greater(recording.input('x', [2], 'float32'), 0)
      recording.output(
        'y',
        backend.executeSingleOutput('Where', [{ name: 'T', type: 4, value: 10 }], [condition]),
      )
    }
    expect(() => record(body)).toThrow(/^Where has a shape that depends on data/)
  })

  it('an operation that TensorFlow does not know is named', () => {
    const body = (recording: Recording): void => {
      const backend = tf.backend() as unknown as {
        executeSingleOutput(op: string, attributes: unknown[], inputs: tf.Tensor[]): tf.Tensor
      }
      recording.output(
        'y',
        backend.executeSingleOutput('Nonsense', [], [recording.input('x', [2], 'float32')]),
      )
    }
    expect(() => record(body)).toThrow(/^Nonsense cannot be recorded/)
  })

  it('a tensor from outside is refused, and eager code works on afterwards', () => {
    const outside = tf.relu(tf.tensor1d([1, 2]))
    const body = (recording: Recording): void => {
      recording.output('y', tf.add(recording.input('x', [2], 'float32'), outside))
    }
    expect(() => record(body)).toThrow('from outside of the recording')
    expect([...outside.dataSync()]).toEqual([1, 2])
    outside.dispose()
  })
})
