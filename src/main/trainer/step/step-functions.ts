/** What a training step computes, in ordinary tfjs operations: the same code runs eagerly and is recorded as a graph. */
import * as tf from '@tensorflow/tfjs-core'
import type { ModelSpec } from '../../../contract/entities/model'
import type { LossName } from '../../../contract/entities/run'
import { movingAverage } from '../network/batch-norm'
import { headLogits, pooledFeatures } from '../network/resnet-v2'
import { isStatistic } from '../../../domain/model/spec'
import { momentumStep, standardizedMomentumStep } from '../network/std-conv'

export type Named = ReadonlyMap<string, tf.Tensor>

export interface GradientSums {
  /** Sum of the loss, nats; scalar. */
  readonly lossSum: tf.Tensor
  /** How many have their arg-max at the heaviest label; scalar. */
  readonly correct: tf.Tensor
  /** With respect to the trained standardized parameters, of Σ loss · scale, in their order; in a statistic's place its next average. */
  readonly gradients: tf.Tensor[]
}

/** What the head's part of a step takes beside the features. */
export interface HeadInputs {
  readonly labelsNk: tf.Tensor2D
  /** Scalar, 1/batch size. */
  readonly scale: tf.Tensor
  /** [n,C]: what each feature is multiplied with before the head; null without dropout. */
  readonly featureFactorsNc: tf.Tensor2D | null
}

export interface MicroBatchInputs extends HeadInputs {
  readonly imagesNhwc: tf.Tensor4D
}

/**
 * Of a micro-batch. imagesNhwc in [−1, 1]; labelsNk sums to 1 a row, or to 0 where the row is only there to fill the batch: then it counts
 * for nothing. The sums over all micro-batches are the gradient of the mean over the batch, since no layer mixes examples; BatchNorm does,
 * and learns from the micro-batch alone. `standardized` has each statistic as the micro-batch before this one left it.
 */
export function microBatchGradients(
  standardized: Named,
  inputs: MicroBatchInputs,
  spec: ModelSpec,
  lossName: LossName,
  isTrained: (name: string) => boolean,
): GradientSums {
  const trained = [...standardized.keys()].filter(isTrained)
  const names = trained.filter((name) => !isStatistic(name))
  const statistics = new Map<string, tf.Tensor>()
  let sums: HeadSums | null = null
  const { grads } = tf.valueAndGrads((...tensors: tf.Tensor[]) => {
    const parameters = new Map(standardized)
    for (const [index, tensor] of tensors.entries()) parameters.set(names[index] ?? '', tensor)
    statistics.clear()
    const training = { learns: isTrained, statistics }
    const features = pooledFeatures(parameters, inputs.imagesNhwc, spec, training)
    sums = headSums(parameters, features, inputs, lossName)
    return tf.mul(sums.loss, inputs.scale)
  })(names.map((name) => standardized.get(name) ?? tf.scalar(0)))
  const found = new Map(names.map((name, index) => [name, grads[index] ?? tf.scalar(0)]))
  for (const [name, ofBatch] of statistics) {
    found.set(name, movingAverage(standardized.get(name) ?? ofBatch, ofBatch))
    ofBatch.dispose()
  }
  return { ...reported(sums), gradients: trained.map((name) => found.get(name) ?? tf.scalar(0)) }
}

/** The same of the head alone, whose parameters `head` has, on features that are known: [n,C]. */
export function headGradients(
  head: Named,
  featuresNc: tf.Tensor2D,
  inputs: HeadInputs,
  lossName: LossName,
): GradientSums {
  const names = [...head.keys()]
  let sums: HeadSums | null = null
  const { grads: gradients } = tf.valueAndGrads((...tensors: tf.Tensor[]) => {
    const parameters = new Map(tensors.map((tensor, index) => [names[index] ?? '', tensor]))
    sums = headSums(parameters, featuresNc, inputs, lossName)
    return tf.mul(sums.loss, inputs.scale)
  })([...head.values()])
  return { ...reported(sums), gradients }
}

interface HeadSums {
  readonly loss: tf.Tensor
  /** Both outlive a gradient's own tidy. */
  readonly lossSum: tf.Tensor
  readonly correct: tf.Tensor
}

