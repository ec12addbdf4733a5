/**
 * Parquet files with the bytes of images in a column and their classes in another, as Hugging Face's datasets have them: one file, or a folder of
 * them (or of a folder `data` with them), whose names say the parts. A key is the file and the row.
 */
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { parquetSchema } from 'hyparquet'
import { z } from 'zod'
import type { SplitPart, TableColumns } from '../../../contract/entities/dataset'
import { WorkbenchError } from '../../../contract/errors'
import { folderProblem, type CheckOptions, type FileCheck } from '../../images/file-check'
import { readWholeImage, reasonOf, type FileSource, type ReadFile } from '../../images/file-source'
import { noteSimilarClasses } from '../class-names'
import { classFault } from '../entries'
import { sentence } from '../links'
import { partInName } from '../part-names'
import type {
  ColumnsLook,
  DatasetSource,
  ListOptions,
  Listing,
  Placement,
  SourceKind,
  SourceWords,
} from '../source'
import { openParquet, readColumns, readRow, type ParquetFile } from './parquet-file'

export const parquetKind: SourceKind = {
  kind: 'parquet',
  text: 'Images in Parquet files',
  endings: ['parquet'],
  fits: ({ bytes }) => bytes.toString('latin1', 0, 4) === 'PAR1',
  fitsFolder: async ({ names, namesIn }) =>
    names.files.some(isParquet) ||
    (names.folders.includes('data') && (await namesIn('data')).files.some(isParquet)),
  open: ({ path, columns = {}, ...address }, files) =>
    parquetSource(path, columns, { path, columns, ...address }, files),
}

const isParquet = (name: string): boolean => /\.parquet$/i.test(name)

/** Digits of a row in a key: so many sort as numbers do. */
const rowDigits = 8

function wordsOf(path: string): SourceWords {
  return {
    place: path,
    subject: `The dataset ${path}`,
    bringBack: 'Connect the drive, or put it back',
    importAgain: 'import it again',
    empty: `No row of ${path} has an image and a class that can be used.`,
    layout: 'It needs a column with the bytes of images, and one with their classes.',
  }
}

function parquetSource(
  path: string,
  columns: TableColumns,
  address: DatasetSource['address'],
  files: FileSource,
): DatasetSource {
  const words = wordsOf(path)
  const opened = new Map<string, Promise<ParquetFile>>()

  const fileOf = (key: string): string => {
    const slash = key.lastIndexOf('/')
    return slash < 0 ? path : join(path, key.slice(0, slash))
  }
  const rowOf = (key: string): number => Number(key.slice(key.lastIndexOf('/') + 1))

  async function open(file: string): Promise<ParquetFile> {
    const facts = factsOf(file)
    const known = await opened.get(file)?.catch(() => null)
    if (
      known !== undefined &&
      known !== null &&
      facts?.size === known.size &&
      facts.mtimeMs === known.mtimeMs
    )
      return known
    const made = openParquet(file)
    opened.set(file, made)
    return made
  }

  async function bytesOf(key: string): Promise<{ readonly bytes: Buffer; readonly modifiedMs: number }> {
    const file = await open(fileOf(key))
    const { image } = columnsOf(file, columns)
    const value = image === null ? null : await readRow(file, image, rowOf(key))
    if (value === null) throw new Error('its row has no image')
    const { buffer, byteOffset, length } = value
    return { bytes: Buffer.from(buffer, byteOffset, length), modifiedMs: file.mtimeMs }
  }

  async function read(
    key: string,
    headByteCount: number,
    wanted: (head: Buffer, byteCount: number) => boolean,
  ): Promise<ReadFile> {
    const { bytes, modifiedMs } = await bytesOf(key)
    const head = bytes.subarray(0, headByteCount)
    const isWanted = bytes.length > 0 && wanted(head, bytes.length)
    return { byteCount: bytes.length, modifiedMs, bytes: isWanted ? bytes : head }
  }

  return {
    address,
    words,
    scope: path,
    nameOf: (key) => `${fileOf(key)}, row ${String(rowOf(key))}`,
    /** How large an image is only its page says. */
    factsNow(key) {
      const facts = factsOf(fileOf(key))
      return facts === null ? null : { size: NaN, mtimeMs: facts.mtimeMs }
    },
    readNow: () => null, // a page is unpacked for it: `read` does that
    read,
    place: (key) => fileOf(key),
    async readInside(key) {
      const file = fileOf(key)
      if (factsOf(file) === null) {
        throw new WorkbenchError(
          'path-not-found',
          `${file} is no longer there.`,
          `Put it back, or ${words.importAgain}.`,
        )
      }
      return readWholeImage((...request) => read(key, ...request))
    },
    async problem() {
      const kind = await files.kindOf(path).catch(() => null)
      if (kind === 'folder') {
        const reason = await folderProblem(path)
        return reason === null ? null : { reason, isGone: false }
      }
      try {
        await open(path)
        return null
      } catch (error) {
        return { isGone: kind === null, reason: sentence(withStop(reasonOf(error))) }
      }
    },
    check: (keys, options) => Promise.resolve(checkRows(keys, fileOf, options)),
    async columns() {
      const first = join(path, (await filesAt(path, files))[0] ?? '')
      return inPlainWords(first, async () => lookAtColumns(await open(first), columns))
    },
    list: (options) => listFiles(path, columns, files, open, options),
  }
}

