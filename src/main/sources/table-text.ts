/** The rows of a table as text: comma, semicolon, tab or bar between columns, quotes as in RFC 4180. */
import { basename } from 'node:path'
import { Readable } from 'node:stream'
import { parse, type Options } from 'csv-parse'
import { parse as parseAtOnce } from 'csv-parse/sync'
import { WorkbenchError } from '../../contract/errors'
import { lineEnds } from '../files/line-ends'

export interface TableRow {
  /** Trimmed. */
  readonly cells: readonly string[]
  /** On which it ends, from 1. */
  readonly line: number
}

const delimiters = [',', '\t', ';', '|'] as const
export type Delimiter = (typeof delimiters)[number]

/** A row beyond it is a quote that is never closed. */
const mostRowLetters = 1e6
const pieceLetters = 1 << 16
/** The beginning of a table that is looked at. */
const sampleLetters = 1 << 16
const sampleRows = 200
/** Of them. */
const leastAlike = 0.8

/** The one that parts most columns, alike in nearly all of the first rows; null where none does. `isWhole`: the text is not cut at its end. */
export function delimiterOf(text: string, isWhole: boolean): Delimiter | null {
  let found: Delimiter | null = null
  let most = 1
  for (const delimiter of delimiters) {
    const rows = firstRows(text, delimiter, isWhole)
    const count = usualLength(rows)
    if (count <= most || rows.filter((row) => row.length === count).length < leastAlike * rows.length)
      continue
    found = delimiter
    most = count
  }
  return found
}

function usualLength(rows: readonly string[][]): number {
  const counts = new Map<number, number>()
  for (const { length } of rows) counts.set(length, (counts.get(length) ?? 0) + 1)
  return [...counts].sort(([, one], [, other]) => other - one)[0]?.[0] ?? 0
}

/** Some of the first rows, trimmed; none where they are no table. */
export function firstRows(text: string, delimiter: Delimiter, isWhole: boolean): string[][] {
  const isCut = !isWhole || text.length > sampleLetters
  const start = text.slice(0, sampleLetters)
  const lineEnd = Math.max(start.lastIndexOf('\n'), start.lastIndexOf('\r'))
  try {
    const rows: string[][] = parseAtOnce(isCut && lineEnd > 0 ? start.slice(0, lineEnd + 1) : start, {
      ...optionsOf(delimiter),
      to: sampleRows,
    })
    return rows.filter((row) => !isComment(row))
  } catch (thrown) {
    if (isCsvError(thrown)) return []
    throw thrown
  }
}

/** Of the whole text. Throws 'bad-input' with line and column where quotes are wrong. `path`: for its words. */
export async function* tableRows(
  path: string,
  text: string,
  delimiter: Delimiter,
): AsyncGenerator<TableRow, void, undefined> {
  function* pieces(): Generator<string> {
    for (let at = 0; at < text.length;) {
      let end = at + pieceLetters
      if (/[\ud800-\udbff]/.test(text.charAt(end - 1))) end += 1 // a character of two units stays whole
      yield text.slice(at, end)
      at = end
    }
  }
  const source = Readable.from(pieces())
  const parser = source.pipe(parse({ ...optionsOf(delimiter), info: true }))
  try {
    for await (const row of parser) {
      const { record, info } = row as { record: string[]; info: { lines: number } }
      if (!isComment(record)) yield { cells: record, line: info.lines }
    }
  } catch (thrown) {
    throw isCsvError(thrown) ? badTable(path, thrown) : thrown
  } finally {
    source.destroy()
    parser.destroy()
  }
}

function optionsOf(delimiter: Delimiter): Options {
  return {
    delimiter,
    bom: true,
    trim: true,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: mostRowLetters,
    record_delimiter: lineEnds,
  }
}

function isComment([first = '']: readonly string[]): boolean {
  return first.startsWith('#')
}

const csvFaults: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'a quote " is opened and never closed',
  INVALID_OPENING_QUOTE: 'a quote " stands within a value that does not begin with one',
  CSV_INVALID_CLOSING_QUOTE: 'a quote " stands within a quoted value; it must be doubled there ("")',
  CSV_MAX_RECORD_SIZE: 'the row is longer than a million letters; maybe a quote " is never closed',
}

interface CsvError extends Error {
  readonly code: string
  /** From 1. */
  readonly lines?: number
  /** From 0. */
  readonly column?: number
}

/** By its code: the package has a class of its own for each of its entries. */
function isCsvError(thrown: unknown): thrown is CsvError {
  return thrown instanceof Error && 'code' in thrown && String(thrown.code) in csvFaults
}

function badTable(path: string, error: CsvError): WorkbenchError {
  const { code, lines, column } = error
  const where =
    lines === undefined
      ? ''
      : ` line ${String(lines)}${column === undefined ? '' : `, column ${String(column + 1)}`}:`
  return new WorkbenchError(
    'bad-input',
    `Cannot read the table ${path}:${where} ${csvFaults[code] ?? ''}.`,
    `Correct ${basename(path)} there. A value with the delimiter or a quote in it is written in quotes, as "a, b".`,
    { cause: error },
  )
}
