/** Loss, decay, dropout, freezing and going on, on the recorded step and on the one that runs op by op. */
import { beforeAll, describe, expect, it } from 'vitest'
import { graphEngine } from '../../../src/main/trainer/engines/tensorflow/graph-engine'
import { openProgramCache } from '../../../src/main/trainer/engines/tensorflow/program-cache'
import { parameterShapes } from '../../../src/domain/model/spec'
import { dropoutFactors } from '../../../src/main/trainer/step/dropout'
import { createEagerState } from '../../../src/main/trainer/step/eager-state'
import { isTrained, plainLearning } from '../../../src/main/trainer/step/learning'
import type { Learning } from '../../../src/main/trainer/step/learning'
import { createRecordedState } from '../../../src/main/trainer/step/recorded-state'
import type { StateOptions, TrainState } from '../../../src/main/trainer/step/train-state'
import { loadTestEngine } from '../support/engine'
import { formula, formulaWeights } from '../support/formula'

beforeAll(() => loadTestEngine())

const spec = { units: [1, 1, 1, 1] as [number, number, number, number], width: 0.5 }
const classCount = 5
const channels = 1024
const px = 32
const count = 6
const options: StateOptions = {
  spec,
  classCount,
  momentum: 0.9,
  microBatchSize: count,
  cropPx: px,
  precision: 'float32',
}
const images = { kind: 'scaled', imagesNhwc: formula('pictures', [count, px, px, 3], 2) } as const
const labels = Float32Array.from({ length: count * classCount }, (_, index) =>
  index % classCount === Math.floor(index / classCount) % classCount ? 1 : 0,
)
const names = parameterShapes(spec, classCount).map(({ name }) => name)
const bias = 'resnet/head/conv2d/bias'
const headKernel = 'resnet/head/conv2d/kernel'
const firstKernel = 'resnet/root_block/standardized_conv2d/kernel'

type Tensors = Map<string, Float32Array>

async function tensorsOf(state: TrainState): Promise<Tensors> {
  const found: Tensors = new Map()
  for await (const { name, data } of state.readTensors()) found.set(name, data)
  return found
}

function get(tensors: Tensors, name: string): Float32Array {
  const found = tensors.get(name)
  if (found === undefined) throw new Error(`no ${name}`)
  return found
}

const ways = {
  eager: (learning: Partial<Learning>) =>
    Promise.resolve(
      createEagerState(
        formulaWeights(spec, classCount),
        { ...options, learning: { ...plainLearning, ...learning } },
        null,
      ),
    ),
  recorded: (learning: Partial<Learning>) => {
    const engine = graphEngine()
    if (engine === null) throw new Error('The set-up has not built the addon.')
    return createRecordedState(
      formulaWeights(spec, classCount),
      { ...options, learning: { ...plainLearning, ...learning } },
      { ...engine, cache: openProgramCache(null, '') },
    )
  },
}

/** Parameters and momenta after so many steps of rate 0.05; `look` sees the mean loss of each. */
async function after(
  steps: number,
  state: TrainState,
  factors: Float32Array | null = null,
  look: (loss: number) => void = () => undefined,
): Promise<Tensors> {
  for (let step = 0; step < steps; step += 1) {
    await state.begin()
    look((await state.accumulate(images, labels, count, count, factors)).lossSum / count)
    await state.apply(0.05)
  }
  return tensorsOf(state)
}

/** |one − other| at most this much, relative to the largest number. */
function expectNear(
  one: Float32Array,
  other: Float32Array | readonly number[],
  tolerance: number,
  what = '',
) {
  const largest = one.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-3)
  const far = one.reduce((most, value, i) => Math.max(most, Math.abs(value - (other[i] ?? NaN))), 0)
  expect(far / largest, what).toBeLessThan(tolerance)
}

