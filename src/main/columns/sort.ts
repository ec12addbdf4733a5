/** Rows in the order of a column: by digits of their keys, equal ones as they were. */
import { byDigits } from '../../domain/by-digits'
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
