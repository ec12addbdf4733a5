/** A query that is changed by a click: a bar, a cell or a count puts its word in, takes it out, or leaves out what it stands for. */
import type { Subject } from './field'
import { fieldNamed } from './fields'
import { foldCase } from './fold-case'
import { parseQuery } from './parse'
import { printQuery } from './print'
import { allOf, termsOf, type Expression, type Match, type Query, type Value } from './tree'

/** `narrow`: this value alone of the field. `add`: this one too. `leave-out`: all but this one. Each takes itself back the second time. */
export type Change = 'narrow' | 'add' | 'leave-out'

/** The text with the word of a click in it, or without where it had it. */
export function toggleValue(
  text: string,
  subject: Subject,
  field: string,
  value: string,
  change: Change,
): string {
  return edited(text, (query) => {
    const terms = termsOf(query.where)
    const had = valuesIn(terms, subject, field)
    const has = (values: readonly string[]): boolean => values.some((one) => isSame(one, value))
    const without = (values: readonly string[]): string[] => values.filter((one) => !isSame(one, value))
    const others = terms.filter((term) => !isOf(term, subject, field))
    if (change === 'leave-out') {
      const leftOut = has(had.leftOut) ? without(had.leftOut) : [...had.leftOut, value]
      return { ...query, where: allOf([...others, ...words(field, without(had.asked), leftOut)]) }
    }
    const alone = change === 'narrow' && !(has(had.asked) && had.asked.length === 1)
    const asked = alone ? [value] : has(had.asked) ? without(had.asked) : [...had.asked, value]
    const leftOut = change === 'narrow' ? [] : without(had.leftOut)
    return { ...query, where: allOf([...others, ...words(field, asked, leftOut)]) }
  })
}

/** The text with `word` as all that it says of the field; '' takes the field out. */
export function setWord(text: string, subject: Subject, field: string, word: string): string {
  return edited(text, (query) => ({
    ...query,
    where: allOf([
      ...termsOf(query.where).filter((term) => !isOf(term, subject, field)),
      ...termsOf(parseQuery(word).query.where),
    ]),
  }))
}

/** The text with `value` as the only one of `among` that it says of the field; null: with none of them. */
export function setOneOf(
  text: string,
  subject: Subject,
  field: string,
  among: readonly string[],
  value: string | null,
): string {
  return edited(text, (query) => {
    const terms = termsOf(query.where)
    const { asked, leftOut } = valuesIn(terms, subject, field)
    const isOther = (one: string): boolean => !among.some((name) => isSame(name, one))
    const kept = asked.filter(isOther).map((one) => words(field, [one], []))
    const others = terms.filter((term) => !isOf(term, subject, field))
    const left = words(field, value === null ? [] : [value], leftOut.filter(isOther))
    return { ...query, where: allOf([...others, ...kept.flat(), ...left]) }
  })
}

/** The text in another order; null: in the subject's own. */
export function setSort(text: string, key: { field: string; descending: boolean } | null): string {
  return edited(text, (query) => ({ ...query, sort: key === null ? [] : [{ ...key, from: 0, to: 0 }] }))
}

/** What all of the query's words of this field ask for, and leave out, on their own: not those in brackets or beside `or`. */
export function valuesOf(
  text: string,
  subject: Subject,
  field: string,
): { readonly asked: readonly string[]; readonly leftOut: readonly string[] } {
  return valuesIn(termsOf(parseQuery(text).query.where), subject, field)
}

/** The text without what it says of the field. */
export function withoutField(text: string, subject: Subject, field: string): string {
  return setWord(text, subject, field, '')
}

function edited(text: string, change: (query: Query) => Query): string {
  return printQuery(change(parseQuery(text).query))
}

function valuesIn(terms: readonly Expression[], subject: Subject, field: string) {
  const asked: string[] = []
  const leftOut: string[] = []
  for (const term of terms) {
    const match = matchOf(term, subject, field)
    if (match !== null) (term.kind === 'not' ? leftOut : asked).push(...match.values.map(said))
  }
  return { asked, leftOut }
}

function isOf(term: Expression, subject: Subject, field: string): boolean {
  return matchOf(term, subject, field) !== null
}

/** The word of this field that a term is, negated or not. */
function matchOf(term: Expression, subject: Subject, field: string): Match | null {
  const match = term.kind === 'not' ? term.term : term
  if (match.kind !== 'match' || match.field === null) return null
  return fieldNamed(subject, match.field)?.name === fieldNamed(subject, field)?.name ? match : null
}

function said(value: Value): string {
  return value.kind === 'range' ? `${value.low}..${value.high}` : value.pieces.join('*')
}

function isSame(one: string, other: string): boolean {
  return foldCase(one) === foldCase(other)
}

function words(field: string, asked: readonly string[], leftOut: readonly string[]): Expression[] {
  const match = (values: readonly string[]): Match => ({
    kind: 'match',
    field,
    sign: ':',
    values: values.map((value) => ({ kind: 'text', pieces: [value], from: 0, to: 0 })),
    from: 0,
    to: 0,
  })
  return [
    ...(asked.length === 0 ? [] : [match(asked)]),
    ...(leftOut.length === 0 ? [] : [{ kind: 'not', term: match(leftOut) } as const]),
  ]
}
