/** Where the pages of one column of a Parquet file are, and the values in a page: none but that page is read for a value. */
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib'
import type { Compressors, FileMetaData, PageHeader } from 'hyparquet'
import { parquetSchema } from 'hyparquet'
import { decompressLz4, decompressLz4Raw } from 'hyparquet-compressors'
import { parquetHeader } from 'hyparquet/src/column.js'
import { DEFAULT_PARSERS } from 'hyparquet/src/convert.js'
import { decompressPage, readDataPage, readDataPageV2 } from 'hyparquet/src/datapage.js'
import { readPlain } from 'hyparquet/src/plain.js'
import { getMaxDefinitionLevel, getMaxRepetitionLevel, getTreePath } from 'hyparquet/src/schema.js'

type ColumnDecoder = Parameters<typeof readDataPage>[2]

export interface Page {
  /** Of its header. */
  readonly at: number
  /** With its header. */
  readonly byteCount: number
  /** Within the file. */
  readonly firstRow: number
  readonly rowCount: number
}

/** The column within a row group. */
export interface ColumnPages {
  readonly decoder: ColumnDecoder
  readonly dictionary: Page | null
  readonly pages: readonly Page[]
}

export type Read = (at: number, length: number) => Promise<Buffer>

/** Headers have statistics in them, which may hold a value: most are shorter than the first, none longer than the last. */
const headerBytes = [256, 1 << 16, 1 << 24] as const
/** A page holds a few images. */
const mostPageBytes = 1 << 30

/** Beside Snappy, which hyparquet reads itself. LZO, which nothing writes any more, is not read. */
export const compressors: Compressors = {
  GZIP: (input, byteCount) => gunzipSync(input, { maxOutputLength: Math.max(1, byteCount) }),
  BROTLI: (input, byteCount) => brotliDecompressSync(input, { maxOutputLength: Math.max(1, byteCount) }),
  ZSTD: (input, byteCount) => zstdDecompressSync(input, { maxOutputLength: Math.max(1, byteCount) }),
  LZ4: decompressLz4,
  LZ4_RAW: decompressLz4Raw,
}

/** Of all row groups. Throws an Error where the file is not what its end says, or the column is repeated. */
export async function pagesOf(
  metadata: FileMetaData,
  column: readonly string[],
  size: number,
  read: Read,
): Promise<ColumnPages[]> {
  const schemaPath = getTreePath(parquetSchema(metadata), [...column])
  if (getMaxRepetitionLevel(schemaPath) > 0) throw new Error('its images are in lists, several a row')
  const element = schemaPath.at(-1)?.element
  const groups: ColumnPages[] = []
  let firstRow = 0
  for (const { columns, num_rows } of metadata.row_groups) {
    const meta = columns.find(({ meta_data }) => samePath(meta_data?.path_in_schema, column))?.meta_data
    if (meta === undefined || element === undefined) throw new Error('it does not say where its images are')
    const decoder: ColumnDecoder = {
      pathInSchema: meta.path_in_schema,
      type: meta.type,
      codec: meta.codec,
      element,
      schemaPath,
      parsers: DEFAULT_PARSERS,
      compressors,
      utf8: false,
    }
    const rowCount = Number(num_rows)
    const dictionaryAt = Number(meta.dictionary_page_offset ?? 0)
    const dataAt = Number(meta.data_page_offset)
    const start = dictionaryAt > 0 && dictionaryAt < dataAt ? dictionaryAt : dataAt
    const end = start + Number(meta.total_compressed_size)
    if (!(start >= 0 && end <= size && start <= end)) throw new Error('its images are beyond its end')
    groups.push({ decoder, ...(await pagesBetween(start, end, firstRow, rowCount, read)) })
    firstRow += rowCount
  }
  return groups
}

