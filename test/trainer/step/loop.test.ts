import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { Readable } from 'node:stream'
import { join } from 'node:path'
import * as tf from '@tensorflow/tfjs-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { MeasureJob, TrainJob } from '../../../src/main/protocol/messages'
import { initialWeights } from '../../../src/main/trainer/network/initialize'
import { writeNpz } from '../../../src/main/weights/npz'
import { runTraining } from '../../../src/main/trainer/step/loop'
import { measure } from '../../../src/main/trainer/step/measure'
import { loadTestEngine } from '../support/engine'
import { Received, tinyJob } from '../support/tiny-job'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bitw-loop-'))
  await loadTestEngine()
})
afterAll(() => rm(folder, { recursive: true }))

const goOn = { stopRequested: () => false }
/** A clock that ticks a second at each look, so that nothing depends on the machine. */
function ticking(): () => number {
  let now = 0
  return () => (now += 1000)
}

async function run(
  job: TrainJob,
  received = new Received(),
  control = goOn,
  saved: readonly Uint8Array[] = [],
): Promise<Received> {
  await runTraining(job, received, control, ticking(), () => Readable.from(saved))
  return received
}

function summary(received: Received): string[] {
  return received.messages
    .filter(({ type }) => type !== 'log' && type !== 'checkpoint-chunk' && !type.startsWith('set-'))
    .map((message) =>
      message.type === 'evaluation'
        ? `evaluation ${message.evaluation.part} ${String(message.evaluation.stepIndex)}`
        : message.type === 'checkpoint-begin'
          ? `checkpoint ${String(message.stepIndex)}`
          : message.type === 'phase'
            ? message.phase
            : message.type,
    )
}

describe('a training that was interrupted', () => {
  it('goes on from its checkpoint with the numbers as if it had never stopped', async () => {
    const job = await tinyJob(folder, { mixupAlpha: 0.2, weightDecay: 1e-3, dropout: 0.2 })
    const whole = await run(job)
    const chunks = whole.messages.slice(
      0,
      whole.messages.findIndex(({ type }) => type === 'checkpoint-end'),
    )
    const saved = chunks.flatMap((message) => (message.type === 'checkpoint-chunk' ? [message.bytes] : []))
    const resume = { stepIndex: 4, trainingMs: 500, waitMs: 0, isValidated: true, bestAccuracy: null }
    const resumed = await run({ ...job, resume }, new Received(), goOn, saved)
    const numbers = (received: Received) => ({
      losses: received.of('step').map(({ metric }) => [metric.stepIndex, metric.loss]),
      last: received.of('checkpoint-end').at(-1)?.sha256,
      predictions: received.of('predictions'),
    })
    expect(numbers(resumed)).toEqual({ ...numbers(whole), losses: numbers(whole).losses.slice(4) })
    expect(resumed.of('finished')[0]?.trainingMs).toBeGreaterThan(500)
    for (const wrong of [saved.slice(1), [...saved, Uint8Array.of(1, 2, 3, 4)]])
      await expect(run({ ...job, resume }, new Received(), goOn, wrong)).rejects.toMatchObject({
        code: 'home-broken',
      })
  })
})

