/** What a scan needs of a file system; a parameter, so that faults can be shown in tests that run as root. */
import { readdir, readlink, realpath, stat } from 'node:fs/promises'
import { openToRead } from '../files/open-to-read'

export type EntryKind = 'file' | 'folder' | 'link' | 'other'

export interface FolderEntry {
  /** As stored: names need not be valid UTF-8. */
  readonly nameBytes: Buffer
  readonly kind: EntryKind
}

export interface ReadFile {
  /** The whole file where `wanted` said so, else its first bytes. */
  readonly bytes: Buffer
  readonly byteCount: number
  readonly modifiedMs: number
}

export interface FileSource {
  list(path: string): Promise<FolderEntry[]>
  /** What a path leads to, links followed. */
  kindOf(path: string): Promise<EntryKind>
  realPath(path: string): Promise<string>
  /** What a link says, as it is written there. */
  linkText(path: string): Promise<string>
  /** Opens once: first `headByteCount` bytes, then the rest if `wanted`. Only for regular files. */
  read(
    path: string,
    headByteCount: number,
    wanted: (head: Buffer, byteCount: number) => boolean,
  ): Promise<ReadFile>
}

/** What is larger is no photo. It would be held in memory whole. */
const mostImageBytes = 1e9

/** The whole file of an image. Throws where it is no regular file, or larger than any photo. */
export function readImageFile(path: string): Promise<Buffer> {
  return readWholeImage((headByteCount, wanted) => diskFiles.read(path, headByteCount, wanted))
}

/** The whole of an image that `read` gives as `FileSource.read` does. Throws where it is larger than any photo. */
export async function readWholeImage(
  read: (headByteCount: number, wanted: (head: Buffer, byteCount: number) => boolean) => Promise<ReadFile>,
): Promise<Buffer> {
  const { bytes, byteCount } = await read(0, (_, size) => size <= mostImageBytes)
  if (byteCount > mostImageBytes) throw new Error(`it has ${String(Math.round(byteCount / 1e6))} MB`)
  return bytes
}

export const diskFiles: FileSource = {
  async list(path) {
    const entries = await readdir(path, { withFileTypes: true, encoding: 'buffer' })
    return entries.map((entry) => ({ nameBytes: Buffer.from(entry.name), kind: kindOf(entry) }))
  },
  async kindOf(path) {
    return kindOf(await stat(path))
  },
  realPath: (path) => realpath(path),
  linkText: (path) => readlink(path),
  async read(path, headByteCount, wanted) {
    const handle = await openToRead(path)
    try {
      const { size, mtimeMs } = await handle.stat()
      const head = Buffer.alloc(Math.min(headByteCount, size))
      if (head.length > 0) await handle.read(head, 0, head.length, 0)
      const facts = { byteCount: size, modifiedMs: mtimeMs }
      if (size === 0 || !wanted(head, size)) return { ...facts, bytes: head }
      const bytes = Buffer.allocUnsafe(size)
      let filled = 0
      while (filled < size) {
        const { bytesRead } = await handle.read(bytes, filled, size - filled, filled)
        if (bytesRead === 0) break
        filled += bytesRead
      }
      return { ...facts, bytes: bytes.subarray(0, filled) }
    } finally {
      await handle.close()
    }
  },
}

interface Kinds {
  isFile(): boolean
  isDirectory(): boolean
  isSymbolicLink(): boolean
}

function kindOf(entry: Kinds): EntryKind {
  if (entry.isFile()) return 'file'
  if (entry.isDirectory()) return 'folder'
  return entry.isSymbolicLink() ? 'link' : 'other'
}

/** What an error says, without the path that Node appends; of what a reader stumbled over, that it is damaged. */
export function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'EACCES' || code === 'EPERM') return 'permission denied.'
  if (code === 'ENOENT') return 'it no longer exists.'
  if (code === 'ELOOP') return 'its links form a loop.'
  if (code === 'ENAMETOOLONG') return 'its path is too long.'
  if (code === 'EMFILE' || code === 'ENFILE') return 'too many files are open.'
  if (code === 'EIO') return 'the disk reports an error.'
  if (code === 'ENOSPC' || code === 'EDQUOT') return 'no space is left on the disk.'
  if (code === undefined && (error instanceof TypeError || error instanceof RangeError))
    return 'its content is damaged.'
  return error instanceof Error ? error.message : String(error)
}
