import * as tf from '@tensorflow/tfjs-core'

/**
 * [n,h,w,c] → [n,c], the sum over each channel's image. As an average pool over the whole window: ten times faster than Sum on the
 * WASM backend, and no slower on TensorFlow. Not for automatic differentiation: used inside gradients of our own.
 */
export function spatialSum(xNhwc: tf.Tensor4D): tf.Tensor2D {
  const [batch, height, width, channels] = xNhwc.shape
  const mean = tf.avgPool(xNhwc, [height, width], 1, 'valid')
  return tf.mul(tf.reshape(mean, [batch, channels]), height * width)
}
