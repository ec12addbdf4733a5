/** What a query means for a subject: tests of columns, and an order. Here unknown fields and values of the wrong type are found. */
import { brief } from './brief'
import type { Field, FieldType, Subject } from './field'
import { fieldNamed, fieldsOf } from './fields'
import { foldCase } from './fold-case'
import { nearest } from './nearest'
import { parseQuery } from './parse'
import { fitsPieces } from './pieces'
import { printWord } from './print'
import type { BoundQuery, Test } from './bound'
import { readNumber, refusal } from './read-number'
import type { Expression, Match, Query, QueryFault, Value } from './tree'

/** What the words of a dataset are. */
export interface Vocabulary {
  /** By their indices. */
  readonly classNames: readonly string[]
  /** That images have, with how many; only to be offered. */
  readonly tags?: readonly { readonly tag: string; readonly count: number }[]
}

export interface ReadQuery {
  readonly query: Query
  readonly bound: BoundQuery
  /** By where they stand; with any, nothing should be done with `bound`. */
  readonly faults: readonly QueryFault[]
}

/** Reads a text about `subject`. */
export function readQuery(text: string, subject: Subject, vocabulary: Vocabulary): ReadQuery {
  const { query, faults } = parseQuery(text)
  const found = [...faults]
  const bound = new Binder(subject, vocabulary, found).bind(query)
  return { query, bound, faults: found.sort((a, b) => a.from - b.from) }
}

/** Whether anything in it asks with `is:` for one of the words. */
function namesOneOf(where: Expression | null, words: readonly string[]): boolean {
  if (where === null) return false
  if (where.kind === 'not') return namesOneOf(where.term, words)
  if (where.kind !== 'match') return where.terms.some((term) => namesOneOf(term, words))
  return (
    where.field?.toLowerCase() === 'is' &&
    where.values.some((value) => words.includes(plain(value)?.toLowerCase() ?? ''))
  )
}

const onlyWrong: Test = { kind: 'codes', column: 'wrong', codes: [1] }
const none: Test = { kind: 'not', term: { kind: 'every' } }

/** What a query about `subject` means without saying so. */
function tacit(subject: Subject, where: Expression | null): Test[] {
  if (subject === 'predictions') return namesOneOf(where, ['wrong', 'right', 'any']) ? [] : [onlyWrong]
  if (subject !== 'runs') return []
  return ['archived', 'deleted'].flatMap((column) =>
    namesOneOf(where, [column, 'any'])
      ? []
      : [{ kind: 'not', term: { kind: 'codes', column, codes: [1] } } as const],
  )
}

/** Faults that come with the names that may be meant: to find them takes a look at all of thousands. */
const mostHints = 5

class Binder {
  private folded: readonly string[] | null = null

  constructor(
    private readonly subject: Subject,
    private readonly vocabulary: Vocabulary,
    private readonly faults: QueryFault[],
  ) {}

  bind({ where, sort }: Query): BoundQuery {
    const asked: Test = where === null ? { kind: 'every' } : this.test(where)
    const unsaid = tacit(this.subject, where)
    const test: Test = unsaid.length > 0 ? { kind: 'and', terms: [...unsaid, asked] } : asked
    const order = sort.flatMap(({ field: name, descending, from, to }) => {
      const field = fieldNamed(this.subject, name)
      if (field?.isSortable === true) return [{ column: field.name, descending }]
      const sortable = fieldsOf(this.subject).filter(({ isSortable }) => isSortable)
      const names = sortable.map((candidate) => candidate.name)
      const why = field === null ? `There is no field ${name}` : `Nothing can be ordered by ${field.name}`
      this.fault(`${why}.${question(this.near(name, names)) || ` sort: takes ${listed(names)}.`}`, {
        from,
        to,
      })
      return []
    })
    return { test, order }
  }

  private test(expression: Expression): Test {
    if (expression.kind === 'match') return this.match(expression)
    if (expression.kind === 'not') return { kind: 'not', term: this.test(expression.term) }
    return { kind: expression.kind, terms: expression.terms.map((term) => this.test(term)) }
  }

  private match(match: Match): Test {
    if (match.field === null) return this.alone(match)
    const field = fieldNamed(this.subject, match.field)
    if (field === null) return this.unknown(match.field, match)
    const tests = match.values.map((value) => this.value(field, match, value))
    return tests.length === 1 ? (tests[0] ?? none) : { kind: 'or', terms: tests }
  }

  /** A word alone is looked for where one would look for it. */
  private alone({ values }: Match): Test {
    const pieces = values.flatMap(piecesOf)
    const text = (column: string): Test => ({ kind: 'text', column, pieces, isWhole: false })
    if (this.subject === 'images' || this.subject === 'compared') return text('path')
    if (this.subject === 'runs') return text('any')
    const codes = this.classCodes((name) => fitsPieces(name, pieces, false))
    return {
      kind: 'or',
      terms: [
        text('path'),
        ...['label', 'predicted'].map((column): Test => ({ kind: 'codes', column, codes })),
      ],
    }
  }

