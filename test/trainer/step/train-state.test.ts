import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as tf from '@tensorflow/tfjs-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Precision } from '../../../src/contract/entities/run'
import type { GraphEngine } from '../../../src/main/trainer/engines/tensorflow/graph-engine'
import { graphEngine } from '../../../src/main/trainer/engines/tensorflow/graph-engine'
import { openProgramCache } from '../../../src/main/trainer/engines/tensorflow/program-cache'
import { NotRecordable } from '../../../src/main/trainer/engines/tensorflow/record'
import { initialWeights } from '../../../src/main/trainer/network/initialize'
import { createEagerState } from '../../../src/main/trainer/step/eager-state'
import { createRecordedState } from '../../../src/main/trainer/step/recorded-state'
import type { Images, StateOptions, TrainState } from '../../../src/main/trainer/step/train-state'
import { loadTestEngine } from '../support/engine'
import { formula, formulaWeights } from '../support/formula'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bitw-graphs-'))
  await loadTestEngine()
})
afterAll(async () => {
  await rm(folder, { recursive: true })
  await rm(`${folder}-ways`, { recursive: true, force: true })
})

/** Recorded afresh: the tests' own cache is empty. */
function engine(changes: Partial<GraphEngine> = {}): GraphEngine {
  const loaded = graphEngine()
  if (loaded === null) throw new Error('The set-up has not built the addon.')
  return { ...loaded, cache: openProgramCache(null, ''), ...changes }
}

const spec = { units: [1, 1, 1, 1] as [number, number, number, number], width: 0.5 }
const classCount = 5
const px = 32
const batchSize = 12
const imageLength = px * px * 3
const options: StateOptions = {
  spec,
  classCount,
  momentum: 0.9,
  microBatchSize: batchSize,
  cropPx: px,
  precision: 'float32',
}
/** None of their values before a ReLU lies so near to 0 that rounding decides on which side (CONTRIBUTING.md): the ways differ by 1e-7. */
const images = formula('pictures', [batchSize, px, px, 3], 2)
/** Soft labels: 0.7 on one class, 0.3 on the next. */
const labels = Float32Array.from({ length: batchSize * classCount }, (_, index) => {
  const distance =
    ((index % classCount) - (Math.floor(index / classCount) % classCount) + classCount) % classCount
  return distance === 0 ? 0.7 : distance === 1 ? 0.3 : 0
})
const scaled = (start: number, count: number): Images => ({
  kind: 'scaled',
  imagesNhwc: images.slice(start * imageLength, (start + count) * imageLength),
})

async function step(state: TrainState, rate: number): Promise<{ loss: number; correct: number }> {
  const sum = { loss: 0, correct: 0 }
  await state.begin()
  for (let start = 0; start < batchSize; start += state.microBatchSize) {
    const count = Math.min(state.microBatchSize, batchSize - start)
    const rows = labels.slice(start * classCount, (start + count) * classCount)
    const result = await state.accumulate(scaled(start, count), rows, count, batchSize)
    sum.loss += result.lossSum / batchSize
    sum.correct += result.correct
  }
  await state.apply(rate)
  return sum
}

async function tensorsOf(state: TrainState): Promise<Map<string, Float32Array>> {
  const found = new Map<string, Float32Array>()
  for await (const { name, data } of state.readTensors()) found.set(name, data)
  return found
}

function farthest(one: Float32Array, other: Float32Array | undefined): number {
  return one.reduce((most, value, i) => Math.max(most, Math.abs(value - (other?.[i] ?? NaN))), 0)
}

const ways = {
  eager: (changes: Partial<StateOptions> = {}) =>
    Promise.resolve(createEagerState(formulaWeights(spec, classCount), { ...options, ...changes }, null)),
  // Each graph is recorded for the first test that needs it: what a cache gives is under test below.
  recorded: (changes: Partial<StateOptions> = {}) =>
    createRecordedState(
      formulaWeights(spec, classCount),
      { ...options, ...changes },
      engine({ cache: openProgramCache(`${folder}-ways`, '') }),
    ),
}

