/** The head alone, on features that are computed once: held to the ordinary training with everything but the head put back after each step. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import * as tf from '@tensorflow/tfjs-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Overrides } from '../../../src/contract/entities/run'
import { openSource } from '../../../src/main/sources/sources'
import { openImageStore } from '../../../src/main/trainer/data/image-store'
import { openMissingImages } from '../../../src/main/trainer/data/missing-images'
import { openPipeline } from '../../../src/main/trainer/data/pipeline'
import { loadEngine } from '../../../src/main/trainer/engines/load'
import { parseModel } from '../../../src/domain/model/spec'
import { writeNpz } from '../../../src/main/weights/npz'
import type { TrainJob } from '../../../src/main/protocol/messages'
import { learningOf } from '../../../src/main/trainer/step/learning'
import { runTraining } from '../../../src/main/trainer/step/loop'
import { startWeights } from '../../../src/main/trainer/step/start-weights'
import { takeStep } from '../../../src/main/trainer/step/take-step'
import { createTrainState } from '../../../src/main/trainer/step/create-state'
import type { TrainState } from '../../../src/main/trainer/step/train-state'
import { loadTestEngine } from '../support/engine'
import { formulaWeights } from '../support/formula'
import { numbersOf } from '../support/numbers'
import { Received, tinyJob } from '../support/tiny-job'

let folder = ''
let weightsPath = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bitw-probe-'))
  await loadTestEngine()
  weightsPath = join(folder, 'start.npz')
  await writeNpz(formulaWeights(parseModel('units:1-1-1-1,width:0.5').spec, 2), weightsPath)
})
afterAll(() => rm(folder, { recursive: true }))

const goOn = { stopRequested: () => false }

async function probeJob(overrides: Overrides = {}): Promise<TrainJob> {
  const job = await tinyJob(folder, {
    linearProbe: true,
    resizePx: undefined,
    baseLearningRate: 0.02,
    ...overrides,
  })
  return { ...job, weightsPath }
}

async function run(
  job: TrainJob,
  control = goOn,
  received = new Received(),
  saved: readonly Uint8Array[] = [],
): Promise<Received> {
  let now = 0
  await runTraining(
    job,
    received,
    control,
    () => (now += 1000),
    () => Readable.from(saved),
  )
  return received
}

/** Of the last checkpoint, a tensor each. */
function bytesOf(received: Received): Uint8Array[] {
  return [...lastCheckpoint(received).values()].map((data) => new Uint8Array(data.buffer))
}

const lossesOf = (received: Received): number[] => received.of('step').map(({ metric }) => metric.loss)

/** The tensors of the last checkpoint. */
function lastCheckpoint(received: Received): Map<string, Float32Array> {
  const from = received.messages.findLastIndex(({ type }) => type === 'checkpoint-begin')
  const bytes = Buffer.concat(
    received.messages
      .slice(from)
      .flatMap((message) => (message.type === 'checkpoint-chunk' ? [message.bytes] : [])),
  )
  const found = new Map<string, Float32Array>()
  let offset = 0
  for (const { name, byteCount } of received.of('checkpoint-begin').at(-1)?.tensors ?? []) {
    found.set(name, new Float32Array(Uint8Array.from(bytes.subarray(offset, offset + byteCount)).buffer))
    offset += byteCount
  }
  expect(offset).toBe(bytes.length)
  return found
}

/** The ordinary step on the whole network; then everything but the head is what it was. */
async function ordinary(job: TrainJob): Promise<{ losses: number[]; tensors: Map<string, Float32Array> }> {
  const { recipe, spec } = job
  const store = openImageStore({
    ...job,
    source: openSource(job.source),
    diskCache: null,
    onProblem: () => undefined,
  })
  const classCount = job.classNames.length
  const { microBatchSize, momentum, cropPx, precision } = recipe
  const state = await createTrainState(await startWeights(job, () => Promise.resolve()), {
    ...{ spec, classCount, momentum, microBatchSize, cropPx, precision },
    learning: learningOf(recipe),
  })
  const { train } = job.images
  const missing = openMissingImages({ ...job, reasonOf: () => '' }).of('train')
  const pipeline = openPipeline({ store, train, classCount, recipe, missing })
  const start = await tensorsOf(state)
  const losses: number[] = []
  for (let stepIndex = 0; stepIndex < recipe.stepCount; stepIndex += 1) {
    const options = { state, pipeline, recipe, stepIndex, spec, control: goOn, clock: () => 0 }
    const step = await takeStep({ ...options, warn: () => Promise.resolve() })
    losses.push(step === null || step === 'empty' ? NaN : step.loss)
    const now = await tensorsOf(state)
    await state.restore(
      (async function* () {
        for (const [name, data] of start) yield name.includes('/head/') ? (now.get(name) ?? data) : data
      })(),
    )
  }
  const tensors = await tensorsOf(state)
  await pipeline.close()
  await store.close()
  state.dispose()
  return { losses, tensors }
}

