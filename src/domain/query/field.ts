/** What a field of the query language is. */

/** What a query asks for. */
export const subjects = ['images', 'predictions', 'runs', 'compared'] as const
export type Subject = (typeof subjects)[number]

/** What a word such as `is:wrong` asks of a column; null: nothing, all fit. */
export interface Choice {
  readonly column: string
  readonly codes: readonly number[] | null
  readonly help: string
}

export type FieldType =
  /** `units`: what one of each is in the column's own; `words`: names of ranges. */
  | {
      readonly kind: 'number'
      readonly isWhole: boolean
      readonly units: Readonly<Record<string, number>>
      readonly words: Readonly<Record<string, readonly [low: number, high: number]>>
    }
  | { readonly kind: 'date' }
  /** Whole: the value is all of it, else some of it. */
  | { readonly kind: 'text'; readonly isWhole: boolean }
  | { readonly kind: 'class' }
  /** By its number, or its path. */
  | { readonly kind: 'image' }
  /** Of a run by its number or its name, of a correction by its number. */
  | { readonly kind: 'among'; readonly column: 'evaluated' | 'correction' }
  | { readonly kind: 'choice'; readonly choices: Readonly<Record<string, Choice>> }

export interface Field {
  readonly name: string
  /** Other names that are read as well. */
  readonly aliases: readonly string[]
  readonly subjects: readonly Subject[]
  readonly type: FieldType
  readonly unit: string
  readonly help: string
  readonly example: string
  readonly isSortable: boolean
}

/** `units`: what one of each is in the column's own. */
export function numberType(units: Readonly<Record<string, number>> = {}, isWhole = false): FieldType {
  return { kind: 'number', isWhole, units, words: {} }
}
