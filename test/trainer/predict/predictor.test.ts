import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as tf from '@tensorflow/tfjs-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ModelSpec } from '../../../src/contract/entities/model'
import { graphEngine } from '../../../src/main/trainer/engines/tensorflow/graph-engine'
import { openProgramCache } from '../../../src/main/trainer/engines/tensorflow/program-cache'
import { initialWeights } from '../../../src/main/trainer/network/initialize'
import { headKernelName, parseModel } from '../../../src/domain/model/spec'
import { featureChannels } from '../../../src/domain/model/units'
import { writeSafetensors } from '../../../src/main/weights/safetensors'
import type { WeightSet } from '../../../src/main/weights/weight-set'
import type { ImageAnswer, ImageRequest, PredictJob } from '../../../src/main/protocol/messages'
import { runTraining } from '../../../src/main/trainer/step/loop'
import { createPredictor } from '../../../src/main/trainer/predict/predictor'
import { servePredictions } from '../../../src/main/trainer/predict/serve-predictions'
import { createTrainState } from '../../../src/main/trainer/step/create-state'
import { loadTestEngine } from '../support/engine'
import { formula, formulaWeights } from '../support/formula'
import { Received, tinyJob } from '../support/tiny-job'

const spec = { units: [1, 1, 1, 1] as [number, number, number, number], width: 0.5 }
const classCount = 5
const cropPx = 32
const imageLength = cropPx * cropPx * 3
const options = { spec, classCount, cropPx, precision: 'float32', microBatchSize: 4 } as const

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bitw-predictor-'))
  await loadTestEngine()
})
afterAll(() => rm(folder, { recursive: true }))

function pixels(count: number) {
  const pixelsNhwc = Uint8Array.from(
    { length: count * imageLength },
    (_, index) => Math.imul(index, 40503) >>> 8,
  )
  return { kind: 'pixels', pixelsNhwc, partnersNhwc: null, lambda: 1 } as const
}

/** Random, with a head that tells the classes apart. */
function weightsOf(kind: ModelSpec): WeightSet {
  const weights = initialWeights(kind, classCount, 3)
  const shape = weights.get(headKernelName)?.shape ?? []
  return weights.set(headKernelName, { shape, data: formula('head', shape, 0.1) })
}

function farthest(one: Float32Array, other: Float32Array): number {
  expect(one).toHaveLength(other.length)
  return one.reduce((most, value, index) => Math.max(most, Math.abs(value - (other[index] ?? NaN))), 0)
}

