/** What `network.ts` needs of a format's graphs. `T` is a value of the graph. */

/** A parameter with its data made when it is written, so that no second copy of the model is held. */
export interface Parameter {
  /** As published. */
  readonly name: string
  readonly shape: readonly number[]
  data(): Float32Array
}

/** group: over 32 groups of channels. affine: x · gamma + beta alone, as BatchNorm is once it has learnt. Both [c]. */
export interface NormParameters {
  readonly kind: 'group' | 'affine'
  readonly gamma: Parameter
  readonly beta: Parameter
}

/** A size that is known, or the scalar integer that holds it, or −1: what is left over. At most one −1. */
export type Dimension<T> = number | T

export interface GraphWriter<T> {
  /** The images: whole numbers 0 … 255, [n,h,w,3] with n, h and w open. */
  images(name: string): T
  /** `shape`: 'N' is the number of images. */
  output(name: string, value: T, shape: readonly (number | 'N')[]): void

  // tables and their arithmetic, with numpy's broadcasting
  integers(values: readonly number[], shape: readonly number[]): T
  number(value: number): T
  /** A scalar integer. */
  size(x: T, axis: number): T
  /** Integers [0 … n − 1]. */
  range(n: T): T
  toFloat(integers: T): T
  add(a: T, b: T): T
  sub(a: T, b: T, kind: 'integer' | 'float'): T
  mul(a: T, b: T, kind: 'integer' | 'float'): T
  div(a: T, b: T): T
  /** Of integers. */
  max(a: T, b: T): T
  /** Of integers. */
  abs(x: T): T
  relu(x: T): T
  /** Over the last axis, which stays with the size 1. */
  sumOfRows(x: T): T
  matMul(a: T, b: T): T
  reshape(x: T, shape: readonly Dimension<T>[]): T

  // the network's own, on images in the format's layout
  /** From [n,h,w,c]. */
  toLayout(x: T): T
  /** Kernel HWIO, no bias; zero padding k>>1 on every side. */
  conv(x: T, kernel: Parameter, stride: 1 | 2): T
  /** Zeros (not −∞) one wide around the image, then the maximum over 3 × 3 with stride 2. x has the side `px`. */
  rootPool(x: T, px: number): T
  /** ReLU of the norm; 32 groups, ε 1e-5, biased variance. */
  normRelu(x: T, norm: NormParameters): T
  /** [n,c] */
  globalAverage(x: T): T
  /** [n,c] · [c,k] + [k] */
  dense(x: T, kernel: Parameter, bias: Parameter): T
  softmax(x: T): T
  sigmoid(x: T): T
}
