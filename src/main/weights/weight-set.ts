/** Parameters outside any engine: published names, kernels HWIO, float32. What files and checkpoints are read into. */
export interface WeightTensor {
  readonly shape: readonly number[]
  /** Row-major; its length is the product of `shape`. */
  readonly data: Float32Array
}
export type WeightSet = Map<string, WeightTensor>
