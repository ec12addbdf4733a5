/** All kinds of sources, and which one a path is. */
import { basename, extname } from 'node:path'
import { WorkbenchError } from '../../contract/errors'
import { diskFiles, type FileSource } from '../images/file-source'
import { tarKind, zipKind } from './archive/archive'
import { refusePacked } from './archive/packed'
import { isWebDataset, webdatasetKind } from './archive/webdataset'
import { cocoFolderKind, cocoKind } from './boxes/coco'
import { vocKind } from './boxes/voc'
import { yoloKind } from './boxes/yolo'
import { folderKind } from './folder'
import { folderStart } from './folder-start'
import { listKind } from './list'
import { parquetKind } from './parquet/parquet'
import type { DatasetSource, FileStart, SourceAddress, SourceKind } from './source'
import { tableKind } from './table'
import { decodeText } from './text-file'

/** Asked in this order what a path is. */
const kinds: readonly SourceKind[] = [
  yoloKind,
  vocKind,
  cocoFolderKind,
  webdatasetKind,
  parquetKind,
  folderKind,
  zipKind,
  tarKind,
  cocoKind,
  tableKind,
  listKind,
]

/** Of all files that are sources. */
export const sourceEndings: readonly string[] = kinds.flatMap(({ endings }) => endings)

/** What tells kinds of files apart stands in so many bytes. */
const startByteCount = 1 << 16

/** Opens nothing yet. Throws 'unsupported' for a kind that this version does not know. */
export function openSource(address: SourceAddress, files: FileSource = diskFiles): DatasetSource {
  const { kind, path } = address
  const found = kinds.find((one) => one.kind === kind)
  if (found !== undefined) return found.open(address, files)
  throw new WorkbenchError(
    'unsupported',
    `This version cannot read ${path}: it does not know datasets of the kind "${kind}".`,
    'Nothing was changed. Use the version of BiT Workbench that imported it.',
  )
}

/** By what is there. `path` is absolute, and need not exist: then its ending says it, as of a file that is none of them: its kind tells what it lacks. Throws 'unsupported'. */
export async function addressOf(path: string, files: FileSource = diskFiles): Promise<SourceAddress> {
  const type = await files.kindOf(path).catch(() => null)
  if (type === 'folder') return { kind: await kindOfFolder(path, files), path }
  const start = type === 'file' ? await startOf(path, files) : null
  if (start !== null) refusePacked(path, start.bytes)
  const found = start === null ? undefined : kinds.find(({ fits }) => fits?.(start) === true)
  // what a tar file has in it is known only once all its headers were read
  if (found === tarKind && (await isWebDataset(path))) return { kind: webdatasetKind.kind, path }
  const anyText = start === null || start.text === null ? null : listKind
  return { kind: (found ?? kindOfEnding(path) ?? anyText ?? folderKind).kind, path }
}

/** Whether it has columns that can be chosen. */
export function hasColumns({ kind }: SourceAddress): boolean {
  return [tableKind, parquetKind].some((one) => one.kind === kind)
}

/** What it is, without an article. */
export function sourceText({ kind }: SourceAddress): string {
  return kinds.find((one) => one.kind === kind)?.text ?? kind
}

/** Whether its folders say of which class and part an image is. */
export function hasFolders({ kind }: SourceAddress): boolean {
  return [folderKind, zipKind, tarKind].some((one) => one.kind === kind)
}

/** What a dataset is called unless someone names it: the folder's name, the file's without its ending. */
export function sourceName({ kind, path }: SourceAddress): string {
  const ending = extname(path)
  const endings = kinds.find((one) => one.kind === kind)?.endings ?? []
  return endings.includes(ending.slice(1).toLowerCase()) ? basename(path, ending) : basename(path)
}

async function kindOfFolder(path: string, files: FileSource): Promise<string> {
  const start = await folderStart(path, files)
  for (const { kind, fitsFolder } of kinds) if ((await fitsFolder?.(start)) === true) return kind
  return folderKind.kind
}

/** null where it cannot be read: the import says why. */
async function startOf(path: string, files: FileSource): Promise<FileStart | null> {
  try {
    const { bytes, byteCount } = await files.read(path, startByteCount, () => false)
    const isWhole = bytes.length === byteCount
    return { path, bytes, isWhole, text: textOf(bytes, isWhole) }
  } catch {
    return null
  }
}

function textOf(bytes: Buffer, isWhole: boolean): string | null {
  try {
    const text = decodeText(bytes, !isWhole)
    return text.includes('\0') ? null : text
  } catch {
    return null // bytes that are no text
  }
}

function kindOfEnding(path: string): SourceKind | null {
  const ending = extname(path).slice(1).toLowerCase()
  return kinds.find(({ endings }) => endings.includes(ending)) ?? null
}
