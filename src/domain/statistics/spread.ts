/** Mean and standard deviation of what was repeated, e.g. over seeds. Pure. */

export interface SpreadOf {
  readonly count: number
  readonly mean: number
  /** Of a sample (divided by n − 1); null of a single value. */
  readonly sd: number | null
  readonly least: number
  readonly most: number
}

/** null of no values. */
export function spreadOf(values: readonly number[]): SpreadOf | null {
  const count = values.length
  if (count === 0) return null
  const mean = values.reduce((sum, value) => sum + value, 0) / count
  const [least, most] = [Math.min(...values), Math.max(...values)]
  if (count === 1) return { count, mean, sd: null, least, most }
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return { count, mean, sd: Math.sqrt(squares / (count - 1)), least, most }
}
