/** A Parquet file on disk: what its end says, its columns of labels, and the images in it, by their rows. */
import type { FileHandle } from 'node:fs/promises'
import { parquetMetadata, parquetReadObjects, type AsyncBuffer, type FileMetaData } from 'hyparquet'
import { openToRead } from '../../files/open-to-read'
import { compressors, dictionaryOf, pagesOf, valuesOf, type ColumnPages, type Page, type Read } from './pages'

export interface ParquetFile {
  readonly path: string
  readonly size: number
  readonly mtimeMs: number
  readonly metadata: FileMetaData
}

/** Of the end of the file that says what is in it; a million pages take some 100 MB. */
const mostFooterBytes = 256e6
const tailBytes = 8
const mark = 'PAR1'

/** Throws what the system says, and an Error whose message goes on from "it". */
export async function openParquet(path: string): Promise<ParquetFile> {
  return withFile(path, async (read, { size, mtimeMs }) => {
    const tail = await read(Math.max(0, size - tailBytes), tailBytes)
    if (size < 2 * tailBytes || tail.toString('latin1', 4) !== mark)
      throw new Error('it is cut off, or no Parquet file')
    const byteCount = tail.readUInt32LE(0) + tailBytes
    if (byteCount > size || byteCount > mostFooterBytes) throw new Error('its end is damaged')
    const footer = await read(size - byteCount, byteCount)
    try {
      return { path, size, mtimeMs, metadata: parquetMetadata(bufferOf(footer)) }
    } catch (cause) {
      throw new Error('its end is damaged', { cause })
    }
  })
}

/** The values of whole columns, a row each. */
export async function readColumns(
  { path, metadata }: ParquetFile,
  columns: string[],
): Promise<Record<string, unknown>[]> {
  return withFile(path, async (read, { size }) => {
    const file: AsyncBuffer = {
      byteLength: size,
      slice: async (start, end = size) => bufferOf(await read(start, Math.min(end, size) - start)),
    }
    return parquetReadObjects({ file, metadata, columns, compressors })
  })
}

/** Pages that were read last, of all files: those of a row group are asked for together. */
const keptBytes = 128e6
const keptPages = new Map<string, { readonly values: Promise<(Uint8Array | null)[]>; byteCount: number }>()
const keptIndices = new Map<string, Promise<ColumnPages[]>>()
const keptIndexCount = 500

/** null where the row has no image, or is not there. Throws what the system says, and an Error whose message goes on from "it". */
export async function readRow(
  file: ParquetFile,
  column: readonly string[],
  row: number,
): Promise<Uint8Array | null> {
  const name = [file.path, file.size, file.mtimeMs].join('\0')
  const groups = await indexOf(name, file, column)
  const group = lastFrom(groups, row, ({ pages }) => pages[0]?.firstRow ?? Infinity)
  const page = group === null ? null : lastFrom(group.pages, row, ({ firstRow }) => firstRow)
  if (group === null || page === null || row >= page.firstRow + page.rowCount) return null
  const values = await pageValues(`${name}\0${String(page.at)}`, file.path, group, page)
  return values[row - page.firstRow] ?? null
}

function indexOf(name: string, file: ParquetFile, column: readonly string[]): Promise<ColumnPages[]> {
  const known = keptIndices.get(name)
  if (known !== undefined) return known
  const made = withFile(file.path, (read, { size }) => pagesOf(file.metadata, column, size, read))
  keptIndices.set(name, made)
  made.catch(() => keptIndices.delete(name)) // who waits for it hears of it
  for (const [oldest] of keptIndices) {
    if (keptIndices.size <= keptIndexCount) break
    keptIndices.delete(oldest)
  }
  return made
}

function pageValues(
  name: string,
  path: string,
  { decoder, dictionary }: ColumnPages,
  page: Page,
): Promise<(Uint8Array | null)[]> {
  const known = keptPages.get(name)
  if (known !== undefined) {
    keptPages.delete(name)
    keptPages.set(name, known) // the one used last is dropped last
    return known.values
  }
  const values = withFile(path, async (read) => {
    const words =
      dictionary === null ? null : dictionaryOf(await read(dictionary.at, dictionary.byteCount), decoder)
    return valuesOf(await read(page.at, page.byteCount), decoder, words)
  })
  const kept = { values, byteCount: page.byteCount }
  keptPages.set(name, kept)
  values.then(
    (all) => {
      kept.byteCount = all.reduce((sum, value) => sum + (value?.length ?? 0), 0)
      dropOldPages()
    },
    () => keptPages.delete(name), // who waits for it hears of it
  )
  return values
}

function dropOldPages(): void {
  let sum = 0
  for (const { byteCount } of keptPages.values()) sum += byteCount
  for (const [oldest, { byteCount }] of keptPages) {
    if (sum <= keptBytes || keptPages.size === 1) break
    keptPages.delete(oldest)
    sum -= byteCount
  }
}

/** The last whose start is at most `row`; null where there is none. */
function lastFrom<T>(items: readonly T[], row: number, startOf: (item: T) => number): T | null {
  let [low, high] = [0, items.length]
  while (low < high) {
    const middle = (low + high) >> 1
    const item = items[middle]
    if (item !== undefined && startOf(item) <= row) low = middle + 1
    else high = middle
  }
  return items[low - 1] ?? null
}

async function withFile<T>(
  path: string,
  work: (read: Read, facts: { readonly size: number; readonly mtimeMs: number }) => Promise<T>,
): Promise<T> {
  const handle = await openToRead(path)
  try {
    return await work((at, length) => readAt(handle, at, length), await handle.stat())
  } finally {
    await handle.close()
  }
}

async function readAt(handle: FileHandle, at: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(Math.max(0, length))
  let filled = 0
  while (filled < length) {
    const { bytesRead } = await handle.read(bytes, filled, length - filled, at + filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return bytes.subarray(0, filled)
}

/** Of its own: a Buffer may share one. */
function bufferOf(bytes: Buffer): ArrayBuffer {
  const own = new ArrayBuffer(bytes.length)
  new Uint8Array(own).set(bytes)
  return own
}
