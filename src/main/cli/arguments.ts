/** Values of options: checked where they are given, so that a wrong one is wrong use and not a failure. */
import { InvalidArgumentError } from 'commander'

export function integer(low: number, high: number): (text: string) => number {
  return (text) => {
    const value = /^[+-]?\d+$/.test(text) ? Number(text) : Number.NaN
    if (!Number.isSafeInteger(value) || value < low || value > high) {
      throw new InvalidArgumentError(`It must be a whole number from ${low} to ${high}.`)
    }
    return value
  }
}

/** In [low, high]; above low where `open`. */
export function decimal(low: number, high: number, open = false): (text: string) => number {
  return (text) => {
    const value = text.trim() === '' ? Number.NaN : Number(text)
    if (!Number.isFinite(value) || value < low || value > high || (open && value === low)) {
      throw new InvalidArgumentError(
        `It must be a number ${open ? 'above' : 'from'} ${low} ${open ? 'and at most' : 'to'} ${high}.`,
      )
    }
    return value
  }
}

/** "90s", "5m", "2h", "1d" → milliseconds, from `low` to `high`. */
export function timeSpan(low: number, high: number): (text: string) => number {
  return (text) => {
    const [, number = '', unit = ''] = /^(\d+(?:\.\d+)?)\s*(s|m|min|h|d)$/.exec(text.trim()) ?? []
    const milliseconds = { s: 1000, m: 60_000, min: 60_000, h: 3_600_000, d: 86_400_000 }[unit]
    const value = milliseconds === undefined ? Number.NaN : Number(number) * milliseconds
    if (!(value >= low && value <= high))
      throw new InvalidArgumentError('It must be a length of time from 5s to 7d, such as 90s, 5m, 2h or 1d.')
    return value
  }
}

/** Seeds are 32 bits wide everywhere. */
export const seed = integer(0, 0xffffffff)