interface ImageColumns {
  /** The path of the column with the bytes. */
  readonly image: readonly string[] | null
  readonly label: string | null
  /** All at the top. */
  readonly names: readonly string[]
}

const labelNames = [
  'label',
  'labels',
  'class',
  'class_name',
  'label_name',
  'fine_label',
  'category',
  'target',
  'species',
  'cls',
]

/** What is named so by the user, or is as Hugging Face has it: a struct with bytes, and a column that says its classes. */
function columnsOf({ metadata }: ParquetFile, { path, label }: TableColumns): ImageColumns {
  const { children } = parquetSchema(metadata)
  const names = children.map(({ element }) => element.name)
  const images = children.flatMap((child): (readonly string[])[] => {
    const { name, type } = child.element
    if (child.children.some(({ element }) => element.name === 'bytes' && element.type === 'BYTE_ARRAY'))
      return [[name, 'bytes']]
    const isText = child.element.converted_type === 'UTF8' || child.element.logical_type !== undefined
    return type === 'BYTE_ARRAY' && !isText ? [[name]] : []
  })
  const image = path === undefined ? images[0] : images.find(([name]) => name === path)
  const features = featuresOf(metadata)
  const withNames = names.filter((name) => features.has(name))
  const found = [...withNames.filter((name) => labelNames.includes(name)), ...withNames, ...labelNames]
  return {
    image: image ?? null,
    label: label ?? found.find((name) => names.includes(name) && name !== image?.[0]) ?? null,
    names,
  }
}

const featuresSchema = z.object({
  info: z.object({
    features: z.record(z.string(), z.unknown()),
  }),
})
const classLabelSchema = z.object({ names: z.union([z.array(z.string()), z.record(z.string(), z.string())]) })

/** Names of classes, by the column that has their numbers. */
function featuresOf({
  key_value_metadata,
}: ParquetFile['metadata']): Map<string, ReadonlyMap<string, string>> {
  const found = new Map<string, ReadonlyMap<string, string>>()
  const text = key_value_metadata?.find(({ key }) => key === 'huggingface')?.value
  const parsed = featuresSchema.safeParse(parsedJson(text))
  if (!parsed.success) return found
  for (const [name, feature] of Object.entries(parsed.data.info.features)) {
    const label = classLabelSchema.safeParse(feature)
    if (label.success) found.set(name, new Map(Object.entries(label.data.names)))
  }
  return found
}

/** null where it is none. */
function parsedJson(text: string | undefined): unknown {
  try {
    return text === undefined ? null : JSON.parse(text)
  } catch {
    return null // the columns then say it alone
  }
}

function lookAtColumns(file: ParquetFile, columns: TableColumns): ColumnsLook {
  const { names, image, label } = columnsOf(file, columns)
  return { names, path: image?.[0] ?? null, label, part: null, rows: [] }
}

async function listFiles(
  path: string,
  columns: TableColumns,
  files: FileSource,
  open: (file: string) => Promise<ParquetFile>,
  options: ListOptions,
): Promise<Listing> {
  const { problems, onProgress } = options
  const names = await filesAt(path, files)
  const parts = new Set(names.map(partOfName))
  const keys: string[] = []
  const classNames: string[] = []
  const partOf: (SplitPart | null)[] = []
  for (const name of names) {
    onProgress(keys.length)
    const labels = await labelsOf(join(path, name), columns, open)
    // a part that all are of divides nothing
    const part = parts.size > 1 ? partOfName(name) : null
    for (const [row, label] of labels.entries()) {
      const at = String(row).padStart(rowDigits, '0')
      const key = name === '' ? at : `${name}/${at}`
      const fault = label === null ? 'Its row says no class.' : classFault(label)
      if (label === null || fault !== null) problems.add('error', 'bad-entry', key, fault ?? '')
      else {
        keys.push(key)
        classNames.push(label.normalize('NFC').trim())
        partOf.push(part)
      }
    }
  }
  onProgress(keys.length)
  return {
    keys,
    links: new Map(),
    place(looked, later) {
      const placed = keys.flatMap((_, index): Placement[] =>
        looked.isUsable(index)
          ? [{ index, className: classNames[index] ?? '', part: partOf[index] ?? null }]
          : [],
      )
      noteSimilarClasses(new Set(placed.map(({ className }) => className)), later)
      return placed
    },
    hintForOneClass: () => null,
  }
}

