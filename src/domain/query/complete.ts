/** What can stand where the caret is: fields, then their values, with how many each would find where that is known. */
import type { Field, Subject } from './field'
import { fieldNamed, fieldsOf } from './fields'
import type { Vocabulary } from './bind'
import { foldCase } from './fold-case'
import { printWord } from './print'

export interface Completion {
  /** What takes the place of the text from `from` to `to`. */
  readonly insert: string
  /** As it is listed. */
  readonly label: string
  readonly help: string
  /** Rows that it would find; null where that is not known. */
  readonly count: number | null
  /** Whether the word goes on after it, as it does after a field's colon. */
  readonly goesOn: boolean
}

export interface Completions {
  readonly from: number
  readonly to: number
  readonly items: readonly Completion[]
}

/** How many rows have each value of a column, by its code. */
export type Counts = Readonly<Record<string, readonly number[] | undefined>>

const most = 50

/** `caret`: a place in `text`. Values with more rows first where `counts` has their column, else as they are listed. */
export function complete(
  text: string,
  caret: number,
  subject: Subject,
  vocabulary: Vocabulary,
  counts: Counts = {},
): Completions {
  const from = startOfWord(text, caret)
  const word = text.slice(from, caret).replace(/^-/, '')
  const start = caret - word.length
  const head = /^([A-Za-z][\w-]*)(:|<=|>=|<|>|=)/.exec(word)
  if (head === null) return { from: start, to: caret, items: fieldItems(subject, word) }
  const [whole, name = ''] = head
  const given = word.slice(whole.length)
  // Of a list, the value that is being written.
  const last = given.slice(given.lastIndexOf(',') + 1)
  const at = caret - last.length
  const wanted = foldCase(last.replace(/^["-]+/, ''))
  if (name.toLowerCase() === 'sort') return { from: at, to: caret, items: sortItems(subject, wanted) }
  const field = fieldNamed(subject, name)
  if (field === null || head[2] === '<' || head[2] === '>') return { from: caret, to: caret, items: [] }
  const items = valuesOf(field, vocabulary, counts)
    .filter(({ label }) => foldCase(label).includes(wanted))
    .sort(
      (a, b) =>
        Number(foldCase(b.label).startsWith(wanted)) - Number(foldCase(a.label).startsWith(wanted)) ||
        (b.count ?? -1) - (a.count ?? -1),
    )
    .slice(0, most)
  return { from: at, to: caret, items }
}

/** Where the word begins that ends at the caret. Spaces in quotes are part of it; so is an open quotation mark. */
export function startOfWord(text: string, caret: number): number {
  let start = 0
  let isQuoted = false
  for (let at = 0; at < caret; at++) {
    const sign = text[at] ?? ''
    if (isQuoted && sign === '\\') at++
    else if (sign === '"') isQuoted = !isQuoted
    else if (!isQuoted && /[\s()]/u.test(sign)) start = at + 1
  }
  return start
}

function fieldItems(subject: Subject, word: string): Completion[] {
  const wanted = word.toLowerCase()
  const named = fieldsOf(subject).flatMap((field) => {
    const fits = [field.name, ...field.aliases].find((name) => name.startsWith(wanted))
    if (fits === undefined) return []
    const name = wanted !== '' && !field.name.startsWith(wanted) ? fits : field.name
    return [
      {
        insert: `${name}:`,
        label: `${name}:`,
        help: `${field.help} ${field.example}`,
        count: null,
        goesOn: true,
      },
    ]
  })
  if (!'sort'.startsWith(wanted)) return named
  const sort = {
    insert: 'sort:',
    label: 'sort:',
    help: 'The order; -loss: from the highest loss. sort:path',
    count: null,
  }
  return [...named, { ...sort, goesOn: true }]
}

function sortItems(subject: Subject, wanted: string): Completion[] {
  return fieldsOf(subject)
    .filter(({ isSortable, name }) => isSortable && name.startsWith(wanted))
    .flatMap(({ name }) =>
      ['', '-'].map((sign) => ({
        insert: `${sign}${name}`,
        label: `${sign}${name}`,
        help: sign === '' ? 'from the lowest, or A to Z' : 'from the highest, or Z to A',
        count: null,
        goesOn: false,
      })),
    )
}

function valuesOf(
  { name, type }: Field,
  { classNames, tags = [] }: Vocabulary,
  counts: Counts,
): Completion[] {
  const item = (value: string, help: string, count: number | null): Completion => ({
    insert: printWord(name, value).slice(name.length + 1),
    label: value,
    help,
    count,
    goesOn: false,
  })
  if (name === 'tag') return tags.map(({ tag, count }) => item(tag, '', count))
  if (type.kind === 'class')
    return classNames.map((value, code) => item(value, '', counts[name]?.[code] ?? null))
  if (type.kind === 'choice') {
    return Object.entries(type.choices).map(([value, { column, codes, help }]) => {
      const known = counts[column]
      const count = known && codes ? codes.reduce((sum, code) => sum + (known[code] ?? 0), 0) : null
      return item(value, help, count)
    })
  }
  return type.kind === 'number' ? Object.keys(type.words).map((value) => item(value, '', null)) : []
}
