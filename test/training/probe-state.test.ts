import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runTraining } from '../../src/main/training/loop'
import { createProbeState } from '../../src/main/training/probe-state'
import { createTrainState } from '../../src/main/training/train-state'
import type { StateOptions, TrainState } from '../../src/main/training/train-state'
import { loadTestEngine } from '../model/support/engine'
import { formulaWeights } from '../model/support/formula'
import { Received, tinyJob } from './support/tiny-job'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bitw-probe-'))
  await loadTestEngine()
})
afterAll(() => rm(folder, { recursive: true }))

const spec = { units: [1, 1, 1, 1] as [number, number, number, number], width: 0.5 }
const [classCount, px, count] = [3, 32, 6]
const options: StateOptions = {
  spec,
  classCount,
  momentum: 0.9,
  microBatchSize: count,
  cropPx: px,
  precision: 'float32',
}
const pixelsNhwc = Uint8Array.from({ length: count * px * px * 3 }, (_, index) => (index * 2654435761) >>> 8)
const images = { kind: 'pixels', pixelsNhwc, partnersNhwc: null, lambda: 1 } as const
const labels = Float32Array.from({ length: count * classCount }, (_, index) =>
  index % classCount === Math.floor(index / classCount) % classCount ? 1 : 0,
)
const head = ['resnet/head/conv2d/kernel', 'resnet/head/conv2d/bias']

async function step(state: TrainState): Promise<number> {
  await state.begin()
  const { lossSum } = await state.accumulate(images, labels, count, count)
  await state.apply(0.05)
  return lossSum / count
}

function expectNear(found: Float32Array, expected: Float32Array, what: string): void {
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  found.forEach((value, i) => {
    expect(Math.abs(value - (expected[i] ?? NaN)), what).toBeLessThanOrEqual(1e-4 * largest)
  })
}

describe('a linear probe', () => {
  it('moves the head as an ordinary step does, and nothing else', async () => {
    const probe = await createProbeState(formulaWeights(spec, classCount), options)
    const ordinary = await createTrainState(formulaWeights(spec, classCount), options)
    expectNear(await probe.predict(images, count), await ordinary.predict(images, count), 'logits')
    expect(Math.abs((await step(probe)) / (await step(ordinary)) - 1)).toBeLessThan(1e-4)
    for (const name of head) {
      expectNear(await probe.readTensor(name), await ordinary.readTensor(name), name)
      const momentum = `${name}/momentum`
      expectNear(await probe.readTensor(momentum), await ordinary.readTensor(momentum), momentum)
    }
    const start = formulaWeights(spec, classCount)
    for (const { name } of probe.tensorHeaders()) {
      if (head.some((part) => name.startsWith(part))) continue
      const data = await probe.readTensor(name)
      if (name.endsWith('/momentum'))
        expect(
          data.every((value) => value === 0),
          name,
        ).toBe(true)
      else expect(data, name).toEqual(start.get(name)?.data)
    }
    probe.dispose()
    ordinary.dispose()
  })

  it('adds micro-batches to the gradient of the whole, and goes on from what was read', async () => {
    const [whole, pieces] = [
      await createProbeState(formulaWeights(spec, classCount), options),
      await createProbeState(formulaWeights(spec, classCount), { ...options, microBatchSize: 4 }),
    ]
    const losses = [await step(whole), await step(whole), await step(whole)]
    expect(losses[2]).toBeLessThan(losses[0] ?? 0)
    await pieces.begin()
    const length = px * px * 3
    for (const [start, end] of [
      [0, 4],
      [4, 6],
    ] as const) {
      const part = { ...images, pixelsNhwc: pixelsNhwc.subarray(start * length, end * length) }
      await pieces.accumulate(part, labels.slice(start * classCount, end * classCount), end - start, count)
    }
    await pieces.apply(0.05)
    expect(Math.abs((await step(pieces)) / (losses[1] ?? 0) - 1)).toBeLessThan(1e-5)

    const tensors: Float32Array[] = []
    for await (const { data } of whole.readTensors()) tensors.push(data)
    await pieces.restore(
      (async function* () {
        yield* tensors
      })(),
    )
    pieces.setMicroBatchSize(count)
    expect(Math.abs((await step(pieces)) / (await step(whole)) - 1)).toBeLessThan(1e-5)
    whole.dispose()
    pieces.dispose()
  })

  it('is a run like any other: steps, evaluations, checkpoints of the whole model, predictions', async () => {
    const received = new Received()
    const job = await tinyJob(folder, { linearProbe: true, baseLearningRate: 0.5, stepCount: 30 })
    expect(job.recipe).toMatchObject({ linearProbe: true, randomCrop: false, crop: 'square' })
    let now = 0
    await runTraining(job, received, { stopRequested: () => false }, () => (now += 1000))
    const losses = received.of('step').map(({ metric }) => metric.loss)
    expect(losses).toHaveLength(30)
    expect(losses.at(-1)).toBeLessThan((losses[0] ?? 0) * 0.9)
    expect(received.of('finished')).toMatchObject([{ outcome: 'done', evaluatedOn: 'test' }])
    expect(received.of('predictions').flatMap(({ rows }) => rows)).toHaveLength(7)
    const [begin] = received.of('checkpoint-begin')
    expect(begin?.tensors.map(({ name }) => name)).toContain('resnet/root_block/standardized_conv2d/kernel')
    expect(received.of('log').map(({ line }) => line.text)).toContainEqual(
      expect.stringMatching(/^Only the head learns/),
    )
  })
})