describe('a training', () => {
  it('goes through steps, evaluations, checkpoints and predictions in this order', async () => {
    const before = tf.memory().numTensors
    const received = await run(await tinyJob(folder))
    expect(summary(received)).toEqual([
      'training',
      ...['step', 'step', 'evaluation val 2'],
      ...['step', 'step', 'evaluation val 4', 'checkpoint 4', 'checkpoint-end'],
      ...['step', 'step', 'checkpoint 6', 'checkpoint-end'],
      ...['evaluating', 'evaluation val 6', 'predictions', 'predictions', 'evaluation test 6', 'finished'],
    ])
    expect(tf.memory().numTensors).toBe(before)
  })

  it('sends metrics, an evaluation of every image, and the figures of the whole', async () => {
    const received = await run(await tinyJob(folder))
    const metrics = received.of('step').map(({ metric }) => metric)
    expect(metrics.map(({ stepIndex }) => stepIndex)).toEqual([0, 1, 2, 3, 4, 5])
    expect(metrics[0]?.loss).toBeCloseTo(Math.LN2, 4)
    // ÷ 10 at 30, 60 and 90 % of 6 steps: 2, 4, 5
    const rates = [0.02, 0.02, 0.002, 0.002, 0.0002, 0.00002]
    metrics.forEach(({ learningRate }, index) => expect(learningRate).toBeCloseTo(rates[index] ?? NaN, 12))
    const rows = received.of('predictions').flatMap((message) => message.rows)
    expect(rows.map(({ imageId }) => imageId)).toEqual([17, 18, 19, 20, 21, 22, 23])
    expect(rows.every(({ topIndices }) => topIndices.length === 2)).toBe(true)
    const test = received.of('evaluation').find(({ evaluation }) => evaluation.part === 'test')?.evaluation
    expect(test?.accuracy.total).toBe(7)
    expect(test?.accuracy.correct).toBe(rows.filter(({ labelRank }) => labelRank === 1).length)
    expect(test?.loss).toBeCloseTo(rows.reduce((sum, { loss }) => sum + loss, 0) / 7, 10)
    const finished = received.of('finished')[0]
    expect(finished).toMatchObject({ outcome: 'done', evaluatedOn: 'test' })
    const trainingMs = metrics.reduce((sum, { stepMs }) => sum + stepMs, 0)
    expect(finished?.trainingMs).toBe(trainingMs)
    expect(finished?.imagesPerSecond).toBeCloseTo((6 * 8 * 1000) / trainingMs, 10)
  })

  it('sends a checkpoint whose hash is that of the bytes of the tensors told', async () => {
    const received = await run(await tinyJob(folder))
    const last = received.messages.findLastIndex(({ type }) => type === 'checkpoint-begin')
    const hash = createHash('sha256')
    let byteCount = 0
    let sha256 = ''
    for (const message of received.messages.slice(last)) {
      if (message.type === 'checkpoint-chunk') {
        expect(message.bytes.length).toBeLessThanOrEqual(4 * 1024 * 1024)
        hash.update(message.bytes)
        byteCount += message.bytes.length
      }
      if (message.type === 'checkpoint-end') sha256 = message.sha256
    }
    const tensors = received.of('checkpoint-begin').at(-1)?.tensors ?? []
    expect(hash.digest('hex')).toBe(sha256)
    expect(tensors.reduce((sum, tensor) => sum + tensor.byteCount, 0)).toBe(byteCount)
    expect(tensors.map(({ name }) => name)).toContain('resnet/block4/unit01/c/group_norm/beta/momentum')
  })

  it('gives the same losses again, and with another micro-batch', async () => {
    const losses = async (microBatchSize: number): Promise<number[]> => {
      const received = await run(await tinyJob(folder, { microBatchSize, mixupAlpha: 0.2 }))
      return received.of('step').map(({ metric }) => metric.loss)
    }
    const [first, again, other] = [await losses(4), await losses(4), await losses(3)]
    first.forEach((loss, index) => {
      expect(Math.abs(loss - (again[index] ?? NaN))).toBeLessThan(1e-4)
      expect(Math.abs(loss - (other[index] ?? NaN))).toBeLessThan(1e-3)
    })
  })

  it('a stop ends it between two micro-batches: evaluated, saved and told as stopped', async () => {
    let steps = 0
    const received = new Received((message) => {
      if (message.type === 'step') steps += 1
    })
    let asked = 0
    const control = { stopRequested: () => steps === 3 && (asked += 1) > 1 }
    await run(await tinyJob(folder), received, control)
    expect(summary(received).slice(-9)).toEqual([
      ...['step', 'checkpoint 3', 'checkpoint-end', 'evaluating', 'evaluation val 3'],
      ...['predictions', 'predictions', 'evaluation test 3', 'finished'],
    ])
    expect(steps).toBe(3)
    expect(received.of('finished')[0]?.outcome).toBe('stopped')
  })

  it('evaluates on val where there is no test part, and on train where there is neither, and says so', async () => {
    const job = await tinyJob(folder, { stepCount: 1 })
    const none = { ids: [], keys: [], labelIndices: [] }
    const onVal = await run({ ...job, images: { ...job.images, test: none } })
    expect(onVal.of('finished')[0]?.evaluatedOn).toBe('val')
    expect(onVal.of('predictions').flatMap(({ rows }) => rows)).toHaveLength(5)
    const onTrain = await run({ ...job, images: { ...job.images, test: none, val: none } })
    expect(onTrain.of('finished')[0]?.evaluatedOn).toBe('train')
    expect(onTrain.of('log').map(({ line }) => line.text)).toContainEqual(
      expect.stringMatching(/on the training images/),
    )
  })

  it('a loss that is not finite ends it with a way out, and nothing of it is saved', async () => {
    const received = new Received()
    const job = await tinyJob(folder, { baseLearningRate: 10, checkpointEverySteps: 50, stepCount: 40 })
    const recipe = { ...job.recipe, baseLearningRate: 1e30 }
    await expect(run({ ...job, recipe }, received)).rejects.toMatchObject({
      code: 'loss-not-finite',
      message: expect.stringMatching(/at step \d+ of 40/),
      wayOut: expect.stringMatching(/lower learning rate/),
    })
    expect(received.of('checkpoint-begin')).toEqual([])
    expect(received.of('finished')).toEqual([])
  })

  it.each([
    ['the whole network', false],
    ['the head alone', true],
  ])('%s: weights that have diverged are not evaluated, and not saved after that', async (_, linearProbe) => {
    const job = await tinyJob(folder, { linearProbe })
    const diverging = (over: Partial<TrainJob['recipe']>): TrainJob => ({
      ...job,
      recipe: { ...job.recipe, baseLearningRate: 1e38, ...over },
    })
    const along = new Received()
    const often = { evaluateEverySteps: 1, checkpointEverySteps: 1 }
    await expect(run(diverging(often), along)).rejects.toMatchObject({
      code: 'loss-not-finite',
      message: expect.stringMatching(/^The loss became \D+ at step 1 of 6: training has diverged/),
      wayOut: expect.stringMatching(/lower learning rate/),
    })
    expect(summary(along)).toEqual(['training', 'step'])
    const last = new Received()
    await expect(run(diverging({ stepCount: 1 }), last)).rejects.toMatchObject({ code: 'loss-not-finite' })
    expect(last.of('evaluation')).toEqual([])
    expect(last.of('set-begin')).toEqual([])
  })

  it('starts from a weights file, tells of the new head, and names a damaged file', async () => {
    const job = await tinyJob(folder, { stepCount: 1 })
    const weightsPath = join(folder, 'start.npz')
    await writeNpz(initialWeights(job.spec, 21, 9), weightsPath)
    const received = await run({ ...job, weightsPath })
    expect(
      received
        .of('log')
        .map(({ line }) => line.text)
        .join('\n'),
    ).toMatch(/21 classes; the new head of 2 classes/)
    await writeFile(weightsPath, 'PK nothing more')
    await expect(run({ ...job, weightsPath })).rejects.toMatchObject({ code: 'bad-weights' })
  })
})

