/**
 * Fields give the words of a query their meaning: each reads its value into a part of a screen's state, and writes it back. A screen has
 * a list of them (features/datasets/image-query.ts, features/mistakes/mistakes-text.ts); reading and writing are the same for all. Pure.
 */
import { readWords, writeWord, type QueryFault } from './query-words'

export interface QueryField<State> {
  /** Before the colon; null: for the words alone, which come joined by one space. */
  readonly name: string | null
  /** A value of `state`; null where it is as without any query. */
  write(state: State): string | null
  /** The part of the state that a value stands for, or what is wrong with it, in a sentence. */
  read(value: string): Partial<State> | string
}

export interface ReadQuery<State> {
  readonly state: State
  /** With any, `state` has what was understood, and nothing should be done with it. */
  readonly faults: readonly QueryFault[]
}

/** `nothing`: the state that an empty text stands for. Names of fields are read in capital letters too. */
export function readQuery<State extends object>(
  text: string,
  fields: readonly QueryField<State>[],
  nothing: State,
): ReadQuery<State> {
  const { words, faults: unread } = readWords(text)
  const faults: QueryFault[] = [...unread]
  const taken = new Set<QueryField<State>>()
  let state = nothing
  const take = (field: QueryField<State>, value: string, from: number, to: number): void => {
    const part = field.read(value)
    if (typeof part === 'string') faults.push({ message: part, from, to })
    else state = { ...state, ...part }
  }
  for (const { field: name, value, from, to } of words) {
    if (name === null) continue
    const field = fields.find((candidate) => candidate.name === name.toLowerCase())
    const fault = (message: string): void => void faults.push({ message, from, to })
    if (field === undefined) {
      fault(
        `There is no field ${name}. ${choice(fields)} To search for the text itself, put it in quotes: ${writeWord(null, text.slice(from, to))}.`,
      )
    } else if (taken.has(field)) fault(`${name}: can appear only once.`)
    else {
      taken.add(field)
      take(field, value, from, to)
    }
  }
  const alone = words.filter(({ field }) => field === null)
  const first = alone[0]
  const last = alone.at(-1)
  if (first !== undefined && last !== undefined) {
    const field = fields.find(({ name }) => name === null)
    if (field !== undefined) take(field, alone.map(({ value }) => value).join(' '), first.from, last.to)
    else {
      const message = `A word alone has no meaning here: ${writeWord(null, first.value)}. ${choice(fields)}`
      faults.push({ message, from: first.from, to: first.to })
    }
  }
  return { state, faults: faults.sort((a, b) => a.from - b.from) }
}

/** The text that `readQuery` makes `state` of. */
export function writeQuery<State>(state: State, fields: readonly QueryField<State>[]): string {
  return fields
    .flatMap((field) => {
      const value = field.write(state)
      if (value === null) return []
      return [field.name === null ? writeAlone(value) : writeWord(field.name, value)]
    })
    .join(' ')
}

/** Words with one space between them need no quotes where none of them does. */
function writeAlone(value: string): string {
  const parts = value.split(' ').map((part) => writeWord(null, part))
  return parts.some((part) => part.startsWith('"')) ? writeWord(null, value) : parts.join(' ')
}

function choice<State>(fields: readonly QueryField<State>[]): string {
  return `The fields are ${listed(fields.flatMap(({ name }) => (name === null ? [] : [`${name}:`])))}.`
}

/** What `value` stands for in `choices`, in capital letters or not; null where it is none of them. */
export function chosen<Meaning>(choices: Readonly<Record<string, Meaning>>, value: string): Meaning | null {
  const key = value.toLowerCase()
  return Object.hasOwn(choices, key) ? (choices[key] ?? null) : null
}

/** Why a value is refused: 'split: takes train, val or test, not tset.' */
export function refusal(name: string, takes: string, value: string): string {
  return `${name}: takes ${takes}, not ${value === '' ? 'nothing' : value}.`
}

/** 'a', 'a and b', 'a, b and c'. */
export function listed(words: readonly string[], joint: 'and' | 'or' = 'and'): string {
  if (words.length < 2) return words.join('')
  return `${words.slice(0, -1).join(', ')} ${joint} ${words.at(-1) ?? ''}`
}
