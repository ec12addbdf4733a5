import type { Attribute } from './graph-addon'

/** Of our kernels (src/native): channels come in 32s. */
const channelStep = 32

export interface OwnForm {
  readonly op: string
  /** Which of the operation's inputs ours takes, in order. */
  readonly inputs: readonly number[]
}

type Shape = readonly (number | undefined)[]

interface Operand {
  readonly shape: Shape
  /** Of a constant list of sizes. */
  readonly sizes?: Shape
}

/**
 * Convolutions of 1 × 1 and 3 × 3 and their gradients have a kernel of our own for float32 on the CPU: it reads the weights in the order that they have, where
 * TensorFlow's brings them into another one each time, and for 3 × 3 with stride 1 it needs fewer products (winograd.cc). It is taken where that is faster. Strides are 1,
 * with the size kept, or 2 without padding. Null for every other operation.
 */
export function ownConvolution(
  op: string,
  attributes: readonly Attribute[],
  operands: readonly Operand[],
): OwnForm | null {
  const form = forms[op]
  const kernel = form?.kernelOf(operands)
  if (form === undefined || kernel === undefined || !isKernel(kernel)) return null
  const of = (name: string): unknown => attributes.find((one) => one.name === name)?.value
  const stride = ([of('strides')].flat() as number[])[1]
  const isPadded = of('padding') === 'SAME'
  const isMany = form.images !== null && pixelCount(operands[form.images]) > fewPixels
  if (stride === 2 && !isPadded) return form.strided(kernel[0], operands, isMany)
  if (stride !== 1 || !(isPadded || kernel[0] === 1)) return null
  if (isMany && kernel[0] === 1) return null
  return { op: form.own(kernel[0]), inputs: form.inputs }
}

/**
 * Of more pixels, in all images together, TensorFlow's order of the weights pays for itself, but neither in the kernel's gradient nor where we need fewer products: in R50x1 at
 * 32 × 128 px its forward pass takes 95 % of the time of ours, ours of the kernel's gradient 90 % of its time (two cores with AVX-512).
 */
const fewPixels = 2048

interface Form {
  readonly inputs: readonly number[]
  /** Position of the images whose number of pixels decides; null where it does not matter. */
  readonly images: number | null
  kernelOf(operands: readonly Operand[]): Shape | undefined
  own(taps: number): string
  strided(taps: number, operands: readonly Operand[], isMany: boolean): OwnForm | null
}

const ofKernel = (taps: number): string => `BitwConvKernel${String(taps)}`
const forms: Readonly<Record<string, Form>> = {
  Conv2D: {
    inputs: [0, 1],
    images: 0,
    kernelOf: ([, kernel]) => kernel?.shape,
    own: () => 'BitwConv',
    strided: (_taps, _operands, isMany) => (isMany ? null : { op: 'BitwConvStrided', inputs: [0, 1] }),
  },
  Conv2DBackpropInput: {
    inputs: [1, 2],
    images: 2,
    kernelOf: ([, kernel]) => kernel?.shape,
    own: () => 'BitwConvInput',
    strided: (taps, [images, , dy]) =>
      isDoubled(images?.sizes, dy?.shape, taps) ? { op: 'BitwConvStridedInput', inputs: [1, 2] } : null,
  },
  Conv2DBackpropFilter: {
    inputs: [0, 2],
    images: null,
    kernelOf: ([, kernel]) => kernel?.sizes,
    own: ofKernel,
    strided: (taps) => ({ op: ofKernel(taps), inputs: [0, 2] }),
  },
}

function pixelCount(operand: Operand | undefined): number {
  const [images = 0, height = 0, width = 0] = operand?.shape ?? []
  return images * height * width
}

/** Whether images of these sizes are the even ones of those that are halved to dy's. */
function isDoubled(sizes: Shape = [], dy: Shape = [], taps: number): boolean {
  return [1, 2].every((axis) => sizes[axis] === 2 * (dy[axis] ?? NaN) + taps - 1)
}

function isKernel(shape: Shape): shape is readonly [number, number, number, number] {
  const [height, width, ...channels] = shape
  return (
    height === width &&
    (height === 1 || height === 3) &&
    channels.length === 2 &&
    channels.every((count) => (count ?? 1) % channelStep === 0)
  )
}
