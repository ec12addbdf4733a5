/** The images of a split as columns, class by class, each in the order of the import. */
import { imageFormats } from '../../domain/query/fields'
import { imagePage, sameBytesPage, splitImageCount, type ImagePlace } from '../store/column-pages'
import type { Db } from '../store/statement'
import { firstRows } from './bits'
import { pathColumnBuilder, type PathColumn } from './path-column'
import { sortRows } from './sort'
import type { Numbers, Table } from './table'

export interface ImageColumns {
  readonly table: Table
  readonly ids: Uint32Array
  /** width ÷ height */
  readonly aspects: Float32Array
  readonly classes: Uint32Array
  readonly parts: Uint8Array
  readonly numbers: ReadonlyMap<string, Numbers>
  readonly paths: PathColumn
  /** Images of the same bytes have the same number, from 1; 0: no other class or part has the bytes. */
  readonly sameGroups: Uint32Array
  /** Rows in the order of their ids. */
  readonly byId: Uint32Array
  readonly byteCount: number
}

/** Of about ten milliseconds each. */
const pageRows = 2000

/** Reads page by page; `pause` lets others come in between. The split never changes, and neither does what is made of it. */
export async function buildImageColumns(
  db: Db,
  split: { datasetId: number; splitId: number },
  pause: () => Promise<void>,
): Promise<ImageColumns> {
  const rowCount = splitImageCount(db, split.splitId)
  const ids = new Uint32Array(rowCount)
  const classes = new Uint32Array(rowCount)
  const [parts, formats, turned] = [bytesOf(rowCount), bytesOf(rowCount), bytesOf(rowCount)]
  const [widths, heights, bytes] = [
    new Uint32Array(rowCount),
    new Uint32Array(rowCount),
    new Uint32Array(rowCount),
  ]
  const aspects = new Float32Array(rowCount)
  const paths = pathColumnBuilder(rowCount)
  const formatCodes = new Map<string, number>(imageFormats.map((name, code) => [name, code]))
  let row = 0
  for (let place: ImagePlace | null = { classIndex: -1, id: 0 }; place !== null;) {
    const page = imagePage(db, split, place, pageRows)
    for (const [id, classIndex, part, widthPx, heightPx, byteCount, orientation, format, path] of page) {
      ids[row] = id
      classes[row] = classIndex
      parts[row] = part
      widths[row] = widthPx
      heights[row] = heightPx
      aspects[row] = widthPx / heightPx
      bytes[row] = Math.min(byteCount, 0xfffffffe)
      turned[row] = orientation === 1 ? 0 : 1
      formats[row] = formatCodes.get(format) ?? imageFormats.length
      paths.add(path)
      row++
    }
    const last = page.at(-1)
    place = page.length < pageRows || last === undefined ? null : { classIndex: last[1], id: last[0] }
    await pause()
  }
  const byId = sortRows(firstRows(rowCount), { values: ids, rows: null }, false)
  await pause()
  const same = await sameBytes(db, split.splitId, { ids, byId }, pause)
  const pathColumn = paths.end()
  const numbers = new Map<string, Numbers>([
    ['class', classes],
    ['split', parts],
    ['width', widths],
    ['height', heights],
    ['aspect', aspects],
    ['bytes', bytes],
    ['format', formats],
    ['turned', turned],
    ['sameClasses', same.classes],
    ['sameParts', same.parts],
  ])
  let byteCount = pathColumn.byteCount + ids.byteLength + byId.byteLength + same.groups.byteLength
  for (const values of numbers.values()) byteCount += values.byteLength
  const table: Table = {
    rowCount,
    column: (name) => {
      const values = numbers.get(name)
      return values === undefined ? null : { values, rows: null }
    },
    paths: { column: pathColumn, rows: null },
  }
  const sameGroups = same.groups
  return { table, ids, aspects, classes, parts, numbers, paths: pathColumn, sameGroups, byId, byteCount }
}

/** Finds rows by the ids of images that come in ascending order. */
export function rowFinder({ ids, byId }: Pick<ImageColumns, 'ids' | 'byId'>): (id: number) => number | null {
  let at = 0
  return (id) => {
    while (at < byId.length && (ids[byId[at] ?? 0] ?? 0) < id) at++
    const row = byId[at]
    return row !== undefined && ids[row] === id ? row : null
  }
}

async function sameBytes(
  db: Db,
  splitId: number,
  images: Pick<ImageColumns, 'ids' | 'byId'>,
  pause: () => Promise<void>,
) {
  const rowCount = images.ids.length
  const found = { classes: bytesOf(rowCount), parts: bytesOf(rowCount), groups: new Uint32Array(rowCount) }
  const groupOf = new Map<string, number>()
  for (const other of ['classes', 'parts'] as const) {
    const rowOf = rowFinder(images)
    for (let afterId: number | null = 0; afterId !== null;) {
      const page = sameBytesPage(db, splitId, other, afterId, pageRows)
      for (const { id, hash } of page) {
        const row = rowOf(id)
        if (row === null) continue
        const group = groupOf.get(hash) ?? groupOf.size + 1
        groupOf.set(hash, group)
        found[other][row] = 1
        found.groups[row] = group
      }
      afterId = page.length < pageRows ? null : (page.at(-1)?.id ?? null)
      await pause()
    }
  }
  return found
}

function bytesOf(rowCount: number): Uint8Array {
  return new Uint8Array(rowCount)
}
