/** BatchNorm and plain convolutions, each with and without the other: the ablation's four networks. */
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import type { ModelSpec } from '../../../src/contract/entities/model'
import { graphEngine } from '../../../src/main/trainer/engines/tensorflow/graph-engine'
import type { GraphEngine } from '../../../src/main/trainer/engines/tensorflow/graph-engine'
import { loadEngine } from '../../../src/main/trainer/engines/load'
import { openProgramCache } from '../../../src/main/trainer/engines/tensorflow/program-cache'
import { initialWeights } from '../../../src/main/trainer/network/initialize'
import { parseModel } from '../../../src/domain/model/spec'
import { createEagerState } from '../../../src/main/trainer/step/eager-state'
import { createPredictor } from '../../../src/main/trainer/predict/predictor'
import { createRecordedState } from '../../../src/main/trainer/step/recorded-state'
import type { Images, StateOptions, TrainState } from '../../../src/main/trainer/step/train-state'
import { loadTestEngine } from '../support/engine'
import { formula } from '../support/formula'

beforeAll(loadTestEngine)

const classCount = 4
const px = 32
const batchSize = 12
const imageLength = px * px * 3
const pixels = Uint8Array.from(
  formula('layer kinds', [batchSize, px, px, 3], 255, 127.5).map(
    (value, index) =>
      // each class a shade of its own
      value * 0.5 + 30 * (Math.floor(index / imageLength) % classCount),
  ),
)
const images = (start: number, count: number): Images => ({
  kind: 'pixels',
  pixelsNhwc: pixels.slice(start * imageLength, (start + count) * imageLength),
  partnersNhwc: null,
  lambda: 1,
})
const labels = new Float32Array(batchSize * classCount)
for (let row = 0; row < batchSize; row += 1) labels[row * classCount + (row % classCount)] = 1

/** Group norm with standardized convolutions is in train-state.test.ts. */
const kinds = ['+bn', '+plain', '+bn+plain'].map((suffix) => `units:1-1-1-1,width:0.5${suffix}`)
const optionsOf = (name: string, changes: Partial<StateOptions> = {}): StateOptions => ({
  spec: parseModel(name).spec,
  classCount,
  momentum: 0.9,
  microBatchSize: batchSize,
  cropPx: px,
  precision: 'float32',
  ...changes,
})
const weightsOf = ({ spec }: { spec: ModelSpec }): ReturnType<typeof initialWeights> =>
  initialWeights(spec, classCount, 3)

/** Recorded afresh: the cache is empty. */
function engine(): GraphEngine {
  const loaded = graphEngine()
  if (loaded === null) throw new Error('The set-up has not built the addon.')
  return { ...loaded, cache: openProgramCache(null, '') }
}
const eagerState = (options: StateOptions): TrainState => createEagerState(weightsOf(options), options, null)
const recordedState = (options: StateOptions): Promise<TrainState> =>
  createRecordedState(weightsOf(options), options, engine())

async function accumulate(state: TrainState): Promise<number> {
  let loss = 0
  for (let start = 0; start < batchSize; start += state.microBatchSize) {
    const count = Math.min(state.microBatchSize, batchSize - start)
    const rows = labels.slice(start * classCount, (start + count) * classCount)
    loss += (await state.accumulate(images(start, count), rows, count, batchSize)).lossSum / batchSize
  }
  return loss
}

async function step(state: TrainState, rate = 0.02): Promise<number> {
  await state.begin()
  const loss = await accumulate(state)
  await state.apply(rate)
  return loss
}

async function tensorsOf(state: TrainState): Promise<Map<string, Float32Array>> {
  const found = new Map<string, Float32Array>()
  for await (const { name, data } of state.readTensors()) found.set(name, data)
  return found
}

function restore(state: TrainState, tensors: ReadonlyMap<string, Float32Array>): Promise<void> {
  return state.restore(
    (async function* () {
      yield* tensors.values()
    })(),
  )
}

function farthest(one: Float32Array, other: Float32Array | undefined): number {
  return one.reduce((most, value, i) => Math.max(most, Math.abs(value - (other?.[i] ?? NaN))), 0)
}