async function pagesBetween(
  start: number,
  end: number,
  firstRow: number,
  rowCount: number,
  read: Read,
): Promise<Pick<ColumnPages, 'dictionary' | 'pages'>> {
  let dictionary: Page | null = null
  const pages: Page[] = []
  let row = firstRow
  let at = start
  while (at < end && row < firstRow + rowCount) {
    const { header, byteCount } = await headerAt(at, end, read)
    const rows = header.data_page_header?.num_values ?? header.data_page_header_v2?.num_rows ?? 0
    const page = { at, byteCount: byteCount + header.compressed_page_size, firstRow: row, rowCount: rows }
    const isSound =
      header.compressed_page_size >= 0 &&
      at + page.byteCount <= end &&
      rows >= 0 &&
      Number(header.uncompressed_page_size) <= mostPageBytes
    if (!isSound) throw new Error(`the page at byte ${String(at)} says of itself what cannot be`)
    if (header.type === 'DICTIONARY_PAGE') dictionary = page
    else if (header.type === 'DATA_PAGE' || header.type === 'DATA_PAGE_V2') {
      pages.push(page)
      row += rows
    }
    at += page.byteCount
  }
  if (row !== firstRow + rowCount) throw new Error('its pages do not have as many rows as it says')
  return { dictionary, pages }
}

async function headerAt(
  at: number,
  end: number,
  read: Read,
): Promise<{ readonly header: PageHeader; readonly byteCount: number }> {
  for (const length of headerBytes) {
    const bytes = await read(at, Math.min(length, end - at))
    try {
      const reader = { view: viewOf(bytes), offset: 0 }
      const header = parquetHeader(reader)
      return { header, byteCount: reader.offset }
    } catch (cause) {
      if (bytes.length < length) throw new Error(`the page at byte ${String(at)} is damaged`, { cause })
    }
  }
  throw new Error(`the page at byte ${String(at)} is damaged`)
}

/** Of each row of the page; null where it has none. `dictionary`: the values of the dictionary page, where there is one. */
export function valuesOf(
  bytes: Buffer,
  decoder: ColumnDecoder,
  dictionary: readonly Uint8Array[] | null,
): (Uint8Array | null)[] {
  const reader = { view: viewOf(bytes), offset: 0 }
  const header = parquetHeader(reader)
  const body = bytes.subarray(reader.offset, reader.offset + header.compressed_page_size)
  const plainHeader = header.data_page_header
  const { definitionLevels, dataPage } =
    plainHeader === undefined
      ? readDataPageV2(body, header, decoder)
      : readDataPage(unpacked(body, header, decoder), plainHeader, decoder)
  const encoding = plainHeader?.encoding ?? header.data_page_header_v2?.encoding ?? 'PLAIN'
  const isIndexed = encoding === 'RLE_DICTIONARY' || encoding === 'PLAIN_DICTIONARY'
  const valueAt = (index: number): Uint8Array | null => {
    const value: unknown = isIndexed ? dictionary?.[Number(dataPage[index])] : dataPage[index]
    return value instanceof Uint8Array ? value : null
  }
  if (definitionLevels === undefined || definitionLevels.length === 0)
    return Array.from(dataPage, (_, index) => valueAt(index))
  const most = getMaxDefinitionLevel(decoder.schemaPath)
  let next = 0
  return definitionLevels.map((level) => (level === most ? valueAt(next++) : null))
}

export function dictionaryOf(bytes: Buffer, decoder: ColumnDecoder): Uint8Array[] {
  const reader = { view: viewOf(bytes), offset: 0 }
  const header = parquetHeader(reader)
  const body = bytes.subarray(reader.offset, reader.offset + header.compressed_page_size)
  const page = { view: viewOf(unpacked(body, header, decoder)), offset: 0 }
  const count = header.dictionary_page_header?.num_values ?? 0
  return Array.from(readPlain(page, decoder.type, count, undefined), (value: unknown) =>
    value instanceof Uint8Array ? value : new Uint8Array(),
  )
}

function unpacked(
  body: Uint8Array,
  header: PageHeader,
  { codec, compressors: own }: ColumnDecoder,
): Uint8Array {
  return decompressPage(body, Number(header.uncompressed_page_size), codec, own)
}

function samePath(one: readonly string[] | undefined, other: readonly string[]): boolean {
  return one?.join('\0') === other.join('\0')
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength)
}
