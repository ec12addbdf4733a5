import * as tf from '@tensorflow/tfjs-core'
import type { NamedAttrMap, TensorInfo } from '@tensorflow/tfjs-core'
import { attribute, jobs } from './call'
import type { WasmCall } from './call'

type ConvInfo = ReturnType<typeof tf.backend_util.computeConv2DInfo>
type Shape4 = [number, number, number, number]

/** Rows of a product that a thread takes at once. */
const rowsOfTask = 64
/** Values of eight output channels side by side. */
const panelColumns = 8
const floatBytes = 4

/**
 * Conv2D and its two gradients on our kernels (src/wasm/assembly/convolution.ts) instead of the package's: that has no gradient of the
 * kernel, and runs at a fifth of the speed.
 */
export function registerWasmConvolution(call: WasmCall): void {
  const original = tf.getKernel('Conv2D', 'wasm')
  call.replaceKernel('Conv2D', (request) => {
    const { x, filter } = request.inputs as { x: TensorInfo; filter: TensorInfo }
    const dilations = attribute<number | number[]>(request.attrs, 'dilations')
    if ([dilations].flat().some((dilation) => dilation !== 1)) return original.kernelFunc(request)
    return convolve(call, x, filter, convInfo(x.shape, filter.shape, request.attrs))
  })
  call.replaceKernel('Conv2DBackpropFilter', ({ inputs, attrs }) => {
    const { x, dy } = inputs as { x: TensorInfo; dy: TensorInfo }
    return filterGradient(call, x, dy, convInfo(x.shape, attribute(attrs, 'filterShape'), attrs))
  })
  call.replaceKernel('Conv2DBackpropInput', ({ inputs, attrs }) => {
    const { dy, filter } = inputs as { dy: TensorInfo; filter: TensorInfo }
    return inputGradient(call, dy, filter, convInfo(attribute(attrs, 'inputShape'), filter.shape, attrs))
  })
}

function convolve(call: WasmCall, x: TensorInfo, filter: TensorInfo, info: ConvInfo): TensorInfo {
  const y = call.output(info.outShape)
  const depth = windowSize(info)
  const panels = Math.ceil(info.outChannels / panelColumns)
  return call.withRoom(panels * panelColumns * depth * floatBytes, (room) => {
    const parameters = [
      call.address(x),
      call.address(y),
      call.address(filter),
      room,
      ...geometry(info),
      rowsOfTask,
    ]
    call.threads.run(jobs.packKernel, panels, parameters)
    call.threads.run(jobs.convolve, Math.ceil(rowCount(info) / rowsOfTask), parameters)
    return y
  })
}

function inputGradient(call: WasmCall, dy: TensorInfo, filter: TensorInfo, info: ConvInfo): TensorInfo {
  const dx = call.output(info.inShape)
  const panels = Math.ceil(windowSize(info) / panelColumns)
  const images = Math.max(1, Math.floor(rowsOfTask / (info.outHeight * info.outWidth)))
  return call.withRoom(panels * panelColumns * info.outChannels * floatBytes, (room) => {
    const parameters = [
      call.address(dx),
      call.address(dy),
      call.address(filter),
      room,
      ...geometry(info),
      images,
    ]
    call.threads.run(jobs.packTurnedKernel, panels, parameters)
    call.threads.run(jobs.convolveBack, Math.ceil(info.batchSize / images), parameters)
    return dx
  })
}

function filterGradient(call: WasmCall, x: TensorInfo, dy: TensorInfo, info: ConvInfo): TensorInfo {
  const gradient = call.output([info.filterHeight, info.filterWidth, info.inChannels, info.outChannels])
  const depth = windowSize(info)
  // Blocks as large as the caches like, but enough of them for all threads: each copies its part of x and dy for itself.
  let rows = 64
  let columns = info.outChannels
  const tasks = (): number => Math.ceil(depth / rows) * Math.ceil(info.outChannels / columns)
  while (tasks() < 2 * call.threads.count && (rows > 16 || columns > 16)) {
    if (columns > 64 || rows <= 16)
      columns = Math.max(panelColumns, Math.ceil(columns / 2 / panelColumns) * panelColumns)
    else rows /= 2
  }
  call.threads.run(jobs.convolveKernelBack, tasks(), [
    call.address(x),
    call.address(dy),
    call.address(gradient),
    0,
    ...geometry(info),
    rows,
    columns,
  ])
  return gradient
}

function windowSize({ filterHeight, filterWidth, inChannels }: ConvInfo): number {
  return filterHeight * filterWidth * inChannels
}

/** Places of the output. */
function rowCount({ batchSize, outHeight, outWidth }: ConvInfo): number {
  return batchSize * outHeight * outWidth
}

/** In the order of the kernels' parameters. */
function geometry(info: ConvInfo): number[] {
  return [
    info.batchSize,
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
    info.outChannels,
  ]
}

function convInfo(inputShape: number[], filterShape: number[], attrs: NamedAttrMap | undefined): ConvInfo {
  const { backend_util: shapes } = tf
  return shapes.computeConv2DInfo(
    inputShape as Shape4,
    filterShape as Shape4,
    attribute(attrs, 'strides'),
    1, // dilation: the model has none, and tfjs refuses gradients of dilated convolutions
    attribute(attrs, 'pad'),
    attribute(attrs, 'dimRoundingMode'),
    false,
    shapes.convertConv2DDataFormat(attribute(attrs, 'dataFormat')),
  )
}
