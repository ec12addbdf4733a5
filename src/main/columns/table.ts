/** What filters and sorts read: columns of numbers, and paths; some of them of other rows, which are looked up by `rows`. */
import type { AmongTest } from '../../domain/query/bound'
import type { Bits } from './bits'
import type { PathColumn } from './path-column'

export type Numbers = Uint8Array | Uint16Array | Uint32Array | Float32Array

export interface Column {
  readonly values: Numbers
  /** Where a row of the table has its value; null: at its own place. `noRow`: nowhere. */
  readonly rows: Uint32Array | null
}

export const noRow = 0xffffffff

export interface Table {
  readonly rowCount: number
  /** null where there is no such column. */
  column(name: string): Column | null
  /** Rows by what the log of corrections says of them; null: nothing. */
  readonly labels: {
    find(column: 'tag' | 'note', pieces: readonly string[], isWhole: boolean): Bits
  } | null
  /** By row, how alike the image of a `like:` is; NaN: nobody knows. */
  likeness(image: string): Column | null
  /** By row, 1 where the image is of the run or the correction that the test names. */
  among(test: AmongTest): Column | null
  readonly paths: { readonly column: PathColumn; readonly rows: Uint32Array | null }
}
