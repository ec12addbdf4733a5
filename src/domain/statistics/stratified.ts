/** A share from two strata: one judged whole, of the other a simple random sample. */
import { accuracyOf } from '../rules/interval'

/** 97.5 % quantile of the normal distribution. */
const z = 1.959963984540054

export interface Strata {
  /** Images that were flagged: all were judged, and so many are right. */
  readonly flagged: number
  readonly flaggedRight: number
  /** The others, of which `sampled` were judged: at least two. */
  readonly rest: number
  readonly sampled: number
  readonly sampledRight: number
}

/**
 * (right₁ + N₀ · right₀ / n₀) / N with its 95 % interval: the normal one with the correction for a finite population (Cochran 1977); where the sample is all
 * right or all wrong, and the normal one would be of no width, Wilson's on the sample's size as if it came from an endless population. Of fewer than two
 * sampled there is none: throws RangeError.
 */
export function stratifiedAccuracy({ flagged, flaggedRight, rest, sampled, sampledRight }: Strata): {
  value: number
  standardError: number
  low: number
  high: number
} {
  if (sampled < 2) throw new RangeError('Of fewer than two sampled images there is no interval.')
  const total = flagged + rest
  const share = sampledRight / sampled
  const value = (flaggedRight + rest * share) / total
  const unseen = Math.max(0, 1 - sampled / rest)
  const standardError = (rest / total) * Math.sqrt(((share * (1 - share)) / (sampled - 1)) * unseen)
  if ((sampledRight === 0 || sampledRight === sampled) && unseen > 0) {
    const effective = sampled / unseen
    const { low, high } = accuracyOf(share * effective, effective)
    const of = (bound: number): number => (flaggedRight + rest * bound) / total
    return { value, standardError, low: of(low), high: of(high) }
  }
  return {
    value,
    standardError,
    low: Math.max(0, value - z * standardError),
    high: Math.min(1, value + z * standardError),
  }
}
