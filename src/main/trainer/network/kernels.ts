/**
 * The operations of BiT that an engine may have a kernel of its own for, under these names in tfjs's registry. Where it has none, each is
 * computed with ordinary operations by the file that names it.
 */
import * as tf from '@tensorflow/tfjs-core'

export const kernelNames = {
  /** x, gamma, beta; groups, epsilon → y, mean, inverse ([n,groups]) */
  groupNormRelu: 'GroupNormRelu',
  /** dy, x, y, gamma, beta, mean, inverse; groups → dx, dgamma, dbeta */
  groupNormReluGrad: 'GroupNormReluGrad',
  /** w; epsilon → standardized w */
  standardize: 'Standardize',
  /** dy, w; epsilon → dw */
  standardizeGrad: 'StandardizeGrad',
  /** w, v, g, momentum, rate → w', v' */
  momentum: 'Momentum',
  /** w, v, g of the standardized kernel, momentum, rate, y (standardized w); epsilon → w', v', y' */
  standardizedMomentum: 'StandardizedMomentum',
} as const

/** What the engine's own kernel gives, or null where it has none of that name. */
export function ownKernel(
  name: (typeof kernelNames)[keyof typeof kernelNames],
  inputs: Readonly<Record<string, tf.Tensor>>,
  attributes: Readonly<Record<string, number>> = {},
): tf.Tensor[] | null {
  const registered = tf.getKernel(name, tf.getBackend()) as tf.KernelConfig | undefined // its type forgets the second
  if (registered === undefined) return null
  const results = tf.engine().runKernel<tf.Tensor | tf.Tensor[]>(name, { ...inputs }, { ...attributes })
  return Array.isArray(results) ? results : [results]
}
