/** A line of what a rule chose, and the numbers and lists in its sentences. Pure. */
import type { Choice } from '../../contract/entities/run'
import type { FieldLine } from '../recipe/field'

export { formatCount as whole } from '../figures'
export { decimal } from '../recipe/decimal'

/** `ruleValue` given and different from the value: a departure. */
export function line(
  key: string,
  label: string,
  value: string,
  because: string,
  ruleValue: string | null = null,
): Choice {
  const departs = ruleValue !== null && ruleValue !== value
  return { key, label, value, because, departure: departs ? { ruleValue } : null }
}

/** The same, of a field of the recipe. */
export function fieldLine(
  field: { readonly line: FieldLine },
  value: string,
  because: string,
  ruleValue: string | null = null,
): Choice {
  return line(field.line.key, field.line.label, value, because, ruleValue)
}

/** "30, 60 and 90" or "150, 300, 450", as `last` says. */
export function listed(values: readonly string[], last: ', ' | ' and '): string {
  const head = values.slice(0, -1).join(', ')
  return values.length < 2 ? values.join('') : `${head}${last}${values[values.length - 1] ?? ''}`
}

/** "45 s", "5 min", "1 h 30 min", "2 d": a length of time that a person gave. */
export function timeText(durationMs: number): string {
  const seconds = Math.round(durationMs / 1000)
  const units = [
    ['d', 86_400],
    ['h', 3600],
    ['min', 60],
    ['s', 1],
  ] as const
  const parts: string[] = []
  let left = seconds
  for (const [name, size] of units) {
    const count = Math.floor(left / size)
    left -= count * size
    if (count > 0) parts.push(`${String(count)} ${name}`)
  }
  return parts.length === 0 ? '0 s' : parts.slice(0, 2).join(' ')
}