/** Of each row; null where it says none. */
async function labelsOf(
  path: string,
  columns: TableColumns,
  open: (file: string) => Promise<ParquetFile>,
): Promise<(string | null)[]> {
  return inPlainWords(path, async () => {
    const file = await open(path)
    const { image, label, names } = columnsOf(file, columns)
    if (image === null || label === null || !names.includes(label)) throw unclear(path, names, image === null)
    const called = featuresOf(file.metadata).get(label)
    const rows = await readColumns(file, [label])
    return rows.map((row) => {
      const value = row[label]
      if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'bigint') return null
      const text = String(value)
      return text.trim() === '' ? null : (called?.get(text) ?? text)
    })
  })
}

/** Throws 'path-not-readable' where the file is damaged or may not be read. */
async function inPlainWords<Found>(path: string, read: () => Promise<Found>): Promise<Found> {
  try {
    return await read()
  } catch (cause) {
    if (cause instanceof WorkbenchError) throw cause
    throw new WorkbenchError(
      'path-not-readable',
      `Cannot read ${path}: ${withStop(reasonOf(cause))}`,
      'Copy or download it again, and check that you may read it.',
      { cause },
    )
  }
}

function unclear(path: string, names: readonly string[], hasNoImage: boolean): WorkbenchError {
  const why = hasNoImage
    ? 'It has no column with the bytes of images.'
    : 'It does not show which column has the classes.'
  return new WorkbenchError(
    'columns-unclear',
    `The columns of ${path} cannot be used. ${why} Nothing was imported.`,
    `Say which column has the images and which the class: ${names.map((name) => `“${name}”`).join(', ')}.`,
  )
}

/** Relative to the path; '' where that is a file itself. Throws 'path-not-found'. */
async function filesAt(path: string, files: FileSource): Promise<string[]> {
  const kind = await files.kindOf(path).catch(() => null)
  if (kind === null)
    throw new WorkbenchError('path-not-found', `There is nothing at ${path}.`, 'Check the path.')
  if (kind !== 'folder') return ['']
  const namesIn = async (folder: string): Promise<string[]> => {
    const entries = await files.list(join(path, folder)).catch(() => [])
    return entries
      .filter((entry) => entry.kind === 'file')
      .map(({ nameBytes }) => nameBytes.toString('utf8'))
      .filter((name) => isParquet(name) && !name.startsWith('.'))
      .sort()
      .map((name) => folder + name)
  }
  const own = await namesIn('')
  return own.length > 0 ? own : namesIn('data/')
}

function partOfName(name: string): SplitPart | null {
  return partInName(name.slice(name.lastIndexOf('/') + 1).replace(isParquetEnd, ''))?.part ?? null
}
const isParquetEnd = /\.parquet$/i

function checkRows(
  keys: readonly string[],
  fileOf: (key: string) => string,
  { facts, onProgress = () => undefined, stopped = () => false }: CheckOptions,
): FileCheck | null {
  if (stopped()) return null
  const times = new Map<string, number | null>()
  const missing = new Map<number, string>()
  const changed: number[] = []
  for (const [index, key] of keys.entries()) {
    const file = fileOf(key)
    let time = times.get(file)
    if (time === undefined) times.set(file, (time = factsOf(file)?.mtimeMs ?? null))
    if (time === null) missing.set(index, 'Its file no longer exists.')
    else if (facts !== null && Math.abs(time - (facts.modifiedMs[index] ?? NaN)) >= 1) changed.push(index)
  }
  onProgress(keys.length)
  return { missing, changed }
}

/** null where it is not there, or cannot be reached. */
function factsOf(path: string): { readonly size: number; readonly mtimeMs: number } | null {
  try {
    const facts = statSync(path)
    return facts.isFile() ? facts : null
  } catch {
    return null // `read` finds out why
  }
}

function withStop(text: string): string {
  return text.endsWith('.') ? text : `${text}.`
}
