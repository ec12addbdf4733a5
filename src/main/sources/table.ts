/**
 * A table of images: CSV or TSV in UTF-8 (or UTF-16 with its mark), a row per image. Which column has the path, which the class and which the part is
 * seen by what is in them, or said by the user. A path is relative to the folder of the table, or to a folder in it, and may lack its ending.
 */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { basename, dirname, isAbsolute, relative, sep } from 'node:path'
import type { SplitPart, TableColumns } from '../../contract/entities/dataset'
import { WorkbenchError } from '../../contract/errors'
import type { FileSource } from '../images/file-source'
import { classFault, keyOfPath, listingOfEntries, sourceOfEntries, type Entry } from './entries'
import { partOf } from './part-names'
import type { ColumnsLook, ListOptions, Listing, SourceKind, SourceWords } from './source'
import { findColumns, type FoundColumns } from './table-columns'
import { findPlace, type ImagePlace } from './image-place'
import { delimiterOf, firstRows, tableRows, type Delimiter, type TableRow } from './table-text'
import { readText } from './text-file'

export const tableKind: SourceKind = {
  kind: 'table',
  text: 'Table of images',
  endings: ['csv', 'tsv'],
  fits: ({ text, isWhole }) => text !== null && isTable(text, isWhole),
  open(address, files) {
    const { path, columns = {} } = address
    return {
      ...sourceOfEntries(address, dirname(path), wordsOf(path), files, (options) =>
        listTable(path, columns, files, options),
      ),
      columns: () => lookAtColumns(path, columns, files),
      valuesOf: (column) => readColumn(path, columns, column, files),
    }
  },
}

/** Tabs part the columns of lists, too. */
function isTable(text: string, isWhole: boolean): boolean {
  const delimiter = delimiterOf(text, isWhole)
  if (delimiter !== '\t') return delimiter !== null
  const rows = firstRows(text, delimiter, isWhole)
  return findColumns(rows).hasHeader || (rows[0]?.length ?? 0) > 3
}

/** Where the cells of a row are. */
interface Chosen {
  /** As the header names the columns; without one, their numbers. */
  readonly names: readonly string[]
  readonly hasHeader: boolean
  readonly path: number
  readonly label: number
  readonly part: number | null
}

const shownRows = 5
/** Rows between two pauses: streams alone let nobody in between. */
const rowsAtOnce = 1024

function wordsOf(path: string): SourceWords {
  const folder = dirname(path)
  return {
    place: folder,
    subject: `The image folder ${folder}`,
    bringBack: 'Connect the drive, or put the folder back',
    importAgain: 'import the table again',
    empty: `No row of ${path} names an image that can be used.`,
    layout:
      'Each row needs a path, relative to the folder of the table, and a class. A column may say train, val or test.',
  }
}

async function listTable(
  path: string,
  columns: TableColumns,
  files: FileSource,
  options: ListOptions,
): Promise<Listing> {
  const { text, delimiter, rows } = await openTable(path, files)
  const chosen = choose(path, rows, columns)
  const place = await placeOf(path, rows, chosen, files)
  const entries = await readEntries(path, tableRows(path, text, delimiter), chosen, place, options)
  return listingOfEntries(entries, dirname(path), files, options)
}

interface OpenedTable {
  readonly text: string
  readonly delimiter: Delimiter
  /** Some of the first. */
  readonly rows: readonly (readonly string[])[]
}

/** Throws 'bad-input', and what reading throws. */
async function openTable(path: string, files: FileSource): Promise<OpenedTable> {
  const text = await readText(path, 'table', files)
  if (text.trim() === '') throw notATable(path, 'It is empty.')
  const delimiter = delimiterOf(text, true)
  if (delimiter === null) throw notATable(path, 'Its first rows do not have the same two or more columns.')
  return { text, delimiter, rows: firstRows(text, delimiter, true) }
}

/** Without a word where a column cannot be told: that is to be chosen. */
async function lookAtColumns(path: string, columns: TableColumns, files: FileSource): Promise<ColumnsLook> {
  const { rows } = await openTable(path, files)
  const found = findColumns(rows)
  const names = namesOf(rows, found)
  const nameAt = (index: number | null): string | null => (index === null ? null : (names[index] ?? null))
  return {
    names,
    path: columns.path ?? nameAt(found.path),
    label: columns.label ?? nameAt(found.label),
    part: columns.part === undefined ? nameAt(found.part) : columns.part,
    rows: rows.slice(found.hasHeader ? 1 : 0).slice(0, shownRows),
  }
}

async function readColumn(
  path: string,
  columns: TableColumns,
  wanted: string,
  files: FileSource,
): Promise<ReadonlyMap<string, string>> {
  const { text, delimiter, rows } = await openTable(path, files)
  const chosen = choose(path, rows, columns)
  const at = indexOfColumn(chosen.names, wanted)
  if (at === null) {
    throw new WorkbenchError(
      'bad-input',
      `${path} has no column “${wanted}”.`,
      `Its columns are ${listed(chosen.names)}.`,
    )
  }
  const place = await placeOf(path, rows, chosen, files)
  const values = new Map<string, string>()
  let count = 0
  for await (const { cells } of tableRows(path, text, delimiter)) {
    count += 1
    if (count % rowsAtOnce === 0) await nextTurn()
    const value = cells[at] ?? ''
    if (value === '' || (chosen.hasHeader && count === 1)) continue
    const found = keyOfPath(plainPath(path, cells[chosen.path] ?? ''), 'the table')
    if ('key' in found) values.set(place.keyOf(found.key), value)
  }
  return values
}