/** Of the largest number in each tensor. */
async function expectAlike(one: TrainState, other: TrainState, tolerance: number): Promise<void> {
  const expected = await tensorsOf(one)
  const found = await tensorsOf(other)
  expect([...found.keys()]).toEqual([...expected.keys()])
  for (const [name, data] of found) {
    const size = data.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-3)
    expect(farthest(data, expected.get(name)) / size, name).toBeLessThan(tolerance)
  }
}

const average = 'resnet/block2/unit01/b/batch_norm/moving_variance'

describe.each(kinds)('%s', (name) => {
  it('recorded and eager: the same losses over 20 steps, which fall; the same tensors, the same predictions', async () => {
    const options = optionsOf(name)
    const eager = eagerState(options)
    const recorded = await recordedState(options)
    const losses: number[] = []
    for (let i = 0; i < 20; i += 1) {
      const [one, other] = [await step(eager), await step(recorded)]
      losses.push(one)
      expect(Math.abs(other / one - 1), `step ${String(i)}`).toBeLessThan(i < 3 ? 1e-4 : 2e-2)
      if (i === 0) {
        await expectAlike(eager, recorded, 1e-3)
        const logits = await eager.predict(images(0, 5), 5)
        const far = farthest(logits, await recorded.predict(images(0, 5), 5))
        expect(far / Math.max(...logits.map(Math.abs))).toBeLessThan(1e-3)
      }
    }
    expect(losses[0]).toBeCloseTo(Math.log(classCount), 4)
    expect(losses[19]).toBeLessThan(0.8 * (losses[0] ?? 0))
    eager.dispose()
    recorded.dispose()
  })

  it('recorded, goes on from a checkpoint as if nothing had been', async () => {
    const steady = await recordedState(optionsOf(name))
    await step(steady)
    const saved = await tensorsOf(steady)
    const resumed = await recordedState(optionsOf(name))
    await restore(resumed, saved)
    await step(steady)
    await step(resumed)
    await expectAlike(steady, resumed, 1e-12)
    steady.dispose()
    resumed.dispose()
  })
})

