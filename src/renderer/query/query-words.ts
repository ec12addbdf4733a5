/**
 * The words of a query and how they are written: `split:test class:"Colts Foot" petal`. A word is a value, with a field and a colon
 * before it or without. Quotes hold together what has spaces or signs; in them \" \\ \n \r \t and \u{HEX} stand for what cannot be
 * typed otherwise. Pure; whatever is written by `writeWord` is read back the same by `readWords`.
 */

export interface QueryWord {
  /** null: a word alone. */
  readonly field: string | null
  readonly value: string
  /** Where it stands in the text, for errors. */
  readonly from: number
  readonly to: number
}

/** What is not understood, in a sentence, and where it stands. */
export interface QueryFault {
  readonly message: string
  readonly from: number
  readonly to: number
}

export interface QueryWords {
  readonly words: readonly QueryWord[]
  readonly faults: readonly QueryFault[]
}

export function readWords(text: string): QueryWords {
  const words: QueryWord[] = []
  const faults: QueryFault[] = []
  let at = 0
  while (at < text.length) {
    if (isSpace(text[at])) {
      at++
      continue
    }
    const from = at
    const field = /^[A-Za-z][\w-]*(?=:)/.exec(text.slice(at))?.[0] ?? null
    if (field !== null) at += field.length + 1
    const read = text[at] === '"' ? readQuoted(text, at) : readBare(text, at)
    at = read.to
    if (read.fault !== null) faults.push({ message: read.fault, from, to: at })
    else words.push({ field, value: read.value, from, to: at })
  }
  return { words, faults }
}

/** The other way. */
export function writeWord(field: string | null, value: string): string {
  return (field === null ? '' : `${field}:`) + (isBare(value) ? value : quoted(value))
}

interface Read {
  readonly value: string
  readonly to: number
  readonly fault: string | null
}

function readBare(text: string, from: number): Read {
  let to = from
  while (to < text.length && !isSpace(text[to]) && text[to] !== '"') to++
  const value = text.slice(from, to)
  if (text[to] !== '"') return { value, to, fault: null }
  const end = to + (/^\S*/.exec(text.slice(to))?.[0].length ?? 0)
  const fault = `There is a quotation mark inside ${text.slice(from, end)}. Put quotes around the whole value, or write \\" inside them.`
  return { value, to: end, fault }
}

function readQuoted(text: string, from: number): Read {
  let value = ''
  let at = from + 1
  for (;;) {
    const sign = text[at]
    if (sign === undefined) {
      return { value, to: at, fault: `The quotation mark before ${shortened(value)} is not closed.` }
    }
    if (sign === '"') break
    if (sign !== '\\') {
      value += sign
      at++
      continue
    }
    const escape = /^\\(?:u\{([0-9a-fA-F]{1,6})\}|(["\\nrt]))/.exec(text.slice(at))
    const code = escape?.[1] === undefined ? null : Number.parseInt(escape[1], 16)
    if (escape === null || (code !== null && code > 0x10ffff)) {
      const fault = `In quotes, a backslash can come only before ", \\, n, r, t or u{…}. Write \\\\ for a backslash.`
      return { value, to: endOfWord(text, at), fault }
    }
    value += code === null ? (escapes[escape[2] ?? ''] ?? escape[2] ?? '') : String.fromCodePoint(code)
    at += escape[0].length
  }
  const to = at + 1
  if (to < text.length && !isSpace(text[to])) {
    const end = endOfWord(text, to)
    return { value, to: end, fault: `A space is missing between "${value}" and ${text.slice(to, end)}.` }
  }
  return { value, to, fault: null }
}

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' }

function quoted(value: string): string {
  let text = ''
  // By code units: half of a surrogate pair, which a file's name may have, is written as what it is.
  for (const sign of value) {
    if (sign === '"' || sign === '\\') text += `\\${sign}`
    else if (sign === '\n') text += '\\n'
    else if (sign === '\r') text += '\\r'
    else if (sign === '\t') text += '\\t'
    else if (/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(sign))
      text += `\\u{${(sign.codePointAt(0) ?? 0).toString(16)}}`
    else text += sign
  }
  return `"${text}"`
}

/** Letters, digits and what a file's path has. Other signs are quoted, so that they may mean something one day; so may these words. */
function isBare(value: string): boolean {
  return /^[\p{L}\p{M}\p{N}_./+][\p{L}\p{M}\p{N}_./+-]*$/u.test(value) && !/^(and|or|not)$/i.test(value)
}

function isSpace(sign: string | undefined): boolean {
  return sign !== undefined && /\s/u.test(sign)
}

function endOfWord(text: string, from: number): number {
  let to = from
  while (to < text.length && !isSpace(text[to])) to++
  return to
}

function shortened(value: string): string {
  return value === '' ? 'the end' : value.length > 24 ? `${value.slice(0, 24)}…` : value
}
