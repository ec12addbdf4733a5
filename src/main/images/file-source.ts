/** What a scan needs of a file system; a parameter, so that faults can be shown in tests that run as root. */
import { constants } from 'node:fs'
import { type FileHandle, open, readdir, realpath, stat } from 'node:fs/promises'

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
  /** Opens once: first `headByteCount` bytes, then the rest if `wanted`. Only for regular files. */
  read(
    path: string,
    headByteCount: number,
    wanted: (head: Buffer, byteCount: number) => boolean,
  ): Promise<ReadFile>
}

/** A pipe in a file's place would keep a thread waiting for ever: it is opened without a wait, and refused then. */
const readAtOnce = constants.O_RDONLY | (process.platform === 'win32' ? 0 : constants.O_NONBLOCK)
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
  async read(path, headByteCount, wanted) {
    const handle = await opened(path)
    try {
      const opened = await handle.stat()
      if (!opened.isFile()) throw new Error('it is not a file')
      const { size, mtimeMs } = opened
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

/** Where the folder keeps it from being opened, not the file, the error is that of `stat`. */
async function opened(path: string): Promise<FileHandle> {
  try {
    return await open(path, readAtOnce)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EACCES') await stat(path)
    throw error
  }
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

/** What an error of the system says, without the path that Node appends. */
export function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'EACCES' || code === 'EPERM') return 'permission denied.'
  if (code === 'ENOENT') return 'it no longer exists.'
  if (code === 'ELOOP') return 'its links form a loop.'
  if (code === 'ENAMETOOLONG') return 'its path is too long.'
  if (code === 'EMFILE' || code === 'ENFILE') return 'too many files are open.'
  if (code === 'EIO') return 'the disk reports an error.'
  if (code === 'ENOSPC' || code === 'EDQUOT') return 'no space is left on the disk.'
  return error instanceof Error ? error.message : String(error)
}