  private value(field: Field, match: Match, value: Value): Test {
    const { type } = field
    const name = match.field ?? field.name
    if (type.kind === 'number' || type.kind === 'date') {
      const test = readNumber(name, field, match.sign, value)
      return typeof test === 'string' ? this.fault(test, value.from < value.to ? value : match) : test
    }
    if (match.sign !== ':') {
      const example = `${name}:${field.example.slice(field.name.length + 1)}`
      return this.fault(`${name} is no number, so nothing is above or below it. Write ${example}.`, match)
    }
    if (type.kind === 'text' && value.from >= value.to)
      return this.fault(`${name}: needs some text, such as ${field.example}.`, match)
    if (type.kind === 'text')
      return { kind: 'text', column: field.name, pieces: piecesOf(value), isWhole: type.isWhole }
    const place = value.from < value.to ? value : match
    if (type.kind === 'image') {
      const image = plain(value) ?? ''
      return image === ''
        ? this.fault(`${name}: needs the number of an image, such as ${name}:12, or its path.`, place)
        : { kind: 'like', image }
    }
    if (type.kind === 'among') {
      const of = plain(value) ?? ''
      return of === ''
        ? this.fault(`${name}: needs a number, such as ${field.example}.`, place)
        : { kind: 'among', column: type.column, of }
    }
    return type.kind === 'class'
      ? this.classTest(field, name, value, place)
      : this.choice(type, name, value, place)
  }

  private classTest(field: Field, name: string, value: Value, place: { from: number; to: number }): Test {
    const { classNames } = this.vocabulary
    const said = plain(value)
    const exact = said === null ? -1 : classNames.indexOf(said)
    const pieces = piecesOf(value)
    const codes = exact >= 0 ? [exact] : this.classCodes((folded) => fitsPieces(folded, pieces, true))
    if (codes.length > 0) return { kind: 'codes', column: field.name, codes }
    if (said === '')
      return this.fault(
        `${name}: needs the name of a class, such as ${printWord(name, classNames[0] ?? 'Iris')}.`,
        place,
      )
    const near = said === null ? [] : this.near(said, classNames).map((near) => printWord(name, near))
    return this.fault(`There is no class ${said ?? pieces.join('*')}.${question(near)}`, place)
  }

  private choice(
    { choices }: Extract<FieldType, { kind: 'choice' }>,
    name: string,
    value: Value,
    place: { from: number; to: number },
  ): Test {
    const said = plain(value) ?? piecesOf(value).join('*')
    const key = said.toLowerCase()
    const choice = Object.hasOwn(choices, key) ? choices[key] : undefined
    if (choice === undefined) {
      const names = Object.keys(choices)
      const near = this.near(said, names).map((near) => printWord(name, near))
      return this.fault(`${refusal(name, listed(names, 'or'), said)}${question(near)}`, place)
    }
    return choice.codes === null
      ? { kind: 'every' }
      : { kind: 'codes', column: choice.column, codes: choice.codes }
  }

  private classCodes(fits: (folded: string) => boolean): number[] {
    this.folded ??= this.vocabulary.classNames.map(foldCase)
    return this.folded.flatMap((name, index) => (fits(name) ? [index] : []))
  }

  private near(said: string, names: readonly string[]): string[] {
    return this.faults.length < mostHints ? nearest(said, names) : []
  }

  private unknown(name: string, match: Match): Test {
    const names = fieldsOf(this.subject).flatMap((field) => [field.name, ...field.aliases])
    const near = this.near(name, names)
    const place = { from: match.from, to: match.from + name.length }
    const hint =
      near.length > 0
        ? question(near)
        : ` The fields are ${listed(fieldsOf(this.subject).map((field) => field.name))}.`
    return this.fault(
      `There is no field ${name}.${hint} To search for the text itself, put it in quotes.`,
      place,
    )
  }

  private fault(message: string, { from, to }: { from: number; to: number }): Test {
    this.faults.push({ message: brief(message), from, to })
    return none
  }
}

/** The value as it was meant where it has no gaps; what looks like a range is a text where a text is wanted. */
function plain(value: Value): string | null {
  if (value.kind === 'range') return `${value.low}..${value.high}`
  return value.pieces.length === 1 ? (value.pieces[0] ?? '') : null
}

function piecesOf(value: Value): string[] {
  const pieces = value.kind === 'range' ? [`${value.low}..${value.high}`] : value.pieces
  return pieces.map(foldCase)
}

function question(near: readonly string[]): string {
  return near.length === 0 ? '' : ` Did you mean ${listed(near, 'or')}?`
}

/** 'a', 'a and b', 'a, b and c'. */
function listed(words: readonly string[], joint: 'and' | 'or' = 'and'): string {
  if (words.length < 2) return words.join('')
  return `${words.slice(0, -1).join(', ')} ${joint} ${words.at(-1) ?? ''}`
}
