/** The reference vectors' weights and images, rebuilt: test/fixtures/reference says how they were made. */
import { crc32 } from 'node:zlib'
import type { ModelSpec } from '../../../src/contract/entities/model'
import { elementCount, parameterShapes } from '../../../src/domain/model/spec'
import type { WeightSet, WeightTensor } from '../../../src/main/weights/weight-set'

/** float32: offset + scale·u, u in [−0.5, 0.5) from a 32-bit mix of the flat index and the name's CRC-32. */
export function formula(
  name: string,
  shape: readonly number[],
  scale: number,
  offset = 0,
  bits = 24,
): Float32Array {
  const seed = crc32(Buffer.from(name, 'utf8'))
  return Float32Array.from({ length: elementCount(shape) }, (_, index) => {
    let z = (Math.imul(index, 2654435761) + seed) >>> 0
    z = (z ^ (z >>> 16)) >>> 0
    z = Math.imul(z, 2246822519) >>> 0
    z = (z ^ (z >>> 13)) >>> 0
    return offset + scale * ((z >>> (32 - bits)) / 2 ** bits - 0.5)
  })
}

export function formulaWeights(spec: ModelSpec, classCount: number, bits = 24): WeightSet {
  const weights = new Map<string, WeightTensor>()
  for (const { name, shape } of parameterShapes(spec, classCount)) {
    const [scale, offset] = /gamma$|variance$/.test(name)
      ? [0.4, 1]
      : /beta$|bias$|mean$/.test(name)
        ? [0.2, 0]
        : [0.1, 0]
    weights.set(name, { shape, data: formula(name, shape, scale, offset, bits) })
  }
  return weights
}

/** [batch,px,px,3] in [−1, 1). */
export function formulaImages(batch: number, px: number): Float32Array {
  return formula('images', [batch, px, px, 3], 2)
}
