/** Parameters as an exported graph holds them: kernels standardized once and for all, BatchNorm as a factor and a summand of each channel. */
import type { ModelSpec } from '../../../contract/entities/model'
import { kernelName, normNames } from '../../../domain/model/spec'
import type { WeightSet, WeightTensor } from '../../weights/weight-set'
import type { NormParameters, Parameter } from './graph-writer'

/** BiT's ε of weight standardization, see trainer/network/std-conv.ts, and that of BatchNorm, see trainer/network/batch-norm.ts. */
const kernelEpsilon = 1e-10
const batchEpsilon = 1e-5

/** What `network.ts` asks for, by part of the model; all computed in float64, when it is written. */
export interface FoldedWeights {
  kernel(part: string): Parameter
  norm(part: string): NormParameters
  /** As it is. */
  parameter(name: string): Parameter
}

/** The weights must hold every parameter of the spec as long as the graph is being written. */
export function foldedWeights(weights: WeightSet, spec: ModelSpec): FoldedWeights {
  const tensor = (name: string): WeightTensor => {
    const found = weights.get(name)
    if (found === undefined) throw new Error(`The weights have no ${name}.`)
    return found
  }
  const parameter = (name: string): Parameter => {
    const { shape, data } = tensor(name)
    return { name, shape, data: () => data }
  }
  return {
    parameter,
    kernel(part) {
      const given = parameter(kernelName(spec, part))
      if (spec.convolution === 'plain') return given
      return { ...given, data: () => standardized(given.data(), given.shape) }
    },
    norm(part) {
      const { gamma, beta, statistics } = normNames(spec, part)
      if (statistics === null) return { kind: 'group', gamma: parameter(gamma), beta: parameter(beta) }
      const variance = tensor(statistics.variance).data
      const mean = tensor(statistics.mean).data
      const scale = tensor(gamma).data.map(
        (value, c) => value / Math.sqrt((variance[c] ?? NaN) + batchEpsilon),
      )
      const shift = tensor(beta).data.map((value, c) => value - (mean[c] ?? NaN) * (scale[c] ?? NaN))
      return {
        kind: 'affine',
        gamma: { ...parameter(gamma), data: () => scale },
        beta: { ...parameter(beta), data: () => shift },
      }
    },
  }
}

/** (w − μ)/√(var + ε) of each output channel. HWIO. */
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
  const inverse = variance.map((value) => 1 / Math.sqrt(value + kernelEpsilon))
  return kernel.map(
    (value, place) => (value - (mean[place % outputs] as number)) * (inverse[place % outputs] as number),
  )
}
