import * as tf from '@tensorflow/tfjs-core'

/** BiT's ε (bit-reference: 1e-10 as in the authors' code; timm uses 1e-8). */
const epsilon = 1e-10

/**
 * Convolution with a weight-standardized kernel, no bias. [n,h,w,i] × kernel [k,k,i,o] → [n,h',w',o]; zero padding k>>1 on every side,
 * as PyTorch pads, which for stride 2 is not TensorFlow's 'same'.
 */
export function stdConv2d(xNhwc: tf.Tensor4D, kernelHwio: tf.Tensor, stride: 1 | 2): tf.Tensor4D {
  const kernel = standardize(kernelHwio as tf.Tensor4D)
  const margin = (kernel.shape[0] - 1) / 2
  if (margin === 0) return tf.conv2d(xNhwc, kernel, stride, 'valid')
  if (stride === 1) return tf.conv2d(xNhwc, kernel, 1, 'same')
  return tf.conv2d(zeroPad(xNhwc, margin), kernel, stride, 'valid')
}

export function zeroPad(xNhwc: tf.Tensor4D, margin: number): tf.Tensor4D {
  return tf.pad(xNhwc, [
    [0, 0],
    [margin, margin],
    [margin, margin],
    [0, 0],
  ])
}

/** (w − μ)/√(var + ε) over H, W and I of each output channel, biased variance, no gain; with a gradient of its own. */
export function standardize(kernelHwio: tf.Tensor4D): tf.Tensor4D {
  const shape = kernelHwio.shape
  const outputs = shape[3]
  const count = shape[0] * shape[1] * shape[2]
  const flat: [number, number] = [count, outputs]

  const operation = tf.customGrad((kernel, save) => {
    if ((tf.getKernel('Standardize', tf.getBackend()) as tf.KernelConfig | undefined) !== undefined) {
      ;(save as tf.GradSaveFunc)([kernel as tf.Tensor])
      return {
        value: tf.engine().runKernel<tf.Tensor>('Standardize', { w: kernel as tf.Tensor }, { epsilon }),
        gradFunc: (dy: tf.Tensor, [w]: tf.Tensor[]) =>
          tf.engine().runKernel<tf.Tensor>('StandardizeGrad', { dy, w: w as tf.Tensor }, { epsilon }),
      }
    }
    const keep = save as tf.GradSaveFunc
    const w = tf.reshape<tf.Rank.R2>(kernel as tf.Tensor, flat)
    const centred = tf.sub<tf.Tensor2D>(w, tf.mul(columnSum(w, count), 1 / count))
    const variance = tf.mul(columnSum(tf.square(centred), count), 1 / count)
    const inverse = tf.rsqrt(tf.add(variance, epsilon))
    const y = tf.mul(centred, inverse)
    keep([y, inverse])
    return { value: tf.reshape(y, shape), gradFunc }
  })

  function gradFunc(dy: tf.Tensor, saved: tf.Tensor[]): tf.Tensor {
    const [y, inverse] = saved as [tf.Tensor2D, tf.Tensor2D]
    const d = tf.reshape<tf.Rank.R2>(dy, flat)
    const mean = tf.mul(columnSum(d, count), 1 / count)
    const along = tf.mul(columnSum(tf.mul<tf.Tensor2D>(d, y), count), 1 / count)
    return tf.reshape(tf.mul(inverse, tf.sub(tf.sub(d, mean), tf.mul(y, along))), shape)
  }

  return operation(kernelHwio) as tf.Tensor4D
}

/** [count,o] → [1,o] as a product with a row of ones: fast on every backend. */
function columnSum(x: tf.Tensor2D, count: number): tf.Tensor2D {
  return tf.matMul(tf.ones([1, count]), x)
}
