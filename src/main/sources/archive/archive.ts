/** Archives of a folder of images, read in place: zip and tar. Classes and parts are those of the folders in it, as of a folder. */
import { WorkbenchError } from '../../../contract/errors'
import { hasChanged, type CheckOptions, type FileCheck } from '../../images/file-check'
import { readWholeImage, reasonOf } from '../../images/file-source'
import { listingOfTree } from '../folder'
import { isHidden, type WalkedTree } from '../folder-walk'
import { sentence } from '../links'
import type { ProblemList } from '../problem-list'
import type { DatasetSource, FileStart, ListOptions, SourceAddress, SourceKind, SourceWords } from '../source'
import { archiveFile, type ArchiveFile, type IndexMaker, type OpenedArchive } from './archive-file'
import type { ArchiveIndex } from './member'
import { headerOf, tarIndex } from './tar-index'
import { zipIndex } from './zip-index'

export const zipKind: SourceKind = {
  kind: 'zip',
  text: 'Zip archive of a folder',
  endings: ['zip'],
  fits: ({ bytes }) => /^PK(?:\x03\x04|\x05\x06|\x07\x08)/.test(bytes.toString('latin1', 0, 4)),
  open: (address) => archiveSource(address, zipIndex),
}

export const tarKind: SourceKind = {
  kind: 'tar',
  text: 'Tar archive of a folder',
  endings: ['tar'],
  fits: ({ bytes }: FileStart) => headerOf(bytes.subarray(0, 512)) !== null && bytes[0] !== 0,
  open: (address) => archiveSource(address, tarIndex),
}

function wordsOf(path: string): SourceWords {
  return {
    place: path,
    subject: `The archive ${path}`,
    bringBack: 'Connect the drive, or put the archive back',
    importAgain: 'import the archive again',
    empty: `No usable image was found in the class folders of ${path}.`,
    layout: 'The archive needs one folder per class, with the images in it.',
  }
}

function archiveSource(address: SourceAddress, maker: IndexMaker): DatasetSource {
  const { path } = address
  const words = wordsOf(path)
  const file = archiveFile(path, maker)
  return {
    ...imagesOf(path, words, file),
    address,
    words,
    async list({ problems, onProgress }: ListOptions) {
      onProgress(0)
      const { index } = await openToList(path, file)
      onProgress(index.members.size)
      const tree = treeOf(index, problems)
      return { ...listingOfTree(address, tree, true), hintForOneClass: () => null }
    },
  }
}

/** Members of an archive by their paths in it. */
export function imagesOf(
  path: string,
  { importAgain }: Pick<SourceWords, 'importAgain'>,
  file: ArchiveFile,
): Omit<DatasetSource, 'address' | 'words' | 'list'> {
  return {
    scope: path,
    nameOf: (key) => `${path}/${key}`,
    factsNow(key) {
      const archive = file.openNow()
      const member = archive?.index.members.get(key)
      return archive === null || member === undefined
        ? null
        : { size: member.byteCount, mtimeMs: archive.mtimeMs }
    },
    readNow: (key, mostBytes) => file.readNow(key, mostBytes),
    read: (key, headByteCount, wanted) => file.read(key, headByteCount, wanted),
    place: () => path,
    async readInside(key) {
      const { index } = await file.open().catch((cause: unknown) => {
        throw cause instanceof WorkbenchError ? cause : gone(path, importAgain, cause)
      })
      if (!index.members.has(key)) throw gone(`${path}/${key}`, importAgain)
      return readWholeImage((...request) => file.read(key, ...request))
    },
    async problem() {
      try {
        await file.open()
        return null
      } catch (error) {
        const isGone = error instanceof Error && 'code' in error && error.code === 'ENOENT'
        return { isGone, reason: sentence(withStop(reasonOf(error))) }
      }
    },
    check: (keys, options) => checkMembers(file, keys, options),
  }
}

/** Throws 'path-not-found', 'path-not-readable'. */
export async function openToList(path: string, file: ArchiveFile): Promise<OpenedArchive> {
  try {
    return await file.open()
  } catch (cause) {
    if (cause instanceof WorkbenchError) throw cause
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
    if (code === 'ENOENT' || code === 'ENOTDIR')
      throw new WorkbenchError('path-not-found', `There is no archive ${path}.`, 'Check the path.', { cause })
    throw new WorkbenchError(
      'path-not-readable',
      `Cannot read the archive ${path}: ${withStop(reasonOf(cause))}`,
      'Check that you have permission to read it.',
      { cause },
    )
  }
}

/** Without hidden files and folders, which are said once each; what the index left out goes to `problems`. */
function treeOf({ members, folders, faults }: ArchiveIndex, problems: ProblemList): WalkedTree {
  for (const { severity, code, path, message } of faults) problems.add(severity, code, path, message)
  const hidden = new Set<string>()
  const isShown = (path: string): boolean => {
    const segments = path.split('/')
    const at = segments.findIndex(isHidden)
    if (at >= 0) hidden.add(segments.slice(0, at + 1).join('/'))
    return at < 0
  }
  const files = [...members.keys()].filter(isShown).sort(inByteOrder)
  const shownFolders = folders.filter(isShown)
  for (const path of hidden)
    problems.add('note', 'hidden', path, 'Hidden and system files and folders are skipped.')
  return { files, folders: shownFolders, links: new Map() }
}

async function checkMembers(
  file: ArchiveFile,
  keys: readonly string[],
  { facts, onProgress = () => undefined, stopped = () => false }: CheckOptions,
): Promise<FileCheck | null> {
  const archive = await file.open().catch((error: unknown) => sentence(withStop(reasonOf(error))))
  if (stopped()) return null
  const missing = new Map<number, string>()
  const changed: number[] = []
  for (const [index, key] of keys.entries()) {
    const member = typeof archive === 'string' ? undefined : archive.index.members.get(key)
    if (member === undefined || typeof archive === 'string')
      missing.set(index, typeof archive === 'string' ? archive : 'It is no longer in the archive.')
    else if (facts !== null && hasChanged({ size: member.byteCount, mtimeMs: archive.mtimeMs }, facts, index))
      changed.push(index)
  }
  onProgress(keys.length)
  return { missing, changed }
}

/** As the walk through a folder goes: folders between files, each name by its bytes. */
function inByteOrder(one: string, other: string): number {
  const [a, b] = [one.split('/'), other.split('/')]
  for (const [index, name] of a.entries()) {
    const second = b[index]
    if (second === undefined) return 1
    if (name !== second) return Buffer.compare(Buffer.from(name), Buffer.from(second))
  }
  return a.length - b.length
}

function withStop(text: string): string {
  return text.endsWith('.') ? text : `${text}.`
}

function gone(path: string, importAgain: string, cause?: unknown): WorkbenchError {
  return new WorkbenchError(
    'path-not-found',
    `${path} is no longer there.`,
    `Put it back, or ${importAgain}.`,
    { cause },
  )
}