describe('a predictor', () => {
  for (const suffix of ['', '+bn', '+plain', '+bn+plain']) {
    it(`gives the logits of a training state, recorded and op by op, whatever the count: small${suffix}`, async () => {
      const { spec: kind } = parseModel(`units:1-1-1-1,width:0.5${suffix}`)
      const made = { ...options, spec: kind }
      const state = await createTrainState(weightsOf(kind), { ...made, momentum: 0.9 })
      const expected = await state.predict(pixels(4), 4)
      state.dispose()
      const largest = Math.max(...expected.map(Math.abs))
      expect(largest).toBeGreaterThan(0.01)
      const tolerance = 1e-5 * Math.max(1, largest) // untrained averages let the numbers grow

      const before = tf.memory().numTensors
      const recorded = await createPredictor(weightsOf(kind), made)
      expect(recorded.isRecorded).toBe(true)
      expect(farthest(await recorded.predict(pixels(4), 4), expected)).toBeLessThan(tolerance)
      for (const count of [1, 3]) {
        const found = await recorded.predict(pixels(count), count)
        expect(farthest(found, expected.subarray(0, count * classCount))).toBeLessThan(tolerance)
      }
      await expect(recorded.predict(pixels(5), 5)).rejects.toThrow(RangeError)
      recorded.dispose()

      const eager = await createPredictor(weightsOf(kind), made, null)
      expect(eager.isRecorded).toBe(false)
      expect(farthest(await eager.predict(pixels(4), 4), expected)).toBeLessThan(tolerance)
      eager.dispose()
      expect(tf.memory().numTensors).toBe(before)
    })
  }

  it('gives the features that the head reads: the head of them is the logits', async () => {
    const weights = formulaWeights(spec, classCount)
    const kernel = Float32Array.from(weights.get('resnet/head/conv2d/kernel')?.data ?? [])
    const bias = Float32Array.from(weights.get('resnet/head/conv2d/bias')?.data ?? [])
    const predictor = await createPredictor(weights, options)
    const logits = await predictor.predict(pixels(2), 2)
    const features = await predictor.embed(pixels(2), 2)
    predictor.dispose()
    const channels = featureChannels(spec)
    expect(features).toHaveLength(2 * channels)
    expect(features.every((value) => value >= 0)).toBe(true) // after a ReLU
    const byHand = Float32Array.from({ length: 2 * classCount }, (_, place) => {
      const [row, index] = [Math.floor(place / classCount), place % classCount]
      let sum = bias[index] ?? NaN
      for (let channel = 0; channel < channels; channel++)
        sum += (features[row * channels + channel] ?? NaN) * (kernel[channel * classCount + index] ?? NaN)
      return sum
    })
    expect(farthest(byHand, logits)).toBeLessThan(1e-4)
  })

  it('is recorded with a graph for each power of two and no more', async () => {
    const keys: string[] = []
    const cache = openProgramCache(null, '')
    const loaded = graphEngine()
    if (loaded === null) throw new Error('The set-up has not built the addon.')
    const predictor = await createPredictor(formulaWeights(spec, classCount), options, {
      ...loaded,
      cache: {
        ...cache,
        program: (key, make) => {
          keys.push(JSON.stringify(key))
          return cache.program(key, make)
        },
      },
    })
    for (const count of [1, 2, 3, 4, 3, 1]) await predictor.predict(pixels(count), count)
    predictor.dispose()
    expect(keys.filter((key) => key.includes('predict'))).toHaveLength(3)
  })
})

/** Serves one request after another, and ends when there is none left. */
async function serve(job: PredictJob, requests: ImageRequest[], stopAfter = Infinity): Promise<Received> {
  const received = new Received()
  const end = new Error('no more requests')
  const stopRequested = (): boolean => received.of('predicted').length >= stopAfter
  const next = async (): Promise<ImageRequest> => {
    const request = requests.shift()
    if (request === undefined) throw end
    return request
  }
  await expect(servePredictions(job, received, { next, stopRequested })).rejects.toBe(end)
  return received
}

const answersOf = (received: Received): ImageAnswer[] =>
  received.of('predicted').flatMap(({ answers }) => answers)

