import * as tf from '@tensorflow/tfjs-core'
import type { ModelSpec } from '../../../contract/entities/model'
import { batchNormRelu, batchNormReluFrozen } from './batch-norm'
import { groupNormRelu } from './group-norm'
import { headBiasName, headKernelName, kernelName, normNames } from '../../../domain/model/spec'
import { paddedConv2d, standardize, zeroPad } from './std-conv'
import { unitsOf } from '../../../domain/model/units'
import type { Unit } from '../../../domain/model/units'

export type Parameters = ReadonlyMap<string, tf.Tensor>

/** Whether the kernel of this name is weight-standardized: all of them but the head's, unless the model's convolutions are plain. */
export function isStandardized(name: string): boolean {
  return name.endsWith('/standardized_conv2d/kernel')
}

/** The parameters as the forward pass takes them: kernels standardized, the others as they are. */
export function standardizeAll(parameters: Parameters): Map<string, tf.Tensor> {
  return new Map(
    [...parameters].map(([name, tensor]) => [name, isStandardized(name) ? standardize(tensor) : tensor]),
  )
}

/** For a pass that BatchNorm learns from; GroupNorm makes no difference between training and evaluation. */
export interface Training {
  /** Norms whose statistics do not learn take their moving averages, as in evaluation. */
  learns(name: string): boolean
  /** Receives each statistic of the batch by name, kept beyond any tidy: the caller disposes them. */
  readonly statistics: Map<string, tf.Tensor>
}

/**
 * ResNet-v2 (BiT, section 3.1) with GroupNorm and Weight Standardization, or with what the spec has instead, on parameters as `standardizeAll`
 * gives them. imagesNhwc [n,px,px,3] float32 in [−1, 1] → logitsNk [n,K].
 * Runs on whatever backend is set; the caller disposes the result, and wraps the call in a tidy.
 */
export function forward(parameters: Parameters, imagesNhwc: tf.Tensor4D, spec: ModelSpec): tf.Tensor2D {
  return headLogits(parameters, pooledFeatures(parameters, imagesNhwc, spec))
}

/** What the head sees: [n,px,px,3] → [n,C], after the last norm and ReLU, averaged over the image. `training` null: as in evaluation. */
export function pooledFeatures(
  parameters: Parameters,
  imagesNhwc: tf.Tensor4D,
  spec: ModelSpec,
  training: Training | null = null,
): tf.Tensor2D {
  return globalAverage(featureMap(parameters, imagesNhwc, spec, training))
}

/**
 * What each place of an image says for each class: [n,px,px,3] → [n,h,w,K], h and w = ⌈px/32⌉. The head is linear on features that are averaged over
 * the places, so a logit is its bias plus the mean of its class over them: exactly, without a gradient.
 */
export function evidence(parameters: Parameters, imagesNhwc: tf.Tensor4D, spec: ModelSpec): tf.Tensor4D {
  const features = featureMap(parameters, imagesNhwc, spec, null)
  const [batch, height, width, channels] = features.shape
  const kernel = named(parameters, headKernelName)
  const classCount = kernel.shape[3] ?? 0
  const places = tf.reshape(features, [batch * height * width, channels]) as tf.Tensor2D
  const shares = tf.matMul(places, tf.reshape(kernel, [channels, classCount]))
  return tf.reshape(shares, [batch, height, width, classCount])
}

/** [n,px,px,3] → [n,h,w,C], after the last norm and ReLU. */
function featureMap(
  parameters: Parameters,
  imagesNhwc: tf.Tensor4D,
  spec: ModelSpec,
  training: Training | null,
): tf.Tensor4D {
  const layers = new Layers(parameters, spec, training)
  let x = layers.convolution(imagesNhwc, 'resnet/root_block', 2)
  // zero padding, not −inf: the root has no ReLU, so its values can be negative and the zeros take part in the maximum
  x = tf.maxPool(zeroPad(x, 1), 3, 2, 'valid')
  for (const unit of unitsOf(spec)) x = unitForward(layers, x, unit)
  return layers.norm(x, 'resnet')
}

/** featuresNc [n,C] → logitsNk [n,K]. */
export function headLogits(parameters: Parameters, featuresNc: tf.Tensor2D): tf.Tensor2D {
  const kernel = named(parameters, headKernelName)
  const [, , channels = 0, classCount = 0] = kernel.shape
  const logits = tf.matMul(featuresNc, tf.reshape(kernel, [channels, classCount]))
  return tf.add(logits, named(parameters, headBiasName)) as tf.Tensor2D
}

/** Pre-activation bottleneck; the stride is in the 3×3, and the projection reads the normalized input. No ReLU at the end. */
function unitForward(layers: Layers, x: tf.Tensor4D, { name, stride, projected }: Unit): tf.Tensor4D {
  const preActivated = layers.norm(x, `${name}/a`)
  const shortcut = projected ? layers.convolution(preActivated, `${name}/a/proj`, stride) : x
  let branch = layers.convolution(preActivated, `${name}/a`, 1)
  branch = layers.convolution(layers.norm(branch, `${name}/b`), `${name}/b`, stride)
  branch = layers.convolution(layers.norm(branch, `${name}/c`), `${name}/c`, 1)
  return tf.add(branch, shortcut)
}

/** The layers of this spec, by the part of the model that they are in. */
class Layers {
  constructor(
    private readonly parameters: Parameters,
    private readonly spec: ModelSpec,
    private readonly training: Training | null,
  ) {}

  convolution(x: tf.Tensor4D, part: string, stride: 1 | 2): tf.Tensor4D {
    return paddedConv2d(x, named(this.parameters, kernelName(this.spec, part)), stride)
  }

  /** With ReLU. */
  norm(x: tf.Tensor4D, part: string): tf.Tensor4D {
    const names = normNames(this.spec, part)
    const gamma = named(this.parameters, names.gamma)
    const beta = named(this.parameters, names.beta)
    if (names.statistics === null) return groupNormRelu(x, gamma, beta)
    const { mean, variance } = names.statistics
    if (this.training?.learns(mean) !== true) {
      const averages = { mean: named(this.parameters, mean), variance: named(this.parameters, variance) }
      return batchNormReluFrozen(x, { gamma, beta, ...averages })
    }
    const normed = batchNormRelu(x, gamma, beta)
    this.training.statistics.set(mean, normed.mean).set(variance, normed.variance)
    return normed.y
  }
}

function globalAverage(xNhwc: tf.Tensor4D): tf.Tensor2D {
  const [batch, height, width, channels] = xNhwc.shape
  return tf.reshape(tf.avgPool(xNhwc, [height, width], 1, 'valid'), [batch, channels])
}

function named(parameters: Parameters, name: string): tf.Tensor {
  const tensor = parameters.get(name)
  if (tensor === undefined) throw new Error(`The model has no parameter ${name}.`)
  return tensor
}
