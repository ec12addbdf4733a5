import * as tf from '@tensorflow/tfjs-core'

export type ConvInfo = ReturnType<typeof tf.backend_util.computeConv2DInfo>

/**
 * Gradient of a convolution's kernel, made of a convolution: channels and batch change places, so that x [i,h,w,n] is convolved with
 * dy [h',w',n,o], dilated by the stride. x [n,h,w,i], dy [n,h',w',o] → [k,k,i,o]. Of three ways tried on WASM the fastest.
 */
export function convFilterGradient(xNhwc: tf.Tensor4D, dyNhwc: tf.Tensor4D, info: ConvInfo): tf.Tensor4D {
  const { filterHeight, filterWidth, strideHeight, strideWidth, outHeight, outWidth, padInfo } = info
  // the rows and columns of x that some window touches
  const touchedHeight = (outHeight - 1) * strideHeight + filterHeight
  const touchedWidth = (outWidth - 1) * strideWidth + filterWidth
  const xTouched = padOrCrop(
    xNhwc,
    padInfo.top,
    touchedHeight - info.inHeight - padInfo.top,
    padInfo.left,
    touchedWidth - info.inWidth - padInfo.left,
  )
  if (filterHeight === 1 && filterWidth === 1) return pointwiseFilterGradient(xTouched, dyNhwc, info)
  const xIhwn = tf.transpose(xTouched, [3, 1, 2, 0])
  const dyHwno = tf.transpose(dyNhwc, [1, 2, 0, 3]) as tf.Tensor4D
  const gradientIkko = tf.conv2d(xIhwn as tf.Tensor4D, dyHwno, 1, 'valid', 'NHWC', [
    strideHeight,
    strideWidth,
  ])
  return tf.transpose(gradientIkko, [1, 2, 0, 3])
}

/** 1×1: the product xᵀ·dy over all pictures and places. */
function pointwiseFilterGradient(xNhwc: tf.Tensor4D, dyNhwc: tf.Tensor4D, info: ConvInfo): tf.Tensor4D {
  const { strideHeight, strideWidth, inChannels, outChannels, batchSize, outHeight, outWidth } = info
  const sampled =
    strideHeight === 1 && strideWidth === 1
      ? xNhwc
      : tf.stridedSlice(xNhwc, [0, 0, 0, 0], xNhwc.shape, [1, strideHeight, strideWidth, 1])
  const places = batchSize * outHeight * outWidth
  // transposed first: matMul's own flag takes a slower path on WASM
  const xTransposed = tf.transpose(tf.reshape(sampled, [places, inChannels]))
  const gradient = tf.matMul(xTransposed, tf.reshape(dyNhwc, [places, outChannels]))
  return tf.reshape(gradient, [1, 1, inChannels, outChannels])
}

/**
 * Gradient of a convolution's input: dy, spread out by the stride, convolved with the turned kernel. dy [n,h',w',o],
 * kernel [k,k,i,o] → [n,h,w,i].
 */
export function convInputGradient(dyNhwc: tf.Tensor4D, kernelHwio: tf.Tensor4D, info: ConvInfo): tf.Tensor4D {
  const { filterHeight, filterWidth, inHeight, inWidth, padInfo } = info
  const spread = spreadByStride(dyNhwc, info)
  const [, spreadHeight, spreadWidth] = spread.shape
  const padded = padOrCrop(
    spread,
    filterHeight - 1 - padInfo.top,
    inHeight + padInfo.top - spreadHeight,
    filterWidth - 1 - padInfo.left,
    inWidth + padInfo.left - spreadWidth,
  )
  const turnedHwoi = tf.transpose(turn(kernelHwio), [0, 1, 3, 2])
  return tf.conv2d(padded, turnedHwoi as tf.Tensor4D, 1, 'valid')
}

/** The kernel turned by 180°, as a product with a permutation: WASM's Reverse takes 60–140 ms on 3×3×512×512, this a tenth. */
function turn(kernelHwio: tf.Tensor4D): tf.Tensor4D {
  const [height, width, inChannels, outChannels] = kernelHwio.shape
  const taps = height * width
  if (taps === 1) return kernelHwio
  const permutation = new Float32Array(taps * taps)
  for (let tap = 0; tap < taps; tap++) permutation[tap * taps + taps - 1 - tap] = 1
  const flat = tf.reshape(kernelHwio, [taps, inChannels * outChannels])
  return tf.reshape(tf.matMul(tf.tensor2d(permutation, [taps, taps]), flat), kernelHwio.shape)
}

/** Zeros between the values, stride − 1 after each: [n,h',w',o] → [n,h'·s,w'·s,o]. */
function spreadByStride(dyNhwc: tf.Tensor4D, info: ConvInfo): tf.Tensor4D {
  const { strideHeight, strideWidth, batchSize, outHeight, outWidth, outChannels } = info
  if (strideHeight === 1 && strideWidth === 1) return dyNhwc
  const rows = tf.pad(tf.reshape(dyNhwc, [batchSize * outHeight, 1, outWidth, outChannels]), [
    [0, 0],
    [0, strideHeight - 1],
    [0, 0],
    [0, 0],
  ])
  const places = tf.pad(
    tf.reshape(rows, [batchSize * outHeight * strideHeight * outWidth, 1, 1, outChannels]),
    [
      [0, 0],
      [0, 0],
      [0, strideWidth - 1],
      [0, 0],
    ],
  )
  return tf.reshape(places, [batchSize, outHeight * strideHeight, outWidth * strideWidth, outChannels])
}

/** Zeros around the picture; a negative count takes rows or columns away. */
function padOrCrop(
  xNhwc: tf.Tensor4D,
  top: number,
  bottom: number,
  left: number,
  right: number,
): tf.Tensor4D {
  const [batch, height, width, channels] = xNhwc.shape
  let x = xNhwc
  if (Math.min(top, bottom, left, right) < 0) {
    const cut = (count: number): number => Math.max(0, -count)
    x = tf.slice(
      x,
      [0, cut(top), cut(left), 0],
      [batch, height - cut(top) - cut(bottom), width - cut(left) - cut(right), channels],
    )
  }
  const margins = [top, bottom, left, right].map((count) => Math.max(0, count))
  if (margins.every((count) => count === 0)) return x
  const [above = 0, below = 0, before = 0, after = 0] = margins
  return tf.pad(x, [
    [0, 0],
    [above, below],
    [before, after],
    [0, 0],
  ])
}
