/** All kinds of sources, and which one a path is. */
import { statSync } from 'node:fs'
import { basename, extname } from 'node:path'
import { WorkbenchError } from '../../contract/errors'
import { diskFiles, type FileSource } from '../images/file-source'
import { folderKind } from './folder'
import { listKind } from './list'
import type { DatasetSource, SourceAddress, SourceKind } from './source'

const kinds: readonly SourceKind[] = [folderKind, listKind]

/** Of all files that are sources. */
export const sourceEndings: readonly string[] = kinds.flatMap(({ endings }) => endings)

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

/** By its ending, unless it is a folder. `path` is absolute, and need not exist. */
export function addressOf(path: string): SourceAddress {
  const kind = isFolder(path) ? folderKind : (kindOfEnding(path) ?? folderKind)
  return { kind: kind.kind, path }
}

/** What a dataset is called unless someone names it: the folder's name, the file's without its ending. */
export function sourceName({ kind, path }: SourceAddress): string {
  return kindOfEnding(path)?.kind === kind ? basename(path, extname(path)) : basename(path)
}

function kindOfEnding(path: string): SourceKind | null {
  const ending = extname(path).slice(1).toLowerCase()
  return kinds.find(({ endings }) => endings.includes(ending)) ?? null
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false // not there, or not to be reached: the import says why
  }
}