describe.each(Object.entries(ways))('a step, %s', (_, create) => {
  it('with the sigmoid loss sums the binary cross-entropies of the classes', async () => {
    const weights = formulaWeights(spec, classCount)
    for (const name of [bias, headKernel]) weights.get(name)?.data.fill(0)
    const state = await create({ loss: 'sigmoid' })
    await state.restore(
      (async function* () {
        for (const name of names) yield weights.get(name)?.data ?? new Float32Array()
        for (const name of names) yield new Float32Array(weights.get(name)?.data.length ?? 0)
      })(),
    )
    const losses: number[] = []
    const tensors = await after(1, state, null, (loss) => losses.push(loss))
    expect(losses[0]).toBeCloseTo(classCount * Math.LN2, 5)
    // σ(0) − z, averaged over the batch
    const expected = Array.from(
      { length: classCount },
      (_, k) =>
        0.5 - labels.filter((_, index) => index % classCount === k).reduce((a, b) => a + b, 0) / count,
    )
    expectNear(get(tensors, `${bias}/momentum`), expected, 1e-5)
    state.dispose()
  })

  it.each(['softmax', 'sigmoid'] as const)(
    'takes no loss and no gradient from a row without a label (%s)',
    async (loss) => {
      const [all, rest] = [await create({ loss }), await create({ loss })]
      const without = labels.map((label, index) => (Math.floor(index / classCount) === 2 ? 0 : label))
      await all.begin()
      const found = await all.accumulate(images, without, count, count)
      await all.apply(0.05)
      // the other rows alone, in the same batch
      const slice = (data: Float32Array, from: number, to: number): Float32Array =>
        data.slice((from * data.length) / count, (to * data.length) / count)
      let [lossSum, correct] = [0, 0]
      await rest.begin()
      for (const [from, to] of [
        [0, 2],
        [3, count],
      ] as const) {
        const imagesNhwc = slice(images.imagesNhwc, from, to)
        const rows = { kind: 'scaled', imagesNhwc } as const
        const result = await rest.accumulate(rows, slice(labels, from, to), to - from, count)
        lossSum += result.lossSum
        correct += result.correct
      }
      await rest.apply(0.05)
      expect(found.lossSum).toBeCloseTo(lossSum, 4)
      expect(found.correct).toBe(correct)
      const expected = await tensorsOf(rest)
      for (const [name, data] of await tensorsOf(all)) expectNear(data, get(expected, name), 1e-4, name)
      all.dispose()
      rest.dispose()
    },
  )

  it('with weight decay adds λ·w to every gradient', async () => {
    const [plain, pulled] = [await create({}), await create({ weightDecay: 0.1 })]
    const start = await tensorsOf(plain)
    const [without, withDecay] = [await after(1, plain), await after(1, pulled)]
    for (const name of names) {
      const expected = get(without, `${name}/momentum`).map((v, i) => v + 0.1 * (get(start, name)[i] ?? 0))
      expectNear(get(withDecay, `${name}/momentum`), expected, 2e-5, name)
      const moved = get(start, name).map((w, i) => w - 0.05 * (get(withDecay, `${name}/momentum`)[i] ?? 0))
      expectNear(get(withDecay, name), moved, 1e-5, name)
    }
    plain.dispose()
    pulled.dispose()
  })

  it('with decay toward the initial weights leaves the first step, and pulls back in the next', async () => {
    const [plain, pulled] = [await create({}), await create({ decayTowardInitial: 0.2 })]
    const start = await tensorsOf(plain)
    const [first, firstPulled] = [await after(1, plain), await after(1, pulled)]
    for (const name of names) expectNear(get(firstPulled, name), get(first, name), 1e-5, name)
    const [second, secondPulled] = [await after(1, plain), await after(1, pulled)]
    for (const name of [headKernel, bias, 'resnet/group_norm/gamma']) {
      const expected = get(second, `${name}/momentum`).map(
        (v, i) => v + 0.2 * ((get(first, name)[i] ?? 0) - (get(start, name)[i] ?? 0)),
      )
      expectNear(get(secondPulled, `${name}/momentum`), expected, 1e-3, name)
    }
    plain.dispose()
    pulled.dispose()
  })

  it('with frozen layers moves the others as ever, and these not by a bit', async () => {
    const [plain, frozen] = [await create({}), await create({ freeze: 'block2', weightDecay: 0.1 })]
    const start = await tensorsOf(frozen)
    const [all, some] = [await after(1, plain), await after(1, frozen)]
    for (const name of names) {
      if (isTrained(name, 'block2')) {
        const expected = get(all, `${name}/momentum`).map((v, i) => v + 0.1 * (get(start, name)[i] ?? 0))
        expectNear(get(some, `${name}/momentum`), expected, 2e-5, name)
      } else {
        expect(get(some, name), name).toEqual(get(start, name))
        expect(get(some, `${name}/momentum`).every((value) => value === 0)).toBe(true)
      }
    }
    plain.dispose()
    frozen.dispose()
  })

  it('with dropout sees no feature that is dropped, and all of them when it predicts', async () => {
    const [plain, dropping] = [await create({}), await create({ dropout: 0.5 })]
    const logits = await dropping.predict(images, count)
    expectNear(logits, await plain.predict(images, count), 1e-5)
    const factors = new Float32Array(count * channels).fill(1)
    for (let row = 0; row < count; row += 1) factors[row * channels + 3] = 0
    const tensors = await after(1, dropping, factors)
    const kernel = get(tensors, `${headKernel}/momentum`)
    expect([...kernel.slice(3 * classCount, 4 * classCount)]).toEqual(Array(classCount).fill(0))
    expect(kernel.slice(4 * classCount, 5 * classCount).some((value) => value !== 0)).toBe(true)
    const ones = await after(1, await create({ dropout: 0.5 }), new Float32Array(count * channels).fill(1))
    const expected = await after(1, plain)
    for (const name of names) expectNear(get(ones, name), get(expected, name), 1e-5, name)
    plain.dispose()
    dropping.dispose()
  })

  it('goes on from what was read, with the same bits', async () => {
    const learning = { weightDecay: 1e-3 }
    const whole = await create(learning)
    const half = await after(2, whole)
    const other = await create(learning)
    await after(3, other) // elsewhere
    await other.restore(
      (async function* () {
        for (const data of half.values()) yield data.slice()
      })(),
    )
    const [expected, found] = [await after(2, whole), await after(2, other)]
    for (const [name, data] of expected) expect(get(found, name), name).toEqual(data)
    whole.dispose()
    other.dispose()
  })
})

