/** The engine as a whole: its threads, its memory, its end. Two threads, also on a machine with one core. */
process.env['BITW_THREADS'] = '2'
import { Worker } from 'node:worker_threads'
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { randomStream } from '../../../../src/domain/random'
import { loadEngine } from '../../../../src/main/trainer/engines/load'
import { loadWasm } from '../../../../src/main/trainer/engines/wasm/wasm'
import type { WasmEngine } from '../../../../src/main/trainer/engines/wasm/wasm'
import { loadWasmModule } from '../../../../src/main/trainer/engines/wasm/module'
import { startWasmThreads } from '../../../../src/main/trainer/engines/wasm/threads'
import { initialWeights } from '../../../../src/main/trainer/network/initialize'
import { outOfMemory } from '../../../../src/main/protocol/out-of-memory'
import { createTrainState } from '../../../../src/main/trainer/step/create-state'
import type { TrainState } from '../../../../src/main/trainer/step/train-state'

const spec = { units: [1, 1, 1, 1] as [number, number, number, number], width: 0.5 }
const batch = 6
const px = 32

let engine: WasmEngine
beforeAll(async () => {
  const report = await loadEngine('wasm')
  expect(report.threadCount).toBe(2)
  engine = await loadWasm(2)
})

describe('the WebAssembly engine’s memory', () => {
  it('does not grow over repeated steps, in tensors or in bytes', async () => {
    const state = await newState()
    // the allocator settles: holes of all sizes that a step needs
    for (let count = 0; count < 20; count++) await takeStep(state)
    const before = { tensors: tf.memory().numTensors, bytes: engine.heapBytes() }
    for (let count = 0; count < 60; count++) await takeStep(state)
    expect({ tensors: tf.memory().numTensors, bytes: engine.heapBytes() }).toEqual(before)
    state.dispose()
  })

  it('says that it is too small in words that the trainer knows, and works on', () => {
    const before = tf.memory().numTensors
    const x = tf.ones([1, 1, 1, 1]) as tf.Tensor4D
    // 6.4 GB, whose count of bytes does not even fit into 32 bits
    const frame: [number, number] = [20_000, 20_000]
    const thrown = thrownBy(() => tf.pad(x, [[0, 0], frame, frame, [0, 0]]))
    expect(outOfMemory(thrown)?.code).toBe('out-of-memory')
    expect(
      tf.tidy(() => tf.conv2d(x, tf.fill([1, 1, 1, 1], 3) as tf.Tensor4D, 1, 'valid').dataSync()[0]),
    ).toBe(3)
    x.dispose()
    expect(tf.memory().numTensors).toBe(before)
  })

  it('is refused, not overwritten, where they are used up', async () => {
    const { module, memory } = await loadWasmModule()
    const bytes = 200 * 2 ** 20
    const pieces: number[] = []
    const thrown = thrownBy(() => {
      for (;;) pieces.push(module._malloc(bytes) >>> 0)
    })
    expect(outOfMemory(thrown)?.code).toBe('out-of-memory')
    expect(pieces.length).toBeGreaterThan(17)
    pieces.forEach((address, index) => {
      const end = pieces[index + 1] ?? memory.buffer.byteLength
      expect(address + bytes).toBeLessThanOrEqual(end)
    })
    // larger than what is left below 4 GiB, where the package's own arithmetic would carry over
    expect(outOfMemory(thrownBy(() => module._malloc(1.5 * 2 ** 30)))?.code).toBe('out-of-memory')
    const last = pieces.at(-1) ?? 0
    module._free(last)
    expect(module._malloc(bytes) >>> 0).toBe(last)
  })
})

describe('the WebAssembly engine’s threads', () => {
  it('leave nothing of the stand-ins for the package’s own', () => {
    expect(Reflect.get(globalThis, 'Worker')).not.toBe(Worker)
  })

  it('work alone where no other can be started, and say why', async () => {
    const { module, memory } = await loadWasmModule()
    // a thread that is given another memory than its kernels ask for cannot start
    const foreign = new WebAssembly.Memory({ initial: 1, maximum: 1 })
    const threads = await startWasmThreads(module, memory, 3, foreign)
    expect(threads.count).toBe(1)
    expect(threads.problem).toContain('Memory')
  })

  it('share the work, give the bits that one gives, and end', async () => {
    const others = engine.threads.tasksOfOthers()
    const onTwo = await oneStep()
    expect(engine.threads.tasksOfOthers()).toBeGreaterThan(others)
    await engine.threads.close()
    const done = engine.threads.tasksOfOthers()
    const onOne = await oneStep()
    expect(engine.threads.tasksOfOthers()).toBe(done)
    expect(onTwo.some((value) => value !== 0)).toBe(true)
    expect(onOne).toEqual(onTwo)
  })
})

/** All momenta after one step, which are the gradients. */
async function oneStep(): Promise<number[]> {
  const state = await newState()
  await takeStep(state)
  const values: number[] = []
  for await (const { name, data } of state.readTensors())
    if (name.endsWith('/momentum')) for (const value of data) values.push(value)
  state.dispose()
  return values
}

function newState(): Promise<TrainState> {
  return createTrainState(initialWeights(spec, 5, 0), {
    spec,
    classCount: 5,
    momentum: 0.9,
    microBatchSize: batch,
    cropPx: px,
    precision: 'float32',
  })
}

async function takeStep(state: TrainState): Promise<void> {
  await state.begin()
  await state.accumulate({ kind: 'scaled', imagesNhwc: images() }, labels(), batch, batch)
  await state.apply(1e-3)
}

function images(): Float32Array {
  const next = randomStream(3, 1)
  return Float32Array.from({ length: batch * px * px * 3 }, () => 2 * next() - 1)
}

function labels(): Float32Array {
  const found = new Float32Array(batch * 5)
  for (let row = 0; row < batch; row++) found[row * 5 + (row % 5)] = 1
  return found
}

function thrownBy(work: () => unknown): unknown {
  try {
    work()
  } catch (thrown) {
    return thrown
  }
  throw new Error('Nothing was thrown.')
}
