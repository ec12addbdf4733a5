/** What a query says, as its text says it: nothing here knows which fields there are. */

/** Where something stands in the text. */
export interface Span {
  readonly from: number
  readonly to: number
}

/** What is not understood, in a sentence or two. */
export interface QueryFault extends Span {
  readonly message: string
}

/** Text with a gap between every two pieces, where `*` stood; or what lies between two ends, '' where one is open. */
export type Value =
  | (Span & { readonly kind: 'text'; readonly pieces: readonly string[] })
  | (Span & { readonly kind: 'range'; readonly low: string; readonly high: string })

export type Sign = ':' | '<' | '<=' | '>' | '>='

/** One word of a query; `field` is null of a word alone. Several values: any of them. */
export interface Match extends Span {
  readonly kind: 'match'
  readonly field: string | null
  readonly sign: Sign
  readonly values: readonly Value[]
}

/** `and` and `or` have at least two terms, none of their own kind. */
export type Expression =
  | Match
  | { readonly kind: 'not'; readonly term: Expression }
  | { readonly kind: 'and' | 'or'; readonly terms: readonly Expression[] }

export interface SortKey extends Span {
  readonly field: string
  readonly descending: boolean
}

/** `where` is null where everything is asked for. */
export interface Query {
  readonly where: Expression | null
  readonly sort: readonly SortKey[]
}

/** The terms that all must hold. */
export function termsOf(where: Expression | null): readonly Expression[] {
  if (where === null) return []
  return where.kind === 'and' ? where.terms : [where]
}

/** The other way; `and` within `terms` is taken apart. */
export function allOf(terms: readonly Expression[]): Expression | null {
  return joined('and', terms)
}

export function anyOf(terms: readonly Expression[]): Expression | null {
  return joined('or', terms)
}

function joined(kind: 'and' | 'or', given: readonly Expression[]): Expression | null {
  const terms = given.flatMap((term) => (term.kind === kind ? term.terms : [term]))
  const [first] = terms
  if (first === undefined) return null
  return terms.length === 1 ? first : { kind, terms }
}