describe.each(Object.entries(ways))('a training step, %s', (_, create) => {
  it('in micro-batches, the last one smaller, gives the parameters of one large batch', async () => {
    const whole = await create()
    const pieces = await create({ microBatchSize: 5 }) // 5 + 5 + 2
    for (let i = 0; i < 3; i += 1) {
      const large = await step(whole, 0.003)
      const small = await step(pieces, 0.003)
      expect(Math.abs(large.loss - small.loss)).toBeLessThan(1e-5)
      expect(small.correct).toBe(large.correct)
    }
    const expected = await tensorsOf(whole)
    for (const [name, data] of await tensorsOf(pieces)) {
      if (!name.endsWith('/momentum')) expect(farthest(data, expected.get(name)), name).toBeLessThan(1e-6)
    }
    whole.dispose()
    pieces.dispose()
  })

  it('follows v ← 0.9 v + g, w ← w − rate v', async () => {
    const state = await create()
    const bias = 'resnet/head/conv2d/bias'
    const start = await state.readTensor(bias)
    await step(state, 0.1)
    const gradient = await state.readTensor(`${bias}/momentum`)
    const after = await state.readTensor(bias)
    after.forEach((value, i) => expect(value).toBeCloseTo((start[i] ?? 0) - 0.1 * (gradient[i] ?? 0), 5))
    state.dispose()
  })

  it('begun again, forgets what was accumulated', async () => {
    const state = await create()
    const other = await create()
    await state.begin()
    await state.accumulate(scaled(0, batchSize), labels, batchSize, batchSize)
    await step(state, 0.05)
    await step(other, 0.05)
    const expected = await tensorsOf(other)
    for (const [name, data] of await tensorsOf(state))
      expect(farthest(data, expected.get(name)), name).toBe(0)
    state.dispose()
    other.dispose()
  })

  it('goes on with the same weights after the micro-batch has become smaller', async () => {
    const steady = await create()
    const changed = await create()
    await step(steady, 0.02)
    await step(changed, 0.02)
    changed.setMicroBatchSize(3)
    expect(changed.microBatchSize).toBe(3)
    const [expected, found] = [await step(steady, 0.02), await step(changed, 0.02)]
    expect(found.loss).toBeCloseTo(expected.loss, 5)
    steady.dispose()
    changed.dispose()
  })

  it('takes stored pixels, mixed or not, as the numbers that they mean', async () => {
    const state = await create()
    const pixels = Uint8Array.from({ length: 4 * imageLength }, (_, index) => (index * 7919) >>> 3)
    const partners = pixels.toReversed()
    const mixed = (lambda: number): Images => ({
      kind: 'scaled',
      imagesNhwc: Float32Array.from(
        pixels,
        (value, i) => (lambda * value + (1 - lambda) * (partners[i] ?? 0)) / 127.5 - 1,
      ),
    })
    const plain: Images = { kind: 'pixels', pixelsNhwc: pixels, partnersNhwc: null, lambda: 1 }
    const both: Images = { kind: 'pixels', pixelsNhwc: pixels, partnersNhwc: partners, lambda: 0.3 }
    expect(farthest(await state.predict(plain, 4), await state.predict(mixed(1), 4))).toBeLessThan(1e-4)
    expect(farthest(await state.predict(both, 4), await state.predict(mixed(0.3), 4))).toBeLessThan(1e-4)
    expect(farthest(await state.predict(both, 4), await state.predict(plain, 4))).toBeGreaterThan(1e-2)
    state.dispose()
  })

  it('keeps the number of tensors, and dispose gives back all of them', async () => {
    const before = tf.memory().numTensors
    const state = await create({ microBatchSize: 6 })
    await step(state, 0.003)
    const between = tf.memory().numTensors
    for (let i = 0; i < 3; i += 1) {
      await step(state, 0.003)
      await state.predict(scaled(0, 6), 6)
      await state.readTensor('resnet/head/conv2d/bias')
      expect(tf.memory().numTensors).toBe(between)
    }
    await state.begin()
    await state.accumulate(scaled(0, 6), labels.slice(0, 6 * classCount), 6, 6)
    state.dispose()
    expect(tf.memory().numTensors).toBe(before)
  })
})

