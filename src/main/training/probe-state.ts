/** A linear probe: the head alone learns, on features that are computed once for each picture, whoever asks for them. */
import { hash } from 'node:crypto'
import * as tf from '@tensorflow/tfjs-core'
import { headBiasName, headKernelName, parameterShapes } from '../model/spec'
import { headLogits } from '../model/resnet-v2'
import { momentumStep } from '../model/std-conv'
import { featureChannels } from '../model/units'
import type { WeightSet } from '../model/weights/weight-set'
import { plainLearning } from './learning'
import { createPredictor } from './predictor'
import { lossSumOf, pulledVelocity } from './step-functions'
import { headersOf, momentumSuffix } from './train-state'
import type { Images, StateOptions, TrainState } from './train-state'

/** Features kept; what comes later is computed each time. 32,000 pictures of 2,048 features take 256 MB. */
const mostFeatureBytes = 1024 ** 3

/**
 * `weights` must hold every parameter, and stays whole: all but the head is what checkpoints are filled with. With MixUp features are mixed in the
 * place of pictures. Caller disposes.
 */
export async function createProbeState(weights: WeightSet, options: StateOptions): Promise<TrainState> {
  const { spec, classCount, learning = plainLearning } = options
  const channels = featureChannels(spec)
  const headNames = [headKernelName, headBiasName]
  let predictor = await createPredictor(copyOf(weights), options)
  const known = new Map<string, Float32Array>()
  let values = headNames.map((name) => tensorOf(weights, name))
  let momenta = values.map((value) => tf.zerosLike(value))
  const initial = learning.decayTowardInitial > 0 ? values.map((value) => tf.clone(value)) : []
  let gradients: tf.Tensor[] = []

  function dataOf(name: string): Promise<Float32Array> {
    const isMomentum = name.endsWith(momentumSuffix)
    const parameter = isMomentum ? name.slice(0, -momentumSuffix.length) : name
    const tensor = (isMomentum ? momenta : values)[headNames.indexOf(parameter)]
    if (tensor !== undefined) return tensor.data().then((data) => Float32Array.from(data))
    const frozen = weights.get(parameter)
    if (frozen === undefined) throw new Error(`The model has no tensor ${name}.`)
    return Promise.resolve(isMomentum ? new Float32Array(frozen.data.length) : frozen.data.slice())
  }

  /** [count,C]; what is not known yet is computed together. */
  async function featuresOf(pixelsNhwc: Uint8Array, count: number): Promise<Float32Array> {
    const length = pixelsNhwc.length / count
    const features = new Float32Array(count * channels)
    const missing: { row: number; key: string }[] = []
    for (let row = 0; row < count; row += 1) {
      const key = hash('sha1', pixelsNhwc.subarray(row * length, (row + 1) * length), 'base64')
      const found = known.get(key)
      if (found === undefined) missing.push({ row, key })
      else features.set(found, row * channels)
    }
    if (missing.length === 0) return features
    const pixels = new Uint8Array(missing.length * length)
    for (const [index, { row }] of missing.entries())
      pixels.set(pixelsNhwc.subarray(row * length, (row + 1) * length), index * length)
    const images = { kind: 'pixels', pixelsNhwc: pixels, partnersNhwc: null, lambda: 1 } as const
    const computed = await predictor.embed(images, missing.length)
    for (const [index, { row, key }] of missing.entries()) {
      const found = computed.slice(index * channels, (index + 1) * channels)
      features.set(found, row * channels)
      if (known.size * channels * 4 < mostFeatureBytes) known.set(key, found)
    }
    return features
  }

  /** [count,C], mixed where the pictures are to be. */
  async function seen(images: Images, count: number): Promise<Float32Array> {
    if (images.kind !== 'pixels') throw new RangeError('A linear probe takes stored pixels.')
    const features = await featuresOf(images.pixelsNhwc, count)
    if (images.partnersNhwc === null) return features
    const partners = await featuresOf(images.partnersNhwc, count)
    return features.map(
      (value, index) => images.lambda * value + (1 - images.lambda) * (partners[index] ?? 0),
    )
  }

  const replace = (old: readonly tf.Tensor[], made: readonly tf.Tensor[]): tf.Tensor[] => {
    for (const tensor of old) tensor.dispose()
    return [...made]
  }
  const logitsOf = (head: readonly tf.Tensor[], features: tf.Tensor2D): tf.Tensor2D =>
    headLogits(new Map(headNames.flatMap((name, index) => entryOf(name, head[index]))), features)

  return {
    note: {
      kind: 'info',
      text: 'Only the head learns, on features that are computed once for each picture.',
    },
    isRecorded: predictor.isRecorded,
    get microBatchSize() {
      return predictor.microBatchSize
    },
    setMicroBatchSize: (size) => predictor.setMicroBatchSize(size),
    begin() {
      gradients = replace(gradients, [])
      return Promise.resolve()
    },
    async accumulate(images, labelsNk, count, batchSize, featureFactorsNc = null) {
      const features = await seen(images, count)
      const earlier = gradients
      const [loss, correct, ...sums] = tf.tidy(() => {
        const plain = tf.tensor2d(features, [count, channels])
        const input =
          featureFactorsNc === null
            ? plain
            : tf.mul<tf.Tensor2D>(plain, tf.tensor2d(featureFactorsNc, [count, channels]))
        const labels = tf.tensor2d(labelsNk, [count, classCount])
        const { value, grads } = tf.valueAndGrads((...head: tf.Tensor[]) =>
          tf.mul(lossSumOf(learning.loss, logitsOf(head, input), labels), 1 / batchSize),
        )(values)
        const right = tf.equal(tf.argMax(logitsOf(values, input), 1), tf.argMax(labels, 1))
        return [
          tf.mul(value, batchSize),
          tf.sum(tf.cast(right, 'float32')),
          ...grads.map((gradient, index) => {
            const before = earlier[index]
            return before === undefined ? gradient : tf.add(before, gradient)
          }),
        ]
      })
      gradients = replace(earlier, sums)
      const result = { lossSum: (await loss?.data())?.[0] ?? NaN, correct: (await correct?.data())?.[0] ?? 0 }
      tf.dispose([loss ?? null, correct ?? null])
      return result
    },
    apply(learningRate) {
      const next = tf.tidy(() => {
        const [momentum, rate] = [tf.scalar(options.momentum), tf.scalar(learningRate)]
        return values.flatMap((value, index) => {
          const [velocity, gradient] = [momenta[index], gradients[index]]
          if (velocity === undefined || gradient === undefined)
            throw new Error('There is no gradient to apply.')
          const pull = { ...learning, initial: initial[index] ?? null }
          const pulled = pulledVelocity(value, velocity, pull, options.momentum)
          const { w, v } = momentumStep(value, pulled, gradient, momentum, rate)
          return [w, v]
        })
      })
      values = replace(
        values,
        next.filter((_, index) => index % 2 === 0),
      )
      momenta = replace(
        momenta,
        next.filter((_, index) => index % 2 === 1),
      )
      gradients = replace(gradients, [])
      return Promise.resolve()
    },
    async predict(images, count) {
      const features = await seen(images, count)
      const logits = tf.tidy(() => logitsOf(values, tf.tensor2d(features, [count, channels])))
      const data = Float32Array.from(await logits.data())
      logits.dispose()
      return data
    },
    profile: () => Promise.resolve(null),
    tensorHeaders: () => headersOf(spec, classCount),
    readTensor: dataOf,
    async restore(tensors) {
      const headers = headersOf(spec, classCount)
      let index = 0
      for await (const data of tensors) {
        const { name = '', shape = [] } = headers[index++] ?? {}
        const headIndex = headNames.indexOf(name.replace(momentumSuffix, ''))
        const isMomentum = name.endsWith(momentumSuffix)
        if (!isMomentum) weights.set(name, { shape, data })
        if (headIndex === -1) continue
        const place = isMomentum ? momenta : values
        place[headIndex]?.dispose()
        place[headIndex] = tf.tensor(data, [...shape])
      }
      known.clear()
      predictor.dispose()
      predictor = await createPredictor(copyOf(weights), options)
    },
    async *readTensors() {
      for (const { name } of headersOf(spec, classCount)) yield { name, data: await dataOf(name) }
    },
    dispose() {
      predictor.dispose()
      tf.dispose([...values, ...momenta, ...initial, ...gradients])
    },
  }

  function copyOf(all: WeightSet): WeightSet {
    return new Map(
      parameterShapes(spec, classCount).map(({ name, shape }) => [
        name,
        { shape, data: all.get(name)?.data.slice() ?? new Float32Array(0) },
      ]),
    )
  }
}

function entryOf(name: string, tensor: tf.Tensor | undefined): [string, tf.Tensor][] {
  return tensor === undefined ? [] : [[name, tensor]]
}

function tensorOf(weights: WeightSet, name: string): tf.Tensor {
  const weight = weights.get(name)
  if (weight === undefined) throw new Error(`The weights have no ${name}.`)
  return tf.tensor(weight.data, [...weight.shape], 'float32')
}
