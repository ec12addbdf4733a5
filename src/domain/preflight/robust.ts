/** The middle of values and how far they lie from it, whatever a few of them are. Pure. */

/** Makes the median absolute deviation of a normal distribution its standard deviation: 1 / Φ⁻¹(3/4). */
const normalFactor = 1.482602218505602

export interface Spread {
  readonly median: number
  /** In the place of a standard deviation; 0 where half of the values are the same. */
  readonly spread: number
}

/** Of nothing: 0 and 0. */
export function spreadOf(values: readonly number[]): Spread {
  const median = medianOf(values)
  return { median, spread: normalFactor * medianOf(values.map((value) => Math.abs(value - median))) }
}

/** The mean of the two middle ones of an even count; 0 of nothing. */
export function medianOf(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort()
  const upper = sorted.length >> 1
  const value = sorted[upper] ?? 0
  return sorted.length % 2 === 1 ? value : ((sorted[upper - 1] ?? value) + value) / 2
}
