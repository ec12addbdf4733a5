/**
 * One word of a query: `petal`, `split:test`, `loss>2`, `class:"Colts Foot",Iris`, `confidence:0.2..0.5`, `name:IMG_*`. Quotes hold together what has
 * spaces or signs; in them \" \\ \* \n \r \t and \u{HEX} stand for what cannot be typed otherwise. Whatever `printQuery` writes is read back the same.
 */
import type { Match, QueryFault, Sign, Value } from './tree'

export interface ReadWord {
  readonly match: Match
  readonly to: number
  readonly fault: QueryFault | null
}

/** The word that begins at `from`. `inBrackets`: a bracket that the word does not open ends it. */
export function readWord(text: string, from: number, inBrackets: boolean): ReadWord {
  const head = /^([A-Za-z][\w-]*)(:|<=|>=|<|>|=)/.exec(text.slice(from, from + 100))
  const [, field = null] = head ?? []
  const sign = signOf(head?.[2])
  const values: Value[] = []
  let at = from + (head?.[0].length ?? 0)
  for (;;) {
    const read = readValue(text, at, { inBrackets, isList: field !== null })
    at = read.to
    if (read.fault !== null) {
      const whole = { kind: 'match', field, sign, values, from, to: at } as const
      return { match: whole, to: at, fault: { message: read.fault, from, to: at } }
    }
    values.push(read.value)
    if (field === null || text[at] !== ',') break
    at++
  }
  return { match: { kind: 'match', field, sign, values, from, to: at }, to: at, fault: null }
}

/** `a=b` is what `a:b` is. */
function signOf(text: string | undefined): Sign {
  return text === '<' || text === '<=' || text === '>' || text === '>=' ? text : ':'
}

interface Place {
  readonly inBrackets: boolean
  /** A comma ends the value. */
  readonly isList: boolean
}

type Read =
  | { readonly value: Value; readonly to: number; readonly fault: null }
  | { readonly to: number; readonly fault: string }

/** Two ends of which one may be open: digits with a unit or without, dates. Words of a path with dots are none. */
const end = String.raw`-?(?:\d+(?:\.\d+)?|\.\d+)[a-z%]*|\d{4}-\d\d-\d\d`
export const rangePattern = new RegExp(`^(${end})?\\.\\.(${end})?$`, 'iu')

function readValue(text: string, from: number, place: Place): Read {
  if (text[from] === '"') return readQuoted(text, from, place)
  const to = endOfBare(text, from, place)
  const word = text.slice(from, to)
  if (text[to] === '"') {
    const end = endOfWord(text, to)
    return {
      to: end,
      fault: `There is a quotation mark inside ${text.slice(from, end)}. Put quotes around the whole value, or write \\" inside them.`,
    }
  }
  const [, low = '', high = ''] = rangePattern.exec(word) ?? []
  if (low !== '' || high !== '') return { value: { kind: 'range', low, high, from, to }, to, fault: null }
  return { value: { kind: 'text', pieces: word.split('*'), from, to }, to, fault: null }
}

function endOfBare(text: string, from: number, { inBrackets, isList }: Place): number {
  let open = 0
  let to = from
  for (; to < text.length; to++) {
    const sign = text[to] ?? ''
    if (sign === '"' || /\s/u.test(sign) || (isList && sign === ',')) break
    if (sign === '(') open++
    if (sign === ')' && --open < 0 && inBrackets) break
  }
  return to
}

function readQuoted(text: string, from: number, { inBrackets, isList }: Place): Read {
  const pieces: string[] = []
  let piece = ''
  let at = from + 1
  for (;;) {
    const sign = text[at]
    if (sign === undefined) {
      const start = shortened([...pieces, piece].join('*'))
      return { to: at, fault: `The quotation mark before ${start} is not closed.` }
    }
    if (sign === '"') break
    if (sign === '*') {
      pieces.push(piece)
      piece = ''
      at++
      continue
    }
    if (sign !== '\\') {
      piece += sign
      at++
      continue
    }
    const escape = /^\\(?:u\{([0-9a-fA-F]{1,6})\}|(["\\*nrt]))/.exec(text.slice(at, at + 12))
    const code = escape?.[1] === undefined ? null : Number.parseInt(escape[1], 16)
    if (escape === null || (code !== null && code > 0x10ffff)) {
      const fault = `In quotes, a backslash can come only before ", \\, *, n, r, t or u{…}. Write \\\\ for a backslash.`
      return { to: endOfWord(text, at), fault }
    }
    piece += code === null ? (escapes[escape[2] ?? ''] ?? escape[2] ?? '') : String.fromCodePoint(code)
    at += escape[0].length
  }
  const to = at + 1
  const next = text[to] ?? ' '
  if (!/\s/u.test(next) && !(isList && next === ',') && !(inBrackets && next === ')')) {
    const end = endOfWord(text, to)
    return {
      to: end,
      fault: `A space is missing between ${text.slice(from, to)} and ${text.slice(to, end)}.`,
    }
  }
  return { value: { kind: 'text', pieces: [...pieces, piece], from, to }, to, fault: null }
}

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' }

function endOfWord(text: string, from: number): number {
  let to = from
  while (to < text.length && !/\s/u.test(text[to] ?? '')) to++
  return to
}

function shortened(value: string): string {
  return value === '' ? 'the end' : value.length > 24 ? `${value.slice(0, 24)}…` : value
}
