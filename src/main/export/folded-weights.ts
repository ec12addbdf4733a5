/** Parameters as an exported graph holds them: kernels standardized once and for all. */
import type { WeightSet } from '../model/weights/weight-set'
import type { Parameter } from './graph-writer'

/** BiT's ε, see model/std-conv.ts. */
const epsilon = 1e-10

/** Throws where the weights have no such parameter. */
export function foldedParameter(weights: WeightSet, name: string): Parameter {
  const weight = weights.get(name)
  if (weight === undefined) throw new Error(`The weights have no ${name}.`)
  const { shape, data } = weight
  return {
    name,
    shape,
    data: () => (name.endsWith('/standardized_conv2d/kernel') ? standardized(data, shape) : data),
  }
}

/** (w − μ)/√(var + ε) of each output channel, computed in float64. HWIO. */
function standardized(kernel: Float32Array, shape: readonly number[]): Float32Array {
  const outputs = shape.at(-1) ?? 1
  const count = kernel.length / outputs
  const mean = new Float64Array(outputs)
  const variance = new Float64Array(outputs)
  // `as number`: every index is inside, and a large model has a thousand million of them
  for (let place = 0; place < kernel.length; place += 1)
    mean[place % outputs] = (mean[place % outputs] as number) + (kernel[place] as number) / count
  for (let place = 0; place < kernel.length; place += 1) {
    const centred = (kernel[place] as number) - (mean[place % outputs] as number)
    variance[place % outputs] = (variance[place % outputs] as number) + centred ** 2 / count
  }
  const inverse = variance.map((value) => 1 / Math.sqrt(value + epsilon))
  return kernel.map(
    (value, place) => (value - (mean[place % outputs] as number)) * (inverse[place % outputs] as number),
  )
}
