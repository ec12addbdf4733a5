import * as tf from '@tensorflow/tfjs-core'
import type { NamedAttrMap, NamedTensorInfoMap, TensorInfo } from '@tensorflow/tfjs-core'
import { attribute, jobs } from './call'
import type { WasmCall } from './call'
import { registerWasmConvolution } from './convolution'
import { registerWasmFrames } from './frames'
import { registerWasmNorm } from './norm'

/**
 * Gives the WASM backend (4.22.0) the kernels that training needs: the convolutions and the norms on all threads, frames of zeros, an
 * Identity that copies nothing, and a MaxPoolGrad that is right. The package must be loaded.
 */
export function registerWasmKernels(call: WasmCall): void {
  registerWasmConvolution(call)
  registerWasmNorm(call)
  registerWasmFrames(call)
  call.replaceKernel('Identity', ({ inputs }) => call.share(inputs['x'] as TensorInfo))
  call.replaceKernel('MaxPoolGrad', (request) => maxPoolGradient(call, request.inputs, request.attrs))
}

/** The package's kernel looks for a window's largest value from 0 upwards, so the gradient of negative values goes to the wrong place. */
function maxPoolGradient(
  call: WasmCall,
  inputs: NamedTensorInfoMap,
  attrs: NamedAttrMap | undefined,
): TensorInfo {
  const { dy, input } = inputs as Record<'dy' | 'input', TensorInfo>
  const info = tf.backend_util.computePool2DInfo(
    input.shape as [number, number, number, number],
    attribute(attrs, 'filterSize'),
    attribute(attrs, 'strides'),
    1, // dilation: tfjs has no gradient of dilated pools
    attribute(attrs, 'pad'),
    attribute(attrs, 'dimRoundingMode'),
  )
  const dx = call.output(input.shape)
  call.threads.run(jobs.poolBack, info.batchSize, [
    ...[input, dy, dx].map(call.address),
    info.inHeight,
    info.inWidth,
    info.inChannels,
    info.filterHeight,
    info.filterWidth,
    info.strideHeight,
    info.strideWidth,
    info.padInfo.top,
    info.padInfo.left,
    info.outHeight,
    info.outWidth,
  ])
  return dx
}
