/** What a query means: tests of columns, and an order. */

/** What a row must fulfil. Codes of classes are their indices; those of other columns are in the table of fields. */
export type Test =
  | { readonly kind: 'and' | 'or'; readonly terms: readonly Test[] }
  | { readonly kind: 'not'; readonly term: Test }
  | { readonly kind: 'every' }
  | NumberTest
  /** Images that can be held to this one: its number, or its path. */
  | { readonly kind: 'like'; readonly image: string }
  | AmongTest
  | { readonly kind: 'codes'; readonly column: string; readonly codes: readonly number[] }
  | TextTest

/** Between the ends, with them unless they are open. */
export interface NumberTest {
  readonly kind: 'number'
  readonly column: string
  readonly low: number
  readonly high: number
  readonly isLowOpen: boolean
  readonly isHighOpen: boolean
}

/** Images that a run evaluated, or a correction is of. `of`: its number, or the name of the run. */
export interface AmongTest {
  readonly kind: 'among'
  readonly column: 'evaluated' | 'correction'
  readonly of: string
}

/** `pieces` are folded. */
interface TextTest {
  readonly kind: 'text'
  readonly column: string
  readonly pieces: readonly string[]
  readonly isWhole: boolean
}

export interface BoundQuery {
  readonly test: Test
  /** The first counts most; empty: the subject's own order. */
  readonly order: readonly { readonly column: string; readonly descending: boolean }[]
}