describe('a recorded step against the eager one', () => {
  const models = {
    'units 1-1-1-1, width 0.5': { units: [1, 1, 1, 1], width: 0.5 },
    'units 1-1-1-1, width 1': { units: [1, 1, 1, 1], width: 1 },
    'units 2-1-2-1, width 0.5: units without a projection': { units: [2, 1, 2, 1], width: 0.5 },
  } as const
  it.each(Object.entries(models))(
    '%s: the same losses over 20 steps, the same parameters',
    async (_, model) => {
      const own: StateOptions = { ...options, spec: { ...model, units: [...model.units] } }
      const weights = (): ReturnType<typeof initialWeights> => initialWeights(own.spec, classCount, 3)
      const eager = createEagerState(weights(), own, null)
      const recorded = await createRecordedState(weights(), own, engine())
      for (let i = 0; i < 20; i += 1) {
        const [one, other] = [await step(eager, 0.01), await step(recorded, 0.01)]
        expect(Math.abs(other.loss / one.loss - 1), `step ${String(i)}`).toBeLessThan(i < 3 ? 1e-4 : 2e-2)
        if (i === 0) {
          const expected = await tensorsOf(eager)
          for (const [name, data] of await tensorsOf(recorded)) {
            const size = data.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-3)
            expect(farthest(data, expected.get(name)) / size, name).toBeLessThan(1e-3)
          }
        }
      }
      eager.dispose()
      recorded.dispose()
    },
  )

  it('starts at ln K with a zero head, and learns', async () => {
    const state = await createRecordedState(initialWeights(spec, classCount, 1), options, engine())
    const losses: number[] = []
    for (let i = 0; i < 5; i += 1) losses.push((await step(state, 0.02)).loss)
    expect(losses[0]).toBeCloseTo(Math.log(classCount), 4)
    expect(losses[4]).toBeLessThan(losses[0] ?? 0)
    state.dispose()
  })

  it('in bfloat16 stays near float32 and learns as well', async () => {
    const exact = await createRecordedState(initialWeights(spec, classCount, 1), options, engine())
    const half = await createRecordedState(
      initialWeights(spec, classCount, 1),
      { ...options, precision: 'bfloat16' },
      engine(),
    )
    for (let i = 0; i < 5; i += 1) {
      const [one, other] = [await step(exact, 0.02), await step(half, 0.02)]
      // 8 bits of fraction in some 20 layers; the same number to the last digit would mean that nothing was cast
      expect(Math.abs(other.loss / one.loss - 1)).toBeLessThan(5e-2)
      if (i > 0) expect(other.loss).not.toBe(one.loss)
    }
    exact.dispose()
    half.dispose()
  })

  it('warns where the processor has to emulate bfloat16', async () => {
    const note = async (precision: Precision, hasBfloat16: boolean | null): Promise<TrainState['note']> => {
      const state = await createRecordedState(
        initialWeights(spec, classCount, 1),
        { ...options, precision },
        engine({ hasBfloat16 }),
      )
      const { note } = state
      state.dispose()
      return note
    }
    expect(await note('bfloat16', false)).toMatchObject({
      kind: 'warn',
      text: expect.stringMatching(/float32 is faster/),
    })
    for (const has of [true, null])
      expect(await note('bfloat16', has)).toMatchObject({
        kind: 'info',
        text: expect.stringMatching(/in bfloat16/),
      })
    expect((await note('float32', false)).kind).toBe('info')
  })

  it('does not grow over 500 steps', async () => {
    const tiny: StateOptions = { ...options, microBatchSize: 1 }
    const state = await createRecordedState(initialWeights(spec, classCount, 1), tiny, engine())
    const one: Images = {
      kind: 'pixels',
      pixelsNhwc: new Uint8Array(imageLength),
      partnersNhwc: null,
      lambda: 1,
    }
    const label = Float32Array.of(1, 0, 0, 0, 0)
    const run = async (count: number): Promise<void> => {
      for (let i = 0; i < count; i += 1) {
        await state.begin()
        await state.accumulate(one, label, 1, 1)
        await state.apply(1e-4)
      }
    }
    await run(100)
    const before = { rss: process.memoryUsage.rss(), tensors: tf.memory().numTensors }
    await run(500)
    expect(tf.memory().numTensors).toBe(before.tensors)
    // a leak of one activation a step would be 500 × 128 KB
    expect(process.memoryUsage.rss() - before.rss).toBeLessThan(32e6)
    state.dispose()
  })

  it('gives the same numbers twice from the same start', async () => {
    const losses: number[][] = []
    for (let run = 0; run < 2; run += 1) {
      const state = await createRecordedState(initialWeights(spec, classCount, 1), options, engine())
      const found: number[] = []
      for (let i = 0; i < 4; i += 1) found.push((await step(state, 0.02)).loss)
      losses.push(found)
      state.dispose()
    }
    expect(losses[1]).toEqual(losses[0])
  })
})

describe('the cache of recorded graphs', () => {
  const start = (identity = 'a'): Promise<TrainState> =>
    createRecordedState(
      initialWeights(spec, classCount, 1),
      options,
      engine({ cache: openProgramCache(folder, identity) }),
    )
  const loss = async (identity?: string): Promise<{ loss: number; note: string }> => {
    const state = await start(identity)
    const found = await step(state, 0.02)
    const { note } = state
    state.dispose()
    return { loss: found.loss, note: note.text }
  }

  it('serves a second start, is rebuilt where damaged or cut off, and told apart by what determines it', async () => {
    const first = await loss()
    expect(first.note).toContain('recorded now')
    expect(await loss()).toEqual({ ...first, note: first.note.replace('recorded now', 'from the cache') })
    for (const name of await readdir(folder)) {
      const path = join(folder, name)
      const bytes = await readFile(path)
      bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1
      await writeFile(path, bytes)
    }
    expect(await loss()).toEqual(first)
    for (const name of await readdir(folder)) {
      const path = join(folder, name)
      await writeFile(path, (await readFile(path)).subarray(0, 100))
    }
    expect(await loss()).toEqual(first)
    expect((await loss()).note).toContain('from the cache')
    expect((await loss('another TensorFlow')).note).toContain('recorded now')
  })

  it('is no reason to stop where it cannot be written', async () => {
    const file = join(folder, 'a file')
    await writeFile(file, '')
    const cache = openProgramCache(join(file, 'below'), 'a')
    const state = await createRecordedState(initialWeights(spec, classCount, 1), options, engine({ cache }))
    expect(Number.isFinite((await step(state, 0.02)).loss)).toBe(true)
    state.dispose()
  })
})

describe('what cannot be recorded', () => {
  it('is named', () => {
    expect(new NotRecordable('Where', 'has a shape that depends on data').message).toBe(
      'Where has a shape that depends on data',
    )
  })
})