function headSums(
  parameters: Named,
  featuresNc: tf.Tensor2D,
  { labelsNk, featureFactorsNc }: HeadInputs,
  lossName: LossName,
): HeadSums {
  const seen = featureFactorsNc === null ? featuresNc : tf.mul<tf.Tensor2D>(featuresNc, featureFactorsNc)
  const logits = headLogits(parameters, seen)
  const loss = lossSumOf(lossName, logits, labelsNk)
  return { loss, lossSum: tf.keep(tf.clone(loss)), correct: tf.keep(countCorrect(logits, labelsNk)) }
}

/** What the function whose gradient was taken has left behind. */
function reported(sums: HeadSums | null): Pick<GradientSums, 'lossSum' | 'correct'> {
  if (sums === null) throw new Error('The loss was never computed.')
  return { lossSum: sums.lossSum, correct: sums.correct }
}

/** Σ over rows, nats. softmax: the cross-entropy of the class distribution. sigmoid: of each class on its own, summed over classes. */
function lossSumOf(name: LossName, logitsNk: tf.Tensor2D, labelsNk: tf.Tensor2D): tf.Tensor {
  if (name === 'softmax') return tf.neg(tf.sum(tf.mul(labelsNk, tf.logSoftmax(logitsNk))))
  // softplus(x) − x·z is −z·log σ(x) − (1 − z)·log(1 − σ(x)); a row that only fills the batch has no label
  const perRow = tf.sum(tf.sub(tf.softplus(logitsNk), tf.mul(logitsNk, labelsNk)), 1)
  return tf.sum(tf.mul(perRow, tf.minimum(tf.sum(labelsNk, 1), 1)))
}

/** Pixels 0 … 255, float32, to what the model takes (bit-reference, section 3). */
export function scalePixels(pixels: tf.Tensor): tf.Tensor4D {
  return tf.sub(tf.mul(pixels, 1 / 127.5), 1)
}

/** λ·image + (1 − λ)·partner; `lambda` a scalar. */
export function mixPixels(pixels: tf.Tensor, partners: tf.Tensor, lambda: tf.Tensor): tf.Tensor {
  return tf.add(tf.mul(pixels, lambda), tf.mul(partners, tf.sub(1, lambda)))
}

export interface Updated {
  readonly value: tf.Tensor
  readonly momentum: tf.Tensor
  /** The value as the next forward pass takes it; null where it takes it as it is. */
  readonly standardized: tf.Tensor | null
}

/** How a parameter is pulled, and from where. */
export interface Pull {
  readonly weightDecay: number
  readonly decayTowardInitial: number
  /** Where the parameter started; null where nothing pulls toward it. */
  readonly initial: tf.Tensor | null
}

/**
 * The velocity whose momentum step with the gradient g is that of the gradient g + λ·w + μ·(w − w₀): v + (λ·w + μ·(w − w₀)) / m. So what pulls
 * on the weights needs no kernel of its own.
 */
export function pulledVelocity(
  value: tf.Tensor,
  velocity: tf.Tensor,
  { weightDecay, decayTowardInitial, initial }: Pull,
  momentum: number,
): tf.Tensor {
  let pulled = velocity
  const total = weightDecay + decayTowardInitial
  if (total > 0) pulled = tf.add(pulled, tf.mul(value, total / momentum))
  if (initial !== null) pulled = tf.sub(pulled, tf.mul(initial, decayTowardInitial / momentum))
  return pulled
}

/**
 * SGD with momentum on one parameter, from the gradient that `microBatchGradients` gave for it. `standardized` is the kernel as the forward pass
 * took it, null where that is the value itself.
 */
export function updateParameter(
  value: tf.Tensor,
  velocity: tf.Tensor,
  gradient: tf.Tensor,
  standardized: tf.Tensor | null,
  momentum: tf.Tensor,
  rate: tf.Tensor,
): Updated {
  if (standardized === null) {
    const { w, v } = momentumStep(value, velocity, gradient, momentum, rate)
    return { value: w, momentum: v, standardized: null }
  }
  const next = standardizedMomentumStep(value, velocity, gradient, standardized, momentum, rate)
  return { value: next.w, momentum: next.v, standardized: next.standardized }
}

function countCorrect(logitsNk: tf.Tensor2D, labelsNk: tf.Tensor2D): tf.Tensor {
  const right = tf.cast(tf.equal(tf.argMax(logitsNk, 1), tf.argMax(labelsNk, 1)), 'float32')
  return tf.sum(tf.mul(right, tf.sum(labelsNk, 1)))
}
