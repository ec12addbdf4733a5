/** The images of a split as columns, class by class, each in the order of the import. */
import { imageFormats } from '../../domain/query/image-fields'
import { imagePage, sameBytesPage, splitImageCount, type ImagePlace } from '../store/column-pages'
import type { Db } from '../store/statement'
import { firstRows } from './bits'
import type { Arrays } from './column-file'
import { pathColumn, pathColumnBuilder, type PathColumn } from './path-column'
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
export async function readImageArrays(
  db: Db,
  split: { datasetId: number; splitId: number },
  pause: () => Promise<void>,
): Promise<ImageArrays> {
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
  return {
    ...{ ids, classes, parts, widths, heights, aspects, bytes, formats, turned, byId, ...same },
    ...paths.end(),
  }
}

/** Everything that they are made of, as a file keeps it. */
export type ImageArrays = {
  readonly [Name in (typeof words)[number]]: Uint32Array
} & {
  readonly [Name in (typeof bytesColumns)[number]]: Uint8Array
} & { readonly aspects: Float32Array }
const words = ['ids', 'classes', 'widths', 'heights', 'bytes', 'byId', 'sameGroups', 'pathStarts'] as const
const bytesColumns = ['parts', 'formats', 'turned', 'sameClasses', 'sameParts', 'pathBytes'] as const

/** What a file holds, where it holds all of it. */
export function asImageArrays(arrays: Arrays): ImageArrays | null {
  const isWhole =
    words.every((name) => arrays[name] instanceof Uint32Array) &&
    bytesColumns.every((name) => arrays[name] instanceof Uint8Array) &&
    arrays['aspects'] instanceof Float32Array
  return isWhole ? (arrays as unknown as ImageArrays) : null
}

/** `pathRanks`: where they are known already. */
export function imageColumns(arrays: ImageArrays, pathRanks: Uint32Array | null): ImageColumns {
  const { ids, classes, parts, aspects, sameGroups, byId } = arrays
  const numbers = new Map<string, Numbers>([
    ['id', ids],
    ['class', classes],
    ['split', parts],
    ['width', arrays.widths],
    ['height', arrays.heights],
    ['aspect', aspects],
    ['bytes', arrays.bytes],
    ['format', arrays.formats],
    ['turned', arrays.turned],
    ['sameClasses', arrays.sameClasses],
    ['sameParts', arrays.sameParts],
  ])
  const paths = pathColumn(arrays.pathBytes, arrays.pathStarts, pathRanks)
  let byteCount = paths.byteCount + byId.byteLength + sameGroups.byteLength
  for (const values of numbers.values()) byteCount += values.byteLength
  const table: Table = {
    rowCount: ids.length,
    column: (name) => {
      const values = numbers.get(name)
      return values === undefined ? null : { values, rows: null }
    },
    labels: null,
    likeness: () => null,
    among: () => null,
    paths: { column: paths, rows: null },
  }
  return { table, ids, aspects, classes, parts, numbers, paths, sameGroups, byId, byteCount }
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

/** The row of one image. */
export function rowAt({ ids, byId }: Pick<ImageColumns, 'ids' | 'byId'>, id: number): number | null {
  let [low, high] = [0, byId.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((ids[byId[middle] ?? 0] ?? 0) < id) low = middle + 1
    else high = middle
  }
  const row = byId[low]
  return row !== undefined && ids[row] === id ? row : null
}

async function sameBytes(
  db: Db,
  splitId: number,
  images: Pick<ImageColumns, 'ids' | 'byId'>,
  pause: () => Promise<void>,
) {
  const rowCount = images.ids.length
  const found = {
    sameClasses: bytesOf(rowCount),
    sameParts: bytesOf(rowCount),
    sameGroups: new Uint32Array(rowCount),
  }
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
        found[other === 'classes' ? 'sameClasses' : 'sameParts'][row] = 1
        found.sameGroups[row] = group
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