describe('batch norm in a step', () => {
  const name = 'units:1-1-1-1,width:0.5+bn'

  it('in micro-batches, the last one smaller, recorded does what eager does', async () => {
    const options = optionsOf(name, { microBatchSize: 7 }) // 7 + 5: of two images of 1 × 1 BatchNorm leaves signs alone, whose gradient is rounding
    const eager = eagerState(options)
    const recorded = await recordedState(options)
    for (let i = 0; i < 2; i += 1) expect(await step(recorded)).toBeCloseTo(await step(eager), 4)
    await expectAlike(eager, recorded, 2e-3)
    eager.dispose()
    recorded.dispose()
  })

  it.each([
    ['recorded', recordedState],
    ['eager', eagerState],
  ])('%s, leaves no trace where the step is begun again', async (_, create) => {
    const [steady, disturbed] = [await create(optionsOf(name)), await create(optionsOf(name))]
    await disturbed.begin()
    await accumulate(disturbed)
    await step(steady)
    await step(disturbed)
    await expectAlike(steady, disturbed, 1e-12)
    steady.dispose()
    disturbed.dispose()
  })

  it('eager, goes on from a checkpoint as if nothing had been', async () => {
    const [steady, resumed] = [eagerState(optionsOf(name)), eagerState(optionsOf(name))]
    await step(steady)
    await restore(resumed, await tensorsOf(steady))
    await step(steady)
    await step(resumed)
    await expectAlike(steady, resumed, 1e-12)
    steady.dispose()
    resumed.dispose()
  })

  it('keeps the number of tensors, and gives back all of them', async () => {
    const before = tf.memory().numTensors
    for (const create of [recordedState, eagerState]) {
      const state = await create(optionsOf(name, { microBatchSize: 6 }))
      await step(state)
      const between = tf.memory().numTensors
      await step(state)
      await state.predict(images(0, 6), 6)
      expect(tf.memory().numTensors).toBe(between)
      state.dispose()
      expect(tf.memory().numTensors).toBe(before)
    }
  })

  it('moves its averages a tenth of the way to each micro-batch, and no gradient does', async () => {
    const state = await recordedState(optionsOf(name, { microBatchSize: 6 }))
    const root = 'resnet/block1/unit01/a/batch_norm/moving_mean' // what it sees does not change with the averages
    expect((await tensorsOf(state)).has(`${root}/momentum`)).toBe(false)
    await step(state, 0)
    const once = await state.readTensor(root)
    await step(state, 0)
    // 1 − 0.9² of the way from 0, then 1 − 0.9⁴, where the two micro-batches have about the same means
    const largest = once.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
    expect(largest).toBeGreaterThan(1e-3)
    const twice = await state.readTensor(root)
    once.forEach((value, i) => {
      if (Math.abs(value) > 0.1 * largest) expect((twice[i] ?? NaN) / value).toBeCloseTo(1.81, 3)
    })
    state.dispose()
  })

  it('keeps the averages of frozen layers, and normalizes with them', async () => {
    const learning = {
      loss: 'softmax',
      weightDecay: 0,
      decayTowardInitial: 0,
      dropout: 0,
      freeze: 'block2',
    } as const
    const [eager, recorded] = [
      eagerState(optionsOf(name, { learning })),
      await recordedState(optionsOf(name, { learning })),
    ]
    for (let i = 0; i < 2; i += 1) expect(await step(recorded)).toBeCloseTo(await step(eager), 4)
    expect([...new Set(await recorded.readTensor(average))]).toEqual([1])
    expect(
      (await recorded.readTensor(average.replace('block2', 'block3'))).some((value) => value !== 1),
    ).toBe(true)
    await expectAlike(eager, recorded, 2e-3)
    eager.dispose()
    recorded.dispose()
  })

  it('evaluates an image alone as among others, and a predictor does what the state does', async () => {
    const state = await recordedState(optionsOf(name))
    for (let i = 0; i < 3; i += 1) await step(state)
    const together = await state.predict(images(0, 4), 4)
    const alone = await state.predict(images(2, 1), 1)
    expect(farthest(alone, together.slice(2 * classCount, 3 * classCount))).toBeLessThan(1e-5)
    const options = optionsOf(name)
    const tensors = await tensorsOf(state)
    const weights = weightsOf(options)
    for (const [key, { shape }] of weights)
      weights.set(key, { shape, data: tensors.get(key) ?? new Float32Array() })
    const predictor = await createPredictor(weights, options)
    expect(farthest(await predictor.predict(images(0, 4), 4), together)).toBeLessThan(1e-5)
    predictor.dispose()
    state.dispose()
  })

  it('in bfloat16 stays near float32', async () => {
    const [exact, half] = [
      await recordedState(optionsOf(name)),
      await recordedState(optionsOf(name, { precision: 'bfloat16' })),
    ]
    for (let i = 0; i < 4; i += 1) {
      const [one, other] = [await step(exact), await step(half)]
      expect(Math.abs(other / one - 1)).toBeLessThan(5e-2)
      if (i > 0) expect(other).not.toBe(one)
    }
    exact.dispose()
    half.dispose()
  })
})

/** Last, since there is no way back: the graphs are stopped with their engine. */
describe('on WebAssembly', () => {
  it.each(kinds)('%s trains as on TensorFlow', async (name) => {
    const options = optionsOf(name)
    const losses: number[][] = []
    for (const backend of ['tensorflow', 'wasm'] as const) {
      if (backend === 'wasm') await loadEngine('wasm')
      else await tf.setBackend('tensorflow')
      const state = eagerState(options)
      losses.push([await step(state), await step(state), await step(state)])
      expect(tf.getBackend()).toBe(backend)
      state.dispose()
    }
    losses[1]?.forEach((loss, i) => expect(Math.abs(loss / (losses[0]?.[i] ?? NaN) - 1)).toBeLessThan(1e-3))
  })
})