describe('recorded and eager', () => {
  it('agree with everything on', async () => {
    const learning = {
      loss: 'sigmoid',
      weightDecay: 0.01,
      decayTowardInitial: 0.02,
      dropout: 0.3,
      freeze: 'root',
    } as const
    const factors = dropoutFactors(0.3, 1, 0, 0, count, channels)
    const losses: Record<string, number[]> = { eager: [], recorded: [] }
    for (const [name, create] of Object.entries(ways)) {
      const state = await create(learning)
      await after(4, state, factors, (loss) => losses[name]?.push(loss))
      state.dispose()
    }
    losses['recorded']?.forEach((loss, step) => {
      expect(Math.abs(loss / (losses['eager']?.[step] ?? NaN) - 1), String(step)).toBeLessThan(1e-4)
    })
  })
})

describe('what is trained', () => {
  it.each([
    ['none', firstKernel, true],
    ['root', firstKernel, false],
    ['root', 'resnet/block1/unit01/a/group_norm/gamma', true],
    ['block4', 'resnet/block4/unit01/c/standardized_conv2d/kernel', false],
    ['block4', 'resnet/group_norm/gamma', true],
    ['block4', headKernel, true],
  ] as const)('frozen up to %s: %s learns: %s', (freeze, name, trained) => {
    expect(isTrained(name, freeze)).toBe(trained)
  })
})

describe('dropout', () => {
  it('drops its share, keeps the mean, and does not depend on the cut into micro-batches', () => {
    const whole = dropoutFactors(0.4, 7, 3, 0, 8, 500) ?? new Float32Array()
    const dropped = whole.filter((factor) => factor === 0).length / whole.length
    expect(Math.abs(dropped - 0.4)).toBeLessThan(0.03)
    expect(new Set(whole)).toEqual(new Set([0, Math.fround(1 / 0.6)]))
    expect(dropoutFactors(0.4, 7, 3, 5, 3, 500)).toEqual(whole.slice(5 * 500))
    expect(dropoutFactors(0.4, 7, 4, 0, 8, 500)).not.toEqual(whole)
    expect(dropoutFactors(0, 7, 3, 0, 8, 500)).toBeNull()
  })
})
