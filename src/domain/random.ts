/**
 * Stateless seeded randomness: a stream is named by its keys (seed, purpose, step, position …), so any draw of a run
 * can be made again without replaying the draws before it.
 */

/** What a stream is for; keeps draws of one seed apart from each other. */
export const purpose = {
  order: 1,
  augment: 2,
  mixup: 3,
  mixupPartners: 4,
  sample: 5,
  dropout: 6,
  scoredSample: 7,
  movedSample: 8,
  ratingSample: 9,
  ratingOrder: 10,
  ratingControls: 11,
  ratingWords: 12,
  kappa: 13,
  sweepTrial: 23,
  sweepOrder: 24,
} as const

/**
 * Numbers in [0, 1) with 53 random bits. The same keys give the same numbers on every machine.
 * Keys are non-negative integers up to 2^53 - 1. Generator: sfc32 (Chris Doty-Humphrey, PractRand), seeded by hashing the keys.
 */
export function randomStream(...keys: number[]): () => number {
  const nextWord = wordStream(keys)
  return () => ((nextWord() >>> 5) * 0x4000000 + (nextWord() >>> 6)) / 0x20000000000000
}

/** A uniformly drawn order of 0 … length - 1. */
export function permutation(length: number, ...keys: number[]): Uint32Array {
  const order = Uint32Array.from({ length }, (_, index) => index)
  shuffle(order, randomStream(...keys))
  return order
}

/** In place, every order as likely as any other (Fisher–Yates). */
export function shuffle(values: number[] | Uint32Array, next: () => number): void {
  for (let last = values.length - 1; last > 0; last--) {
    const other = Math.floor(next() * (last + 1))
    const kept = values[last] ?? 0
    values[last] = values[other] ?? 0
    values[other] = kept
  }
}

/** A draw from Beta(alpha, alpha), in [0, 1]; alpha > 0. Two Gamma draws, compared as logarithms: at alpha 0.1 they underflow. */
export function betaSample(alpha: number, next: () => number): number {
  const logA = logGammaSample(alpha, next)
  const logB = logGammaSample(alpha, next)
  return 1 / (1 + Math.exp(logB - logA))
}

/** log of a Gamma(shape, 1) draw: Marsaglia & Tsang 2000, with their boost for shapes below 1. */
function logGammaSample(shape: number, next: () => number): number {
  if (shape < 1) {
    return logGammaSample(shape + 1, next) + Math.log(1 - next()) / shape
  }
  const d = shape - 1 / 3
  const c = 1 / Math.sqrt(9 * d)
  for (;;) {
    const normal = normalSample(next)
    const cubeRoot = 1 + c * normal
    if (cubeRoot <= 0) continue
    const v = cubeRoot ** 3
    if (Math.log(1 - next()) < 0.5 * normal * normal + d - d * v + d * Math.log(v)) return Math.log(d * v)
  }
}

/** A draw from the standard normal distribution (Box–Muller). */
export function normalSample(next: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next())
}

function wordStream(keys: readonly number[]): () => number {
  let hash = 0x9e3779b9 ^ keys.length
  for (const key of keys) {
    hash = mix(hash ^ (key >>> 0))
    hash = mix(hash + Math.floor(key / 0x100000000) + 0x85ebca6b)
  }
  let a = (hash = mix(hash + 0x9e3779b9))
  let b = (hash = mix(hash + 0x9e3779b9))
  let c = mix(hash + 0x9e3779b9)
  let counter = 1
  const nextWord = (): number => {
    const sum = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (c << 21) | (c >>> 11)
    c = (c + sum) | 0
    return sum >>> 0
  }
  for (let warmUp = 0; warmUp < 12; warmUp++) nextWord()
  return nextWord
}

/** The 32-bit finalizer of MurmurHash3 (Austin Appleby): every input bit reaches every output bit. */
function mix(value: number): number {
  let word = value | 0
  word = Math.imul(word ^ (word >>> 16), 0x85ebca6b)
  word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35)
  return (word ^ (word >>> 16)) | 0
}