describe('serving predictions', () => {
  it("equals a run's own predictions of its test images", async () => {
    const job = await tinyJob(join(folder, 'run'))
    const trained = new Received()
    await runTraining(job, trained, { stopRequested: () => false }, () => Date.now())
    const rows = trained.of('predictions').flatMap((message) => message.rows)
    expect(rows).toHaveLength(7)
    const weightsPath = join(folder, 'run.safetensors')
    await writeSafetensors(lastCheckpoint(trained), weightsPath)
    const paths = rows.map(({ imageId }) => join(job.source.path, `${String(imageId)}.png`))
    const received = await serve(
      {
        kind: 'predict',
        spec,
        classCount: 2,
        weightsPath,
        cropPx: 32,
        precision: 'float32',
        loss: 'softmax',
        batchSize: 4,
      },
      [{ paths, want: 'top' }],
    )
    const answers = answersOf(received)
    expect(answers.map(({ index }) => index)).toEqual(rows.map((_, index) => index))
    for (const [index, answer] of answers.entries()) {
      expect(answer).toMatchObject({ widthPx: 32, heightPx: 32, problem: null, features: null })
      expect(answer.topIndices).toEqual(rows[index]?.topIndices)
      answer.topProbabilities.forEach((probability, place) => {
        expect(Math.abs(probability - (rows[index]?.topProbabilities[place] ?? NaN))).toBeLessThan(1e-5)
      })
    }
  })

  it('names what cannot be read in its place, goes on with the rest, and answers the next request', async () => {
    const {
      source: { path: rootPath },
    } = await tinyJob(join(folder, 'broken'))
    const weightsPath = join(folder, 'five.safetensors')
    await writeSafetensors(formulaWeights(spec, classCount), weightsPath)
    await writeFile(join(rootPath, 'cut.png'), (await readFile(join(rootPath, '0.png'))).subarray(0, 300))
    await writeFile(join(rootPath, 'text.jpg'), 'no image')
    const names = ['missing.png', '0.png', '1.png', 'cut.png', 'text.jpg', '2.png', 'missing too.png']
    const paths = names.map((name) => join(rootPath, name))
    const received = await serve(
      {
        kind: 'predict',
        spec,
        classCount,
        weightsPath,
        cropPx,
        precision: 'float32',
        loss: 'sigmoid',
        batchSize: 2,
      },
      [
        { paths, want: 'top' },
        { paths: paths.slice(0, 2), want: 'features' },
      ],
    )
    const [done] = received.messages.flatMap(({ type }, place) => (type === 'images-done' ? [place] : []))
    const first = received.messages
      .slice(0, done)
      .flatMap((message) => (message.type === 'predicted' ? message.answers : []))
    expect(first.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5, 6])
    expect(first.map(({ problem }) => problem === null)).toEqual([
      false,
      true,
      true,
      false,
      false,
      true,
      false,
    ])
    expect(first[0]?.problem).toContain('no longer exists')
    expect(first[1]?.topIndices).toHaveLength(5)
    // each class on its own: they need not sum to 1
    expect(
      Math.abs((first[1]?.topProbabilities ?? []).reduce((sum, value) => sum + value, 0) - 1),
    ).toBeGreaterThan(0.01)
    const second = answersOf(received).slice(first.length)
    expect(second.map(({ features }) => features?.length ?? null)).toEqual([null, featureChannels(spec)])
    expect(received.messages[0]).toEqual({ type: 'predictor-ready' })
  })

  it('ends a request early where that is asked, and says so', async () => {
    const {
      source: { path: rootPath },
    } = await tinyJob(join(folder, 'stop'))
    const weightsPath = join(folder, 'stop.safetensors')
    await writeSafetensors(formulaWeights(spec, classCount), weightsPath)
    const paths = Array.from({ length: 20 }, (_, id) => join(rootPath, `${String(id)}.png`))
    const received = await serve(
      {
        kind: 'predict',
        spec,
        classCount,
        weightsPath,
        cropPx,
        precision: 'float32',
        loss: 'softmax',
        batchSize: 2,
      },
      [{ paths, want: 'top' }],
      1,
    )
    expect(answersOf(received)).toHaveLength(2)
    expect(received.of('images-done')).toHaveLength(1)
  })

  it('embeds with a model that has no head', async () => {
    const {
      source: { path: rootPath },
    } = await tinyJob(join(folder, 'headless'))
    const weights = new Map([...formulaWeights(spec, 1)].filter(([name]) => !name.startsWith('resnet/head')))
    const weightsPath = join(folder, 'headless.safetensors')
    await writeSafetensors(weights, weightsPath)
    const received = await serve(
      {
        kind: 'predict',
        spec,
        classCount: null,
        weightsPath,
        cropPx,
        precision: 'float32',
        loss: 'softmax',
        batchSize: 2,
      },
      [{ paths: [join(rootPath, '0.png')], want: 'features' }],
    )
    expect(answersOf(received)[0]?.features?.some((value) => value > 0)).toBe(true)
  })
})

function lastCheckpoint(received: Received): WeightSet {
  const begin = received.of('checkpoint-begin').at(-1)
  const place = received.messages.lastIndexOf(begin as never)
  const chunks = received.messages
    .slice(place)
    .flatMap((message) => (message.type === 'checkpoint-chunk' ? [message.bytes] : []))
  const bytes = Buffer.concat(chunks)
  let offset = 0
  return new Map(
    (begin?.tensors ?? []).flatMap(({ name, shape, byteCount }) => {
      const data = new Float32Array(
        bytes
          .subarray(offset, offset + byteCount)
          .buffer.slice(bytes.byteOffset + offset, bytes.byteOffset + offset + byteCount),
      )
      offset += byteCount
      return name.endsWith('/momentum') ? [] : [[name, { shape: [...shape], data }] as const]
    }),
  )
}
