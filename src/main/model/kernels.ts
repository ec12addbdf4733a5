/**
 * The operations of BiT that an engine may have a kernel of its own for, under these names in tfjs's registry. Where it has none, each is
 * computed with ordinary operations by the file that names it.
 */
import * as tf from '@tensorflow/tfjs-core'

export const kernelNames = {
  /** x, gamma, beta → y, mean, inverse */
  groupNormRelu: 'GroupNormRelu',
  /** dy, x, y, gamma, beta, mean, inverse → dx, dgamma, dbeta */
  groupNormReluGrad: 'GroupNormReluGrad',
  /** kernel → standardized kernel */
  standardize: 'Standardize',
  /** dy, kernel → dkernel */
  standardizeGrad: 'StandardizeGrad',
  /** w, v, g, momentum, rate → w', v' */
  momentum: 'Momentum',
  /** w, v, g of the standardized kernel, momentum, rate, y (standardized w) → w', v', y' */
  standardizedMomentum: 'StandardizedMomentum',
} as const

/** What the engine's own kernel gives, or null where it has none of that name. */
export function ownKernel(
  name: (typeof kernelNames)[keyof typeof kernelNames],
  inputs: Readonly<Record<string, tf.Tensor>>,
): tf.Tensor[] | null {
  const registered = tf.getKernel(name, tf.getBackend()) as tf.KernelConfig | undefined // its type forgets the second
  if (registered === undefined) return null
  const results = tf.engine().runKernel<tf.Tensor | tf.Tensor[]>(name, { ...inputs })
  return Array.isArray(results) ? results : [results]
}
