/** Seeded initial weights, without any engine. */
import type { ModelSpec } from '../../../contract/entities/model'
import { elementCount, headBiasName, headKernelName, parameterShapes } from '../../../domain/model/spec'
import type { WeightSet, WeightTensor } from '../../weights/weight-set'

/**
 * He normal of fan-in for the convolutions, gamma 1, beta 0, moving mean 0 and variance 1, the head zero. Each tensor's numbers depend on the seed and its
 * name alone, so a model with one stage more keeps the others. `seed` is an integer in [0, 2^32).
 */
export function initialWeights(spec: ModelSpec, classCount: number, seed: number): WeightSet {
  const weights = new Map<string, WeightTensor>()
  for (const { name, shape } of parameterShapes(spec, classCount)) {
    weights.set(name, { shape, data: initialData(name, shape, seed) })
  }
  return weights
}

function initialData(name: string, shape: readonly number[], seed: number): Float32Array {
  const data = new Float32Array(elementCount(shape))
  if (name === headKernelName || name === headBiasName) return data
  if (/\/(?:gamma|moving_variance)$/.test(name)) return data.fill(1)
  if (/\/(?:beta|moving_mean)$/.test(name)) return data
  const [height = 1, width = 1, input = 1] = shape
  fillNormal(data, Math.sqrt(2 / (height * width * input)), hashName(name) ^ seed)
  return data
}

/** Box–Muller over a 32-bit generator; the pairs are independent, which is all that an initialization needs. */
function fillNormal(data: Float32Array, deviation: number, seed: number): void {
  const next = mulberry32(seed)
  for (let i = 0; i < data.length; i += 2) {
    const radius = deviation * Math.sqrt(-2 * Math.log(1 - next()))
    const angle = 2 * Math.PI * next()
    data[i] = radius * Math.cos(angle)
    if (i + 1 < data.length) data[i + 1] = radius * Math.sin(angle)
  }
}

/** mulberry32 (Tommy Ettinger, public domain): [0, 1). */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

/** FNV-1a of the name, 32 bits. */
function hashName(name: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < name.length; i += 1) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193)
  return hash >>> 0
}