function placeOf(
  path: string,
  rows: readonly (readonly string[])[],
  chosen: Chosen,
  files: FileSource,
): Promise<ImagePlace> {
  const paths = rows.slice(chosen.hasHeader ? 1 : 0).map((row) => plainPath(path, row[chosen.path] ?? ''))
  return findPlace(paths, dirname(path), files)
}

function namesOf([first = []]: readonly (readonly string[])[], { hasHeader }: FoundColumns): string[] {
  return first.map((name, index) => (hasHeader && name !== '' ? name : String(index + 1)))
}

async function readEntries(
  path: string,
  rows: AsyncIterable<TableRow>,
  chosen: Chosen,
  place: ImagePlace,
  { problems, onProgress }: ListOptions,
): Promise<Entry[]> {
  const found = new Map<string, Entry>()
  let count = 0
  for await (const row of rows) {
    count += 1
    if (chosen.hasHeader && count === 1) continue
    if (count % rowsAtOnce === 0) {
      onProgress(found.size)
      await nextTurn()
    }
    const entry = readRow(path, row, chosen, place)
    const fault =
      'fault' in entry
        ? entry.fault
        : found.has(entry.key)
          ? `“${entry.key}” is already on line ${(found.get(entry.key)?.where ?? '').slice('Line '.length)}.`
          : null
    if (fault === null && !('fault' in entry)) found.set(entry.key, entry)
    if (fault === null) continue
    const line = String(row.line)
    problems.add('error', 'bad-entry', `${basename(path)}:${line}`, `Line ${line}: ${fault}`)
  }
  return [...found.values()]
}

function readRow(
  path: string,
  { cells, line }: TableRow,
  { names, ...chosen }: Chosen,
  place: ImagePlace,
): Entry | { readonly fault: string } {
  const columnOf = (index: number): string =>
    chosen.hasHeader ? `column “${names[index] ?? ''}”` : `column ${String(index + 1)}`
  const missing = [chosen.path, chosen.label].find((index) => (cells[index] ?? '') === '')
  if (missing !== undefined) {
    const why = missing >= cells.length ? `is missing: the row has ${String(cells.length)}` : 'is empty'
    return { fault: `${columnOf(missing)} ${why}.` }
  }
  const label = cells[chosen.label] ?? ''
  const labelFault = classFault(label)
  if (labelFault !== null) return { fault: `${columnOf(chosen.label)}: ${labelFault}` }
  const said = chosen.part === null ? '' : (cells[chosen.part] ?? '')
  const part: SplitPart | null = partOf(said)
  if (said !== '' && part === null && chosen.part !== null)
    return { fault: `${columnOf(chosen.part)} is “${said}”, not train, val or test.` }
  const found = keyOfPath(plainPath(path, cells[chosen.path] ?? ''), 'the table')
  if ('fault' in found) return { fault: `${columnOf(chosen.path)}: ${found.fault}` }
  return {
    key: place.keyOf(found.key),
    className: label.normalize('NFC'),
    part,
    where: `Line ${String(line)}`,
  }
}

/** As programs write paths: with backslashes, or absolute though within the folder of the table. */
function plainPath(tablePath: string, text: string): string {
  const path = text.replaceAll('\\', '/')
  if (!isAbsolute(path)) return path
  const inside = relative(dirname(tablePath), path)
  return inside.startsWith('..') || isAbsolute(inside) ? path : inside.split(sep).join('/')
}

/** Throws 'columns-unclear'. */
function choose(path: string, rows: readonly (readonly string[])[], columns: TableColumns): Chosen {
  const found = findColumns(rows)
  const names = namesOf(rows, found)
  const indexOf = (wanted: string): number => {
    const index = indexOfColumn(names, wanted)
    if (index === null) throw unclear(path, names, `There is no column “${wanted}”.`)
    return index
  }
  const label = columns.label === undefined ? null : indexOf(columns.label)
  const part = columns.part === undefined || columns.part === null ? null : indexOf(columns.part)
  const pathAt = columns.path === undefined ? found.path : indexOf(columns.path)
  if (pathAt === null)
    throw unclear(path, names, 'It does not show which column has the paths of the images.')
  const partAt =
    columns.part === undefined && found.part !== label && found.part !== pathAt ? found.part : part
  const labelAt = label ?? (found.label === pathAt || found.label === partAt ? null : found.label)
  if (labelAt === null) throw unclear(path, names, 'It does not show which column has the classes.')
  if (labelAt === pathAt || partAt === pathAt || partAt === labelAt)
    throw unclear(path, names, 'The same column is chosen twice.')
  return { names, hasHeader: found.hasHeader, path: pathAt, label: labelAt, part: partAt }
}

/** By its name, or its number from 1. */
function indexOfColumn(names: readonly string[], wanted: string): number | null {
  const byName = names.indexOf(wanted)
  const alike = names.findIndex((name) => name.toLowerCase() === wanted.toLowerCase())
  const byNumber = /^[1-9]\d{0,5}$/.test(wanted) ? Number(wanted) - 1 : -1
  const index = byName >= 0 ? byName : alike >= 0 ? alike : byNumber
  return index < 0 || index >= names.length ? null : index
}

function listed(names: readonly string[]): string {
  const first = names.slice(0, 30).map((name) => `“${name}”`)
  return `${first.join(', ')}${names.length > 30 ? ', …' : ''}`
}

function unclear(path: string, names: readonly string[], why: string): WorkbenchError {
  return new WorkbenchError(
    'columns-unclear',
    `The columns of ${path} cannot be used. ${why} Nothing was imported.`,
    `Say which column has the path and which the class: ${listed(names)}.`,
  )
}

function notATable(path: string, why: string): WorkbenchError {
  return new WorkbenchError(
    'bad-input',
    `${path} is not a table. ${why}`,
    'It needs a row per image, with its path and its class, parted by commas, semicolons or tabs.',
  )
}