async function tensorsOf(state: TrainState): Promise<Map<string, Float32Array>> {
  const found = new Map<string, Float32Array>()
  for await (const { name, data } of state.readTensors()) found.set(name, data)
  return found
}

function expectNear(
  found: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
  what: string,
): void {
  expect(found.length, what).toBe(expected.length)
  let farthest = 0
  for (let index = 0; index < found.length; index += 1)
    farthest = Math.max(farthest, Math.abs((found[index] ?? NaN) - (expected[index] ?? NaN)))
  expect(farthest, what).toBeLessThan(tolerance)
}

describe('a linear probe', () => {
  it.each<[string, Overrides]>([
    ['without the flip', { flip: false }],
    ['with the flip', {}],
    [
      'with everything that acts on the head',
      {
        weightDecay: 0.1,
        decayTowardInitial: 0.2,
        dropout: 0.3,
        loss: 'sigmoid',
        keepHead: true,
        warmupStepCount: 2,
      },
    ],
  ])('%s, gives the losses and the head of an ordinary training of the head alone', async (_, overrides) => {
    const job = await probeJob({ ...overrides, stepCount: 8, microBatchSize: 3 })
    const received = await run(job)
    const expected = await ordinary(job)
    expectNear(lossesOf(received), expected.losses, 1e-4, 'losses')
    expect(expected.losses[7]).toBeLessThan(0.9 * (expected.losses[0] ?? 0))
    for (const [name, data] of lastCheckpoint(received))
      expectNear(data, expected.tensors.get(name) ?? [], name.includes('/head/') ? 1e-4 : 1e-12, name)
  })

  it('mixes features where MixUp is on: soft labels, other losses', async () => {
    const [plain, mixed] = [await run(await probeJob()), await run(await probeJob({ mixupAlpha: 0.4 }))]
    expect(lossesOf(mixed)[0]).toBeCloseTo(Math.LN2, 5)
    expect(lossesOf(mixed).at(-1)).not.toBe(lossesOf(plain).at(-1))
    expect(lossesOf(mixed).at(-1)).toBeLessThan(Math.LN2)
  })

  it('sends what an ordinary run sends, and leaves no tensor', async () => {
    const before = tf.memory().numTensors
    const received = await run(await probeJob())
    const kinds = received.messages.flatMap((message) => {
      if (message.type === 'log' || message.type === 'checkpoint-chunk') return []
      if (message.type.startsWith('set-')) return []
      return message.type === 'evaluation'
        ? [`${message.evaluation.part} ${String(message.evaluation.stepIndex)}`]
        : [message.type]
    })
    expect(kinds).toEqual([
      'phase',
      ...['step', 'step', 'val 2', 'step', 'step', 'val 4', 'checkpoint-begin', 'checkpoint-end'],
      ...['step', 'step', 'checkpoint-begin', 'checkpoint-end'],
      ...['phase', 'val 6', 'predictions', 'test 6', 'finished'],
    ])
    const rows = received.of('predictions').flatMap((message) => message.rows)
    expect(rows.map(({ imageId }) => imageId)).toEqual([17, 18, 19, 20, 21, 22, 23])
    expect(received.of('evaluation').at(-1)?.evaluation.accuracy.correct).toBe(7)
    expect(received.of('finished')[0]).toMatchObject({ outcome: 'done', evaluatedOn: 'test' })
    const names = (received.of('checkpoint-begin')[0]?.tensors ?? []).map(({ name }) => name)
    expect(names.filter((name) => name.endsWith('/momentum'))).toEqual([
      'resnet/head/conv2d/kernel/momentum',
      'resnet/head/conv2d/bias/momentum',
    ])
    expect(tf.memory().numTensors).toBe(before)
  })

  it('goes on from a checkpoint to the same end', async () => {
    const job = await probeJob({ decayTowardInitial: 0.1 })
    const whole = await run(job)
    let steps = 0
    const counted = new Received((message) => (steps += message.type === 'step' ? 1 : 0))
    const half = await run(job, { stopRequested: () => steps === 4 }, counted)
    expect(lossesOf(half)).toEqual(lossesOf(whole).slice(0, 4))
    const saved = bytesOf(half)
    const resume = { stepIndex: 4, trainingMs: 0, waitMs: 0, isValidated: true, bestAccuracy: null }
    const resumed = await run({ ...job, resume }, undefined, undefined, saved)
    expect(lossesOf(resumed)).toEqual(lossesOf(whole).slice(4))
    expect(resumed.of('checkpoint-end').at(-1)).toEqual(whole.of('checkpoint-end').at(-1))
    expect(resumed.of('predictions')).toEqual(whole.of('predictions'))
    await expect(run({ ...job, resume }, undefined, undefined, saved.slice(1))).rejects.toMatchObject({
      code: 'home-broken',
    })
  })

  it('gives the same bits again, and promises it', async () => {
    const first = await numbersOf(folder, { linearProbe: true, resizePx: undefined })
    expect(first.log).toContainEqual(expect.stringMatching(/^Repeatable: .* bit for bit/))
    expect(await numbersOf(folder, { linearProbe: true, resizePx: undefined })).toEqual(first)
  })

  it('stopped while features are computed, is evaluated and saved as it began', async () => {
    const received = await run(await probeJob(), { stopRequested: () => true })
    expect(received.of('step')).toEqual([])
    expect(received.of('checkpoint-begin').map(({ stepIndex }) => stepIndex)).toEqual([0])
    expect(received.of('predictions').flatMap(({ rows }) => rows)).toHaveLength(7)
    expect(received.of('finished')[0]?.outcome).toBe('stopped')
  })

  it('gives images that cannot be read weight zero, as an ordinary training does', async () => {
    const job = await probeJob({ flip: false })
    const gone = { ...job, source: { kind: 'folder', path: join(folder, 'gone') } }
    await tinyJob(gone.source.path)
    for (const id of [1, 3, 4, 20]) await rm(join(gone.source.path, `${String(id)}.png`))
    const received = await run(gone)
    expectNear(lossesOf(received), (await ordinary(gone)).losses, 1e-4, 'losses')
    expect(received.of('predictions').flatMap(({ rows }) => rows)).toHaveLength(6)
    const told = received.of('unreadable').flatMap(({ images }) => images)
    // Images are read side by side, and told of as they are met.
    const inOrder = told.map(({ imageId, fromPosition }) => [imageId, fromPosition] as const)
    expect(inOrder.sort(([a], [b]) => a - b)).toEqual([
      [1, 0],
      [3, 0],
      [4, 0],
      [20, 0],
    ])
    expect(received.of('log').filter(({ line }) => line.kind === 'warn')).toHaveLength(4)
  })

  it.each<[string, number[]]>([
    ['training', [0, 2, 4, 6, 8, 10]],
    ['validation', [12, 13, 14, 15, 16]],
  ])(
    'that finds a class or a part gone (%s) is interrupted at its last step, and goes on when it is back',
    async (_, ids) => {
      const job = { ...(await probeJob()), source: { kind: 'folder', path: join(folder, 'away') } }
      await tinyJob(job.source.path)
      const whole = await run(job)
      for (const id of ids) await rm(join(job.source.path, `${String(id)}.png`))
      const received = await run(job)
      expect(received.messages.at(-1)).toMatchObject({
        type: 'interrupted',
        error: { code: 'images-missing' },
      })
      expect(received.of('evaluation')).toEqual([])
      expect(received.of('unreadable')).toEqual([])
      expect(received.of('finished')).toEqual([])
      const saved = received.of('checkpoint-begin').map(({ stepIndex }) => stepIndex)
      const taken = received.of('step').length
      expect(saved).toEqual([taken])

      await tinyJob(job.source.path)
      const resume = { stepIndex: taken, trainingMs: 0, waitMs: 0, isValidated: false, bestAccuracy: null }
      const resumed = await run({ ...job, resume }, undefined, undefined, bytesOf(received))
      expect([...lossesOf(received), ...lossesOf(resumed)]).toEqual(lossesOf(whole))
      expect(lastCheckpoint(resumed)).toEqual(lastCheckpoint(whole))
      expect(resumed.of('evaluation').map(({ evaluation }) => evaluation.accuracy)).toEqual(
        whole.of('evaluation').map(({ evaluation }) => evaluation.accuracy),
      )
    },
  )

  it('refuses a list without training images', async () => {
    const job = await probeJob()
    const none = { ids: [], keys: [], labelIndices: [] }
    await expect(run({ ...job, images: { ...job.images, train: none } })).rejects.toMatchObject({
      code: 'dataset-too-few-images',
    })
  })
})

/** Last, since there is no way back: the graphs are stopped with their engine. */
describe('a linear probe on WebAssembly', () => {
  it('gives the losses of TensorFlow', async () => {
    const job = await probeJob()
    const expected = lossesOf(await run(job))
    await loadEngine('wasm')
    const received = await run(job)
    expect(tf.getBackend()).toBe('wasm')
    expectNear(lossesOf(received), expected, 1e-3, 'losses')
  })
})
