import * as tf from '@tensorflow/tfjs-core'
import type { Recipe } from '../../../contract/entities/run'
import { headLogits } from '../network/resnet-v2'
import { headBiasName, headKernelName } from '../../../domain/model/spec'
import type { WeightTensor } from '../../weights/weight-set'
import { headGradients, pulledVelocity, updateParameter } from '../step/step-functions'

/** [rows,C] and [rows,K], row-major; see `HeadInputs` in step-functions.ts. */
export interface HeadBatch {
  readonly featuresNc: Float32Array
  readonly labelsNk: Float32Array
  readonly factorsNc: Float32Array | null
  readonly count: number
  /** Rows that have a label; those of missing images have none and count for nothing. */
  readonly presentCount: number
}

export interface HeadStart {
  readonly value: WeightTensor
  readonly momentum: Float32Array
  /** What `decayTowardInitial` pulls toward. */
  readonly initial: Float32Array
}

/** The parameters of a head, in published order. */
export const headNames = [headKernelName, headBiasName] as const

export interface ProbeHead {
  /** A new step: what was accumulated before is forgotten. */
  begin(): void
  /** Adds the gradient of Σ loss / batchSize. */
  accumulate(
    batch: Omit<HeadBatch, 'presentCount'>,
    batchSize: number,
  ): Promise<{ lossSum: number; correct: number }>
  /** v ← m·v + g + λ·w + μ·(w − w₀); w ← w − rate·v; then the gradient is forgotten. */
  apply(learningRate: number): void
  /** [count,K] */
  logits(featuresNc: Float32Array, count: number): Promise<Float32Array>
  read(name: string): Promise<{ value: Float32Array; momentum: Float32Array }>
  dispose(): void
}

interface Learnt {
  readonly value: tf.Tensor
  readonly momentum: tf.Tensor
}

/** On whatever backend is set, operation by operation: a step is a few small products. */
export function createProbeHead(
  start: ReadonlyMap<string, HeadStart>,
  recipe: Pick<Recipe, 'loss' | 'momentum' | 'weightDecay' | 'decayTowardInitial'>,
): ProbeHead {
  const initial = new Map<string, tf.Tensor>()
  let learnt = new Map<string, Learnt>()
  let gradients = new Map<string, tf.Tensor>()
  for (const [name, { value, momentum, initial: first }] of start) {
    const shape = [...value.shape]
    learnt.set(name, {
      value: tf.tensor(value.data, shape, 'float32'),
      momentum: tf.tensor(momentum, shape, 'float32'),
    })
    if (recipe.decayTowardInitial > 0) initial.set(name, tf.tensor(first, shape, 'float32'))
  }
  const values = (): Map<string, tf.Tensor> => new Map([...learnt].map(([name, { value }]) => [name, value]))
  const matrix = (data: Float32Array, count: number): tf.Tensor2D =>
    tf.tensor2d(data, [count, data.length / count], 'float32')
  const forget = (): void => {
    tf.dispose([...gradients.values()])
    gradients = new Map()
  }

  return {
    begin: forget,
    async accumulate({ featuresNc, labelsNk, factorsNc, count }, batchSize) {
      const head = values()
      const names = [...head.keys()]
      const [lossSum, correct, ...sums] = tf.tidy(() => {
        const inputs = {
          labelsNk: matrix(labelsNk, count),
          scale: tf.scalar(1 / batchSize),
          featureFactorsNc: factorsNc === null ? null : matrix(factorsNc, count),
        }
        const found = headGradients(head, matrix(featuresNc, count), inputs, recipe.loss)
        const summed = names.map((name, index) => {
          const gradient = found.gradients[index] ?? tf.scalar(0)
          const earlier = gradients.get(name)
          return earlier === undefined ? gradient : tf.add(earlier, gradient)
        })
        return [found.lossSum, found.correct, ...summed]
      })
      forget()
      gradients = new Map(sums.map((sum, index) => [names[index] ?? '', sum]))
      const result = {
        lossSum: (await lossSum?.data())?.[0] ?? NaN,
        correct: (await correct?.data())?.[0] ?? 0,
      }
      tf.dispose([lossSum ?? null, correct ?? null])
      return result
    },
    apply(learningRate) {
      const next = tf.tidy(() => {
        const [momentum, rate] = [tf.scalar(recipe.momentum), tf.scalar(learningRate)]
        return [...learnt].map(([name, { value, momentum: velocity }]): [string, tf.Tensor, tf.Tensor] => {
          const pull = { ...recipe, initial: initial.get(name) ?? null }
          const pulled = pulledVelocity(value, velocity, pull, recipe.momentum)
          const gradient = gradients.get(name) ?? tf.zerosLike(value)
          const updated = updateParameter(value, pulled, gradient, null, momentum, rate)
          return [name, tf.keep(updated.value), tf.keep(updated.momentum)]
        })
      })
      for (const { value, momentum } of learnt.values()) tf.dispose([value, momentum])
      learnt = new Map(next.map(([name, value, momentum]) => [name, { value, momentum }]))
      forget()
    },
    async logits(featuresNc, count) {
      const found = tf.tidy(() => headLogits(values(), matrix(featuresNc, count)))
      const data = Float32Array.from(await found.data())
      found.dispose()
      return data
    },
    async read(name) {
      const tensors = learnt.get(name)
      if (tensors === undefined) throw new Error(`The head has no tensor ${name}.`)
      return {
        value: Float32Array.from(await tensors.value.data()),
        momentum: Float32Array.from(await tensors.momentum.data()),
      }
    },
    dispose() {
      forget()
      tf.dispose([
        ...initial.values(),
        ...[...learnt.values()].flatMap(({ value, momentum }) => [value, momentum]),
      ])
    },
  }
}
