/** Sorting by whole numbers without comparing: each digit of eleven bits takes one pass. Pure. */

const digitBits = 11
const digitCount = 1 << digitBits

/** `items` in the order of `keys`, the key of each; equal ones as they were. New; what is given stays. */
export function byDigits(items: Uint32Array, keys: Uint32Array): Uint32Array {
  const { length } = items
  let [fromItems, fromKeys]: [Uint32Array, Uint32Array] = [items, keys.slice()]
  let [toItems, toKeys]: [Uint32Array, Uint32Array] = [new Uint32Array(length), new Uint32Array(length)]
  let spare: Uint32Array | null = null
  for (let shift = 0; shift < 32; shift += digitBits) {
    const starts = new Uint32Array(digitCount)
    for (let at = 0; at < length; at++) {
      const digit = ((fromKeys[at] ?? 0) >>> shift) & (digitCount - 1)
      starts[digit] = (starts[digit] ?? 0) + 1
    }
    const first = ((fromKeys[0] ?? 0) >>> shift) & (digitCount - 1)
    if (starts[first] === length) continue
    let sum = 0
    for (let digit = 0; digit < digitCount; digit++) {
      const count = starts[digit] ?? 0
      starts[digit] = sum
      sum += count
    }
    for (let at = 0; at < length; at++) {
      const key = fromKeys[at] ?? 0
      const digit = (key >>> shift) & (digitCount - 1)
      const place = starts[digit] ?? 0
      starts[digit] = place + 1
      toKeys[place] = key
      toItems[place] = fromItems[at] ?? 0
    }
    // What was given is not written to.
    const next: Uint32Array = fromItems === items ? (spare ??= new Uint32Array(length)) : fromItems
    ;[fromItems, toItems] = [toItems, next]
    ;[fromKeys, toKeys] = [toKeys, fromKeys]
  }
  return fromItems === items ? items.slice() : fromItems
}

/** 0, 1, 2, … */
export function ascending(length: number): Uint32Array {
  const items = new Uint32Array(length)
  for (let at = 0; at < length; at++) items[at] = at
  return items
}
