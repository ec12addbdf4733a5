import * as tf from '@tensorflow/tfjs-core'
import type { ModelSpec } from '../../contract/entities/model'
import type { Recipe } from '../../contract/entities/run'
import { forward } from '../model/resnet-v2'
import { parameterShapes } from '../model/spec'
import type { WeightSet } from '../model/weights/weight-set'

export interface NamedTensor {
  /** Published name; momenta carry the suffix `/momentum`. */
  readonly name: string
  readonly shape: readonly number[]
  readonly data: Float32Array
}

export interface BatchResult {
  /** Sum over the micro-batch of the cross-entropy, nats. */
  readonly lossSum: number
  /** How many have their arg-max at the heaviest label. */
  readonly correct: number
}

/** What a run's weights go through. Everything stays on the engine between calls. */
export interface TrainState {
  /**
   * Adds the gradient of Σ cross-entropy / batchSize over `count` pictures. imagesNhwc [count,px,px,3] in [−1,1]; labelsNk [count,K] sums
   * to 1 a row. Calls for all micro-batches of a batch give the gradient of the mean over the batch, since no layer mixes examples.
   */
  accumulate(imagesNhwc: Float32Array, labelsNk: Float32Array, count: number, batchSize: number): BatchResult
  /** v ← m·v + g; w ← w − rate·v; then the gradient is forgotten. */
  apply(learningRate: number): void
  /** [count,K] logits, row-major. */
  predict(imagesNhwc: Float32Array, count: number): Float32Array
  /** Parameters in published order, then their momenta: copies. */
  readTensors(): NamedTensor[]
  /** The same one by one, so that no second copy of the model is held. */
  tensorHeaders(): { name: string; shape: readonly number[] }[]
  readTensor(name: string): Float32Array
  dispose(): void
}

/** `weights` must hold every parameter of `spec`; the class count is its head's. Caller disposes. */
export function createTrainState(
  weights: WeightSet,
  spec: ModelSpec,
  recipe: Pick<Recipe, 'momentum'>,
  classCount: number,
): TrainState {
  const names = parameterShapes(spec, classCount).map(({ name }) => name)
  let values = parameterTensors(weights, names)
  let momenta = values.map((value) => tf.zeros(value.shape))
  let gradients: tf.Tensor[] | null = null
  const momentum = tf.scalar(recipe.momentum)

  const parametersOf = (tensors: readonly tf.Tensor[]): Map<string, tf.Tensor> =>
    new Map(tensors.map((tensor, index) => [names[index] ?? '', tensor]))

  const imageTensor = (imagesNhwc: Float32Array, count: number): tf.Tensor4D => {
    const px = Math.round(Math.sqrt(imagesNhwc.length / (3 * count)))
    return tf.tensor4d(imagesNhwc, [count, px, px, 3], 'float32')
  }

  /** Puts new tensors in the place of old ones. */
  const replace = (old: readonly tf.Tensor[], made: readonly tf.Tensor[]): tf.Tensor[] => {
    for (const tensor of old) tensor.dispose()
    return [...made]
  }

  const locate = (name: string): tf.Tensor => {
    const isMomentum = name.endsWith(momentumSuffix)
    const index = names.indexOf(isMomentum ? name.slice(0, -momentumSuffix.length) : name)
    const tensor = (isMomentum ? momenta : values)[index]
    if (tensor === undefined) throw new Error(`The model has no tensor ${name}.`)
    return tensor
  }

  const tensorHeaders = (): { name: string; shape: readonly number[] }[] => [
    ...names.map((name, index) => ({ name, shape: values[index]?.shape ?? [] })),
    ...names.map((name, index) => ({ name: name + momentumSuffix, shape: values[index]?.shape ?? [] })),
  ]
  const readTensor = (name: string): Float32Array => Float32Array.from(locate(name).dataSync())

  return {
    accumulate(imagesNhwc, labelsNk, count, batchSize) {
      const [loss, correct, ...sums] = tf.tidy(() => {
        const images = imageTensor(imagesNhwc, count)
        const labels = tf.tensor2d(labelsNk, [count, classCount], 'float32')
        let correctCount: tf.Tensor = tf.scalar(0)
        const { value, grads } = tf.valueAndGrads((...tensors: tf.Tensor[]) => {
          const logits = forward(parametersOf(tensors), images, spec)
          correctCount = tf.keep(countCorrect(logits, labels)) // outlives the gradient's own tidy
          return tf.neg(tf.mul(tf.sum(tf.mul(labels, tf.logSoftmax(logits))), 1 / batchSize))
        })(values)
        const earlier = gradients
        const added = earlier === null ? grads : grads.map((grad, index) => tf.add(earlier[index] ?? 0, grad))
        return [value, correctCount, ...added]
      })
      gradients = replace(gradients ?? [], sums)
      const result = {
        lossSum: (loss?.dataSync()[0] ?? NaN) * batchSize,
        correct: correct?.dataSync()[0] ?? 0,
      }
      tf.dispose([loss ?? null, correct ?? null])
      return result
    },

    apply(learningRate) {
      const summed = gradients
      if (summed === null) throw new Error('There is no gradient to apply.')
      const next = tf.tidy(() => {
        const rate = tf.scalar(learningRate)
        const newMomenta = momenta.map((v, index) => tf.add(tf.mul(v, momentum), summed[index] ?? 0))
        const newValues = values.map((w, index) => tf.sub(w, tf.mul(newMomenta[index] ?? 0, rate)))
        return [...newMomenta, ...newValues]
      })
      momenta = replace(momenta, next.slice(0, names.length))
      values = replace(values, next.slice(names.length))
      tf.dispose(summed)
      gradients = null
    },

    predict(imagesNhwc, count) {
      const logits = tf.tidy(() => forward(parametersOf(values), imageTensor(imagesNhwc, count), spec))
      const data = Float32Array.from(logits.dataSync())
      logits.dispose()
      return data
    },

    readTensors: () => tensorHeaders().map((header) => ({ ...header, data: readTensor(header.name) })),
    tensorHeaders,
    readTensor,
    dispose() {
      tf.dispose([...values, ...momenta, ...(gradients ?? []), momentum])
      gradients = null
    },
  }
}

const momentumSuffix = '/momentum'

/** Apart from the state's closures, so that they do not keep the weights' own memory. */
function parameterTensors(weights: WeightSet, names: readonly string[]): tf.Tensor[] {
  return names.map((name) => {
    const weight = weights.get(name)
    if (weight === undefined) throw new Error(`The weights have no ${name}.`)
    return tf.tensor(weight.data, [...weight.shape], 'float32')
  })
}

function countCorrect(logitsNk: tf.Tensor2D, labelsNk: tf.Tensor2D): tf.Tensor {
  return tf.sum(tf.cast(tf.equal(tf.argMax(logitsNk, 1), tf.argMax(labelsNk, 1)), 'float32'))
}
