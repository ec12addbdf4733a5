import { purpose, randomStream } from '../../../domain/random'

/**
 * [count, channels]: 0 where a feature is dropped, 1/(1 − share) where it is kept, so that its mean stays. Drawn for each position of a
 * step's batch on its own, so that the cut into micro-batches changes nothing. null where nothing is dropped.
 */
export function dropoutFactors(
  share: number,
  seed: number,
  stepIndex: number,
  start: number,
  count: number,
  channels: number,
): Float32Array | null {
  if (share === 0) return null
  const factors = new Float32Array(count * channels)
  const kept = 1 / (1 - share)
  for (let row = 0; row < count; row++) {
    const next = randomStream(seed, purpose.dropout, stepIndex, start + row)
    for (let channel = 0; channel < channels; channel++) {
      if (next() >= share) factors[row * channels + channel] = kept
    }
  }
  return factors
}
