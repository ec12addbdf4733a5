/** Which column of a table has the path, the class and the part of each image, by what is in them. Pure. */
import { hasImageName } from '../images/image-names'
import { partOf } from './part-names'

/** Indices of columns. */
export interface FoundColumns {
  /** Whether the first row names the columns. */
  readonly hasHeader: boolean
  /** null where none can be told. */
  readonly path: number | null
  readonly label: number | null
  readonly part: number | null
}

/** What a column is called, in lower case, letters and digits alone; the likelier first. */
const pathNames = words(
  'path filepath imagepath imgpath file filename imagefile image img imagename imgname imageid imgid fname name id',
)
const labelNames = words(
  'label classname labelname class category categoryname target species breed diagnosis dx tag y classid labelid',
)
const partNames = words('split part set subset partition usage phase')

/** `rows`: some first ones, all cells trimmed. */
export function findColumns(rows: readonly (readonly string[])[]): FoundColumns {
  const hasHeader = hasNames(rows)
  const [first = []] = rows
  const names = hasHeader ? first.map(plain) : []
  const values = hasHeader ? rows.slice(1) : rows
  const columns = Array.from({ length: Math.max(0, ...rows.map((row) => row.length)) }, (_, index) =>
    values.map((row) => row[index] ?? '').filter((value) => value !== ''),
  )
  const path = pathColumn(columns, names)
  const part = partColumn(columns, names, [path])
  return { hasHeader, path, part, label: labelColumn(columns, names, [path, part]) }
}

function hasNames([first = [], ...rest]: readonly (readonly string[])[]): boolean {
  if (rest.length === 0 || first.some((cell) => hasImageName(cell) || isNumber(cell))) return false
  if (new Set(first).size < first.length) return false
  const names = first.map(plain)
  if (names.some((name) => pathNames.includes(name)) && names.some((name) => labelNames.includes(name)))
    return true
  if (first.some((_, index) => rest.every((row) => hasImageName(row[index] ?? '')))) return true
  // a class or a part comes again below; a name does not
  return first.every((cell, index) => partOf(cell) === null && rest.every((row) => row[index] !== cell))
}

function pathColumn(columns: readonly string[][], names: readonly string[]): number | null {
  const shares = columns.map((values) =>
    values.length === 0 ? 0 : values.filter(hasImageName).length / values.length,
  )
  const most = Math.max(0, ...shares)
  if (most >= 0.5) return shares.indexOf(most)
  return byName(names, pathNames, (index) => areDistinct(columns[index] ?? []))
}

function partColumn(
  columns: readonly string[][],
  names: readonly string[],
  taken: readonly (number | null)[],
): number | null {
  const isPart = (index: number): boolean => {
    const values = columns[index] ?? []
    return !taken.includes(index) && values.length > 0 && values.every((value) => partOf(value) !== null)
  }
  const named = byName(names, partNames, isPart)
  if (named !== null) return named
  const found = columns.findIndex((_, index) => isPart(index))
  return found < 0 ? null : found
}

function labelColumn(
  columns: readonly string[][],
  names: readonly string[],
  taken: readonly (number | null)[],
): number | null {
  const free = columns.flatMap((values, index) =>
    taken.includes(index) || values.length === 0 ? [] : [{ index, values }],
  )
  const named = byName(names, labelNames, (index) => free.some((column) => column.index === index))
  if (named !== null) return named
  if (free.length === 1) return theOnly(free)
  const textual = free.filter(({ values }) => !values.every(isNumber))
  return theOnly(textual) ?? theOnly(textual.filter(repeats)) ?? theOnly(free.filter(repeats))
}

interface Column {
  readonly index: number
  readonly values: readonly string[]
}

function theOnly(columns: readonly Column[]): number | null {
  return columns.length === 1 ? (columns[0]?.index ?? null) : null
}

function repeats({ values }: Column): boolean {
  const distinct = new Set(values).size
  return distinct > 1 && distinct * 2 <= values.length
}

function byName(
  names: readonly string[],
  known: readonly string[],
  fits: (index: number) => boolean,
): number | null {
  for (const name of known) {
    const index = names.indexOf(name)
    if (index >= 0 && fits(index)) return index
  }
  return null
}

function areDistinct(values: readonly string[]): boolean {
  return new Set(values).size * 2 > values.length
}

function isNumber(text: string): boolean {
  return /^[+-]?\d+(?:[.,]\d+)?(?:e[+-]?\d+)?$/i.test(text)
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '')
}

function words(text: string): string[] {
  return text.split(' ')
}
