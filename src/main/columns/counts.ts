/** How many rows have each value. */
import type { Narrow } from '../../contract/packed'
import type { Numbers } from './table'

/** `codeCount`: codes are below it. `places`: where each of `rows` has its value; null: at its own place. */
export function countCodes(
  rows: Uint32Array,
  values: Numbers | undefined,
  codeCount: number,
  places: Uint32Array | null = null,
): number[] {
  const counts = new Array<number>(codeCount).fill(0)
  if (values === undefined) return counts
  for (const row of rows) {
    const code = values[places === null ? row : (places[row] ?? 0)] ?? codeCount
    if (code < codeCount) counts[code] = (counts[code] ?? 0) + 1
  }
  return counts
}

/** Equal bins over [from, 1], where `from` is the least value rounded down to a tenth. */
export function histogram(
  rows: Uint32Array,
  values: Numbers | undefined,
  binCount: number,
): { from: number; counts: number[] } {
  let least = 1
  for (const row of rows) least = Math.min(least, values?.[row] ?? 1)
  const from = Math.min(0.9, Math.floor(least * 10 + 1e-6) / 10)
  const width = (1 - from) / binCount
  const counts = new Array<number>(binCount).fill(0)
  for (const row of rows) {
    const bin = Math.floor(((values?.[row] ?? 1) - from) / width + 1e-6)
    const place = Math.max(0, Math.min(binCount - 1, bin))
    counts[place] = (counts[place] ?? 0) + 1
  }
  return { from, counts }
}

/** The same rows, ascending: who only counts reads the columns from end to end, which takes a fraction of the time. `rowCount`: of the table. */
export function ascendingRows(rows: Uint32Array, rowCount: number): Uint32Array {
  const isOne = new Uint8Array(rowCount)
  for (const row of rows) isOne[row] = 1
  const sorted = new Uint32Array(rows.length)
  let end = 0
  for (let row = 0; row < rowCount; row++) if (isOne[row] === 1) sorted[end++] = row
  return sorted
}

/** The values of rows, in their order, as the contract sends columns. */
export function packed<Values extends Uint32Array | Float32Array>(
  rows: Uint32Array,
  values: Values,
  places: Uint32Array | null = null,
): string {
  const picked = values instanceof Uint32Array ? new Uint32Array(rows.length) : new Float32Array(rows.length)
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at] ?? 0
    picked[at] = values[places === null ? row : (places[row] ?? 0)] ?? 0
  }
  return packedColumn(picked)
}

/** All of its values. */
export function packedColumn({ buffer, byteOffset, byteLength }: Uint32Array | Float32Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('base64')
}

/** All of its values, of as few bytes each as the largest needs. */
export function narrowColumn(values: Uint32Array): Narrow {
  let most = 0
  for (const value of values) most = Math.max(most, value)
  if (most >= 0x10000) return { byteWidth: 4, packed: packedColumn(values) }
  const [byteWidth, narrow] =
    most < 0x100 ? ([1, new Uint8Array(values)] as const) : ([2, new Uint16Array(values)] as const)
  return { byteWidth, packed: Buffer.from(narrow.buffer).toString('base64') }
}
