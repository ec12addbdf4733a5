import { createHash } from 'node:crypto'
import type { ModelSpec } from '../../../contract/entities/model'
import { parameterShapes } from '../../../domain/model/spec'
import type { WeightSet } from '../../weights/weight-set'

/** SHA-256, hex, of all parameters as float32 little-endian, kernels HWIO, in the published order. Throws where one is missing. */
export function weightsHash(weights: WeightSet, spec: ModelSpec, classCount: number): string {
  const hash = createHash('sha256')
  for (const { name } of parameterShapes(spec, classCount)) {
    const weight = weights.get(name)
    if (weight === undefined) throw new Error(`The weights have no ${name}.`)
    hash.update(new Uint8Array(weight.data.buffer, weight.data.byteOffset, weight.data.byteLength))
  }
  return hash.digest('hex')
}
