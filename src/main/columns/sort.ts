/** Rows in the order of a column: by digits of their keys, equal ones as they were. */
import { noRow, type Column } from './table'

/** New; `rows` stays. Values that are not there count as the highest. */
export function sortRows(
  rows: Uint32Array,
  { values, rows: places }: Column,
  descending: boolean,
): Uint32Array {
  const keys = new Uint32Array(rows.length)
  if (values instanceof Float32Array) {
    const bits = new Uint32Array(values.buffer, values.byteOffset, values.length)
    for (let at = 0; at < rows.length; at++) {
      const row = rows[at] ?? 0
      const word = bits[places === null ? row : (places[row] ?? noRow)] ?? 0x7fffffff
      // As whole numbers without a sign, floats keep their order once the negative ones are turned round.
      keys[at] = word ^ (word >>> 31 === 1 ? 0xffffffff : 0x80000000)
    }
  } else {
    for (let at = 0; at < rows.length; at++) {
      const row = rows[at] ?? 0
      keys[at] = values[places === null ? row : (places[row] ?? noRow)] ?? noRow
    }
  }
  if (descending) for (let at = 0; at < keys.length; at++) keys[at] = ~(keys[at] ?? 0)
  return byDigits(rows, keys)
}

const digitBits = 11
const digitCount = 1 << digitBits

function byDigits(rows: Uint32Array, keys: Uint32Array): Uint32Array {
  const { length } = rows
  let [fromRows, fromKeys] = [rows, keys]
  let [toRows, toKeys]: [Uint32Array, Uint32Array] = [new Uint32Array(length), new Uint32Array(length)]
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
      toRows[place] = fromRows[at] ?? 0
    }
    // What was given is not written to.
    const next: Uint32Array = fromRows === rows ? (spare ??= new Uint32Array(length)) : fromRows
    ;[fromRows, toRows] = [toRows, next]
    ;[fromKeys, toKeys] = [toKeys, fromKeys]
  }
  return fromRows === rows ? rows.slice() : fromRows
}