describe('a measurement', () => {
  const job: MeasureJob = {
    kind: 'measure',
    what: 'step',
    microBatchCount: 2,
    learningRate: 0.03,
    profile: true,
    spec: { units: [1, 1, 1, 1], width: 0.5 },
    classCount: 3,
    microBatchSize: 2,
    cropPx: 32,
    precision: 'float32',
    stepCount: 3,
  }

  it('sends the time of an image, falling losses and where the time goes, and leaves no tensor', async () => {
    const before = tf.memory().numTensors
    const received = new Received()
    await measure(job, received)
    const measured = received.of('measured')[0]
    expect(measured?.msPerImage).toBeGreaterThan(0)
    expect(measured?.peakMemoryBytes).toBeGreaterThan(50e6)
    // the head starts at zero; each step's loss is from before its update
    const losses = measured?.losses ?? []
    expect(losses).toHaveLength(5)
    expect(losses[0]).toBeCloseTo(Math.log(3), 4)
    expect(losses.at(-1)).toBeLessThan((losses[0] ?? 0) - 0.01)
    expect(operationsOf(received).some((name) => name.includes('BackpropFilter'))).toBe(true)
    expect(tf.memory().numTensors).toBe(before)
  })

  it('of predictions traces a prediction, no gradient', async () => {
    const received = new Received()
    await measure({ ...job, what: 'predict' }, received)
    expect(received.of('measured')[0]?.losses).toEqual([])
    expect(operationsOf(received).some((name) => name.includes('Conv2D'))).toBe(true)
    expect(operationsOf(received).filter((name) => name.includes('Backprop'))).toEqual([])
  })
})

function operationsOf(received: Received): string[] {
  return (received.of('measured')[0]?.operations ?? []).map(({ operation }) => operation)
}
