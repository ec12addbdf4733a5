/** What a training step computes, in ordinary tfjs operations: the same code runs eagerly and is recorded as a graph. */
import * as tf from '@tensorflow/tfjs-core'
import type { ModelSpec } from '../../contract/entities/model'
import { forward } from '../model/resnet-v2'
import { momentumStep, standardizedMomentumStep } from '../model/std-conv'

export type Named = ReadonlyMap<string, tf.Tensor>

export interface GradientSums {
  /** Sum of the cross-entropy, nats; scalar. */
  readonly lossSum: tf.Tensor
  /** How many have their arg-max at the heaviest label; scalar. */
  readonly correct: tf.Tensor
  /** With respect to the standardized parameters, of Σ cross-entropy · scale; in their order. */
  readonly gradients: tf.Tensor[]
}

/**
 * Of a micro-batch. imagesNhwc in [−1, 1]; labelsNk sums to 1 a row, or to 0 where the row is only there to fill the batch: then it counts
 * for nothing. `scale` is a scalar, 1/batch size: the sums over all micro-batches are the gradient of the mean over the batch, since no
 * layer mixes examples.
 */
export function microBatchGradients(
  standardized: Named,
  imagesNhwc: tf.Tensor4D,
  labelsNk: tf.Tensor2D,
  scale: tf.Tensor,
  spec: ModelSpec,
): GradientSums {
  const names = [...standardized.keys()]
  let lossSum: tf.Tensor = tf.scalar(0)
  let correct: tf.Tensor = tf.scalar(0)
  const { grads: gradients } = tf.valueAndGrads((...tensors: tf.Tensor[]) => {
    const parameters = new Map(tensors.map((tensor, index) => [names[index] ?? '', tensor]))
    const logits = forward(parameters, imagesNhwc, spec)
    const loss = tf.neg(tf.sum(tf.mul(labelsNk, tf.logSoftmax(logits))))
    // both outlive the gradient's own tidy
    correct = tf.keep(countCorrect(logits, labelsNk))
    lossSum = tf.keep(tf.clone(loss))
    return tf.mul(loss, scale)
  })([...standardized.values()])
  return { lossSum, correct, gradients }
}

/** Pixels 0 … 255, float32, to what the model takes (bit-reference, section 3). */
export function scalePixels(pixels: tf.Tensor): tf.Tensor4D {
  return tf.sub(tf.mul(pixels, 1 / 127.5), 1)
}

/** λ·picture + (1 − λ)·partner; `lambda` a scalar. */
export function mixPixels(pixels: tf.Tensor, partners: tf.Tensor, lambda: tf.Tensor): tf.Tensor {
  return tf.add(tf.mul(pixels, lambda), tf.mul(partners, tf.sub(1, lambda)))
}

export interface Updated {
  readonly value: tf.Tensor
  readonly momentum: tf.Tensor
  /** The value as the next forward pass takes it; null where it takes it as it is. */
  readonly standardized: tf.Tensor | null
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
