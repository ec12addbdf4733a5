import * as tf from '@tensorflow/tfjs-core'
import type { ModelSpec } from '../../contract/entities/model'
import { groupNormRelu } from './group-norm'
import { headBiasName, headKernelName } from './spec'
import { paddedConv2d, standardize, zeroPad } from './std-conv'
import { unitsOf } from './units'
import type { Unit } from './units'

export type Parameters = ReadonlyMap<string, tf.Tensor>

/** Whether the kernel of this name is weight-standardized: all of them but the head's. */
export function isStandardized(name: string): boolean {
  return name.endsWith('/standardized_conv2d/kernel')
}

/** The parameters as the forward pass takes them: kernels standardized, the others as they are. */
export function standardizeAll(parameters: Parameters): Map<string, tf.Tensor> {
  return new Map(
    [...parameters].map(([name, tensor]) => [name, isStandardized(name) ? standardize(tensor) : tensor]),
  )
}

/**
 * ResNet-v2 with GroupNorm and Weight Standardization (BiT, section 3.1), on parameters as `standardizeAll` gives them. imagesNhwc
 * [n,px,px,3] float32 in [−1, 1] → logitsNk [n,K].
 * Runs on whatever backend is set; the caller disposes the result, and wraps the call in a tidy.
 */
export function forward(parameters: Parameters, imagesNhwc: tf.Tensor4D, spec: ModelSpec): tf.Tensor2D {
  return headLogits(parameters, pooledFeatures(parameters, imagesNhwc, spec))
}

/** What the head sees: [n,px,px,3] → [n,C], after the last GroupNorm and ReLU, averaged over the picture. */
export function pooledFeatures(
  parameters: Parameters,
  imagesNhwc: tf.Tensor4D,
  spec: ModelSpec,
): tf.Tensor2D {
  let x = paddedConv2d(imagesNhwc, named(parameters, 'resnet/root_block/standardized_conv2d/kernel'), 2)
  // zero padding, not −inf: the root has no ReLU, so its values can be negative and the zeros take part in the maximum
  x = tf.maxPool(zeroPad(x, 1), 3, 2, 'valid')
  for (const unit of unitsOf(spec)) x = unitForward(parameters, x, unit)
  return globalAverage(norm(parameters, x, 'resnet'))
}

/** featuresNc [n,C] → logitsNk [n,K]. */
export function headLogits(parameters: Parameters, featuresNc: tf.Tensor2D): tf.Tensor2D {
  const kernel = named(parameters, headKernelName)
  const [, , channels = 0, classCount = 0] = kernel.shape
  const logits = tf.matMul(featuresNc, tf.reshape(kernel, [channels, classCount]))
  return tf.add(logits, named(parameters, headBiasName)) as tf.Tensor2D
}

/** Pre-activation bottleneck; the stride is in the 3×3, and the projection reads the normalized input. No ReLU at the end. */
function unitForward(parameters: Parameters, x: tf.Tensor4D, unit: Unit): tf.Tensor4D {
  const kernel = (part: string): tf.Tensor =>
    named(parameters, `${unit.name}/${part}/standardized_conv2d/kernel`)
  const preActivated = norm(parameters, x, `${unit.name}/a`)
  const shortcut = unit.projected ? paddedConv2d(preActivated, kernel('a/proj'), unit.stride) : x
  let branch = paddedConv2d(preActivated, kernel('a'), 1)
  branch = paddedConv2d(norm(parameters, branch, `${unit.name}/b`), kernel('b'), unit.stride)
  branch = paddedConv2d(norm(parameters, branch, `${unit.name}/c`), kernel('c'), 1)
  return tf.add(branch, shortcut)
}

function norm(parameters: Parameters, x: tf.Tensor4D, name: string): tf.Tensor4D {
  return groupNormRelu(
    x,
    named(parameters, `${name}/group_norm/gamma`),
    named(parameters, `${name}/group_norm/beta`),
  )
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
