import type { Spread } from '../../contract/entities/queue'

/** Mean and sample standard deviation (n − 1); null of nothing. Pure. */
export function spreadOf(values: readonly number[]): Spread | null {
  if (values.length === 0) return null
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return {
    mean,
    sd: values.length < 2 ? null : Math.sqrt(squares / (values.length - 1)),
    count: values.length,
  }
}
