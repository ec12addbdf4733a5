/** Where a value lies between the least and the most of its setting. Pure. */
import type { Value } from '../../../domain/sweep/trial-values'

export interface Axis {
  readonly key: string
  readonly label: string
  /** From 0 at the bottom to 1 at the top; null where the trial has no such value. */
  place(value: Value | null | undefined): number | null
  readonly low: string
  readonly high: string
}

/** Numbers that span more than a factor of 20 stand on a logarithmic axis; words stand in the order of their first trial. */
export function axisOf(key: string, label: string, values: readonly (Value | null | undefined)[]): Axis {
  const numbers = values.filter((value) => typeof value === 'number')
  const words = [
    ...new Set(values.filter((value) => typeof value === 'string' || typeof value === 'boolean')),
  ]
  if (numbers.length === 0) {
    const last = Math.max(1, words.length - 1)
    const place = (value: Value | null | undefined): number | null => {
      const index = words.findIndex((word) => word === value)
      return index < 0 ? null : index / last
    }
    return { key, label, place, low: String(words[0] ?? ''), high: String(words.at(-1) ?? '') }
  }
  const low = Math.min(...numbers)
  const high = Math.max(...numbers)
  const isLog = low > 0 && high / low > 20
  const at = (value: number): number => (isLog ? Math.log(value) : value)
  const span = at(high) - at(low)
  return {
    key,
    label,
    place: (value) => (typeof value !== 'number' ? null : span === 0 ? 0.5 : (at(value) - at(low)) / span),
    low: String(low),
    high: String(high),
  }
}
