import * as tf from '@tensorflow/tfjs-core'
import type { WeightSet } from '../../weights/weight-set'
import { forward, isStandardized, standardizeAll } from '../network/resnet-v2'
import { isStatistic, parameterShapes } from '../../../domain/model/spec'
import { isTrained, plainLearning } from './learning'
import {
  microBatchGradients,
  mixPixels,
  pulledVelocity,
  scalePixels,
  updateParameter,
} from './step-functions'
import { headersOf, momentumSuffix, sideOf, takeWeight } from './train-state'
import type { Images, StateOptions, TrainState } from './train-state'

/** Op by op on whatever backend is set. `reason` says why it is not recorded; null where the engine never records. */
export function createEagerState(
  weights: WeightSet,
  options: StateOptions,
  reason: string | null,
): TrainState {
  const { spec, classCount, learning = plainLearning } = options
  const shapes = parameterShapes(spec, classCount)
  const names = shapes.map(({ name }) => name)
  const learns = (name: string): boolean => isTrained(name, learning.freeze)
  const trainedNames = names.filter(learns)
  let microBatchSize = options.microBatchSize
  let values = shapes.map(({ name, shape }) => tf.tensor(takeWeight(weights, name), [...shape], 'float32'))
  let momenta = shapes.map(({ shape }) => tf.zeros([...shape]))
  let standardized = tf.tidy(() =>
    [...standardizeAll(byName(values)).values()].map((tensor) => tf.clone(tensor)),
  )
  const initial = learning.decayTowardInitial > 0 ? values.map((value) => tf.clone(value)) : []
  /** Of what learns, in the order of `trainedNames`; of a statistic its next average. */
  let gradients: tf.Tensor[] | null = null

  function byName(tensors: readonly tf.Tensor[]): Map<string, tf.Tensor> {
    return new Map(tensors.map((tensor, index) => [names[index] ?? '', tensor]))
  }

  /** Puts new tensors in the place of old ones. */
  const replace = (old: readonly tf.Tensor[], made: readonly tf.Tensor[]): tf.Tensor[] => {
    for (const tensor of old) tensor.dispose()
    return [...made]
  }

  const copyOf = async (name: string): Promise<Float32Array> => {
    const isMomentum = name.endsWith(momentumSuffix)
    const index = names.indexOf(isMomentum ? name.slice(0, -momentumSuffix.length) : name)
    const tensor = (isMomentum ? momenta : values)[index]
    if (tensor === undefined) throw new Error(`The model has no tensor ${name}.`)
    return Float32Array.from(await tensor.data())
  }

  return {
    note:
      reason === null
        ? { kind: 'info', text: 'The step runs op by op: this engine has no recorded graphs.' }
        : {
            kind: 'warn',
            text: `The step runs op by op, which is several times slower: ${reason}.`,
          },
    isRecorded: false,
    get microBatchSize() {
      return microBatchSize
    },
    setMicroBatchSize(size) {
      microBatchSize = size
    },
    begin() {
      gradients = replace(gradients ?? [], [])
      gradients = null
      return Promise.resolve()
    },
    async accumulate(images, labelsNk, count, batchSize, featureFactorsNc = null) {
      const earlier = gradients
      const [loss, correct, ...sums] = tf.tidy(() => {
        const labels = tf.tensor2d(labelsNk, [count, classCount], 'float32')
        const scale = tf.scalar(1 / batchSize)
        const averages = trainedNames.flatMap((name, index): [string, tf.Tensor][] => {
          const average = earlier?.[index]
          return isStatistic(name) && average !== undefined ? [[name, average]] : []
        })
        const found = microBatchGradients(
          new Map([...byName(standardized), ...averages]),
          {
            imagesNhwc: imageTensor(images, count),
            labelsNk: labels,
            scale,
            featureFactorsNc:
              featureFactorsNc === null
                ? null
                : tf.tensor2d(featureFactorsNc, [count, featureFactorsNc.length / count], 'float32'),
          },
          spec,
          learning.loss,
          learns,
        )
        const added =
          earlier === null
            ? found.gradients
            : found.gradients.map((gradient, index) =>
                isStatistic(trainedNames[index] ?? '') ? gradient : tf.add(earlier[index] ?? 0, gradient),
              )
        return [found.lossSum, found.correct, ...added]
      })
      gradients = replace(earlier ?? [], sums)
      const result = { lossSum: (await loss?.data())?.[0] ?? NaN, correct: (await correct?.data())?.[0] ?? 0 }
      tf.dispose([loss ?? null, correct ?? null])
      return result
    },
    apply(learningRate) {
      const summed = gradients
      if (summed === null) throw new Error('There is no gradient to apply.')
      const next = tf.tidy(() => {
        const rate = tf.scalar(learningRate)
        const momentum = tf.scalar(options.momentum)
        return names.flatMap((name, index) => {
          const [value, velocity, forward] = [values[index], momenta[index], standardized[index]]
          if (value === undefined || velocity === undefined || forward === undefined) return []
          const gradient = summed[trainedNames.indexOf(name)]
          if (gradient === undefined) return [tf.clone(value), tf.clone(velocity), tf.clone(forward)]
          if (isStatistic(name)) return [tf.clone(gradient), tf.clone(velocity), tf.clone(gradient)]
          const pull = { ...learning, initial: initial[index] ?? null }
          const pulled = pulledVelocity(value, velocity, pull, options.momentum)
          const forwarded = isStandardized(name) ? forward : null
          const updated = updateParameter(value, pulled, gradient, forwarded, momentum, rate)
          return [updated.value, updated.momentum, updated.standardized ?? tf.clone(updated.value)]
        })
      })
      const third = (offset: number): tf.Tensor[] => next.filter((_, index) => index % 3 === offset)
      values = replace(values, third(0))
      momenta = replace(momenta, third(1))
      standardized = replace(standardized, third(2))
      gradients = replace(summed, [])
      gradients = null
      return Promise.resolve()
    },
    async predict(images, count) {
      const logits = tf.tidy(() => forward(byName(standardized), imageTensor(images, count), spec))
      const data = Float32Array.from(await logits.data())
      logits.dispose()
      return data
    },
    profile: () => Promise.resolve(null),
    tensorHeaders: () => headersOf(spec, classCount),
    readTensor: copyOf,
    async restore(tensors) {
      const headers = headersOf(spec, classCount)
      const read = new Map<string, tf.Tensor>()
      for await (const data of tensors) {
        const { name = '', shape = [] } = headers[read.size] ?? {}
        read.set(name, tf.tensor(data, [...shape], 'float32'))
      }
      if (read.size < headers.length) throw new Error('The checkpoint has fewer tensors than the model.')
      values = replace(
        values,
        names.map((name) => read.get(name) ?? tf.scalar(NaN)),
      )
      momenta = replace(
        momenta,
        shapes.map(({ name, shape }) => read.get(name + momentumSuffix) ?? tf.zeros([...shape])),
      )
      standardized = replace(
        standardized,
        tf.tidy(() => [...standardizeAll(byName(values)).values()].map((tensor) => tf.clone(tensor))),
      )
    },
    async *readTensors() {
      for (const { name } of headersOf(spec, classCount)) yield { name, data: await copyOf(name) }
    },
    dispose() {
      tf.dispose([...values, ...momenta, ...standardized, ...initial, ...(gradients ?? [])])
      gradients = null
    },
  }
}

export function imageTensor(images: Images, count: number): tf.Tensor4D {
  const px = sideOf(images, count)
  const shape: [number, number, number, number] = [count, px, px, 3]
  if (images.kind === 'scaled') return tf.tensor4d(images.imagesNhwc, shape, 'float32')
  const pixels = tf.tensor4d(Float32Array.from(images.pixelsNhwc), shape, 'float32')
  if (images.partnersNhwc === null) return scalePixels(pixels)
  const partners = tf.tensor4d(Float32Array.from(images.partnersNhwc), shape, 'float32')
  return scalePixels(mixPixels(pixels, partners, tf.scalar(images.lambda)))
}
