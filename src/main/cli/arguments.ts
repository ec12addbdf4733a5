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

/** Seeds are 32 bits wide everywhere. */
export const seed = integer(0, 0xffffffff)
