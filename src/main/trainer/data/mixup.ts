/** MixUp (Zhang et al. 2018) as BiT uses it: one lambda for an optimizer step, partners drawn over the whole batch. */
import { betaSample, permutation, purpose, randomStream } from '../../../domain/random'

export interface MixupDraw {
  /** Weight of the image itself, in [0, 1]; its partner gets 1 - lambda. */
  readonly lambda: number
  /** [batchSize]: the position whose image is mixed in; a permutation of the batch. */
  readonly partners: Uint32Array
}

/** The draw for one step; a pure function. null where alpha is 0 (MixUp is off). */
export function mixupDraw(
  seed: number,
  stepIndex: number,
  alpha: number,
  batchSize: number,
): MixupDraw | null {
  if (alpha <= 0) return null
  return {
    lambda: betaSample(alpha, randomStream(seed, purpose.mixup, stepIndex)),
    partners: permutation(batchSize, seed, purpose.mixupPartners, stepIndex),
  }
}
