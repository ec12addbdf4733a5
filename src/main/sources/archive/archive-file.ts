/** An archive on disk: its index, which a process keeps while the file stays as it is, and its members' bytes. */
import { closeSync, fstatSync, openSync, readSync, statSync, type Stats } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { promisify } from 'node:util'
import { constants, crc32, inflateRaw, inflateRawSync } from 'node:zlib'
import { openToRead, otherThanFile } from '../../files/open-to-read'
import type { ReadFile } from '../../images/file-source'
import type { ArchiveIndex, IndexReading, Member } from './member'

export type IndexMaker = (path: string, size: number) => IndexReading

export interface OpenedArchive {
  readonly size: number
  readonly mtimeMs: number
  readonly index: ArchiveIndex
}

export interface ArchiveFile {
  /** Throws what the system says, and 'path-not-readable'. */
  open(): Promise<OpenedArchive>
  /** At once; null where it cannot be read. */
  openNow(): OpenedArchive | null
  /** As FileSource.read. */
  read(
    key: string,
    headByteCount: number,
    wanted: (head: Buffer, byteCount: number) => boolean,
  ): Promise<ReadFile>
  /** The whole member where it, packed and unpacked, has at most `mostBytes`; null else, or where it cannot be read. */
  readNow(key: string, mostBytes: number): Buffer | null
}

/** Of all archives whose index is kept, together; a million take some 200 MB. The newest stays, however many it has. */
const keptMembers = 4e6
const kept = new Map<string, OpenedArchive>()
const underway = new Map<string, Promise<OpenedArchive>>()

/** Bytes of a zip's local header beyond name and data. */
const localHeaderBytes = 30
const localSignature = 0x04034b50
/** Names, and what programs write behind them, are shorter; where they are not, it takes one more read. */
const usualNameBytes = 512
/** Packed so, the first bytes are surely among what comes out. */
const headPackedBytes = 4096
/** Smaller ones are unpacked at once: it costs less than to wait for a thread. */
const quickBytes = 1 << 16

const inflateLater = promisify(inflateRaw)

export function archiveFile(path: string, maker: IndexMaker): ArchiveFile {
  async function withHandle<T>(work: (handle: FileHandle, archive: OpenedArchive) => Promise<T>): Promise<T> {
    const handle = await openToRead(path)
    try {
      const facts = await handle.stat()
      const archive = keptFor(path, facts) ?? (await underway.get(path)) ?? (await begin(handle, facts))
      return await work(handle, archive)
    } finally {
      await handle.close()
    }
  }

  /** One at a time, however many ask. */
  async function begin(handle: FileHandle, facts: Stats): Promise<OpenedArchive> {
    const made = makeIndex(handle, facts)
    underway.set(path, made)
    try {
      return await made
    } finally {
      underway.delete(path)
    }
  }

  async function makeIndex(handle: FileHandle, { size, mtimeMs }: Stats): Promise<OpenedArchive> {
    const reading = maker(path, size)
    let step = reading.next()
    while (step.done !== true) {
      const { at, length } = step.value
      step = reading.next(await readAt(handle, at, length))
    }
    return keep(path, { size, mtimeMs, index: step.value })
  }

  function openNow(): OpenedArchive | null {
    try {
      const facts = statSync(path)
      if (otherThanFile(facts) !== null) return null
      return keptFor(path, facts) ?? indexNow(facts)
    } catch {
      return null // `read` finds out why
    }
  }

  function indexNow({ size, mtimeMs }: Stats): OpenedArchive {
    return withFile(path, (file) => {
      const reading = maker(path, size)
      let step = reading.next()
      while (step.done !== true) step = reading.next(readAtNow(file, step.value.at, step.value.length))
      return keep(path, { size, mtimeMs, index: step.value })
    })
  }

  return {
    open: () => withHandle(async (_, archive) => archive),
    openNow,
    read: (key, headByteCount, wanted) =>
      withHandle(async (handle, { index, mtimeMs }) => {
        const member = index.members.get(key)
        if (member === undefined) throw new Error('it is not in the archive any more')
        const { byteCount, packedBytes } = member
        const facts = { byteCount, modifiedMs: mtimeMs }
        const start = await rawStart(handle, key, member)
        const head = headOf(start.bytes, member, Math.min(headByteCount, byteCount))
        if (byteCount === 0 || !wanted(head, byteCount)) return { ...facts, bytes: head }
        const isAll = start.bytes.length >= packedBytes
        const raw = isAll ? start.bytes.subarray(0, packedBytes) : await readAt(handle, start.at, packedBytes)
        return { ...facts, bytes: await unpackLater(raw, member) }
      }),
    readNow(key, mostBytes) {
      const member = openNow()?.index.members.get(key)
      if (member === undefined || member.byteCount > mostBytes || member.packedBytes > mostBytes) return null
      try {
        return withFile(path, (file) => {
          const piece = readAtNow(file, member.offset, firstLength(key, member))
          const at = dataStart(piece, member)
          const end = at + member.packedBytes
          const raw =
            end <= piece.length
              ? piece.subarray(at, end)
              : readAtNow(file, member.offset + at, member.packedBytes)
          return unpack(raw, member)
        })
      } catch {
        return null // `read` finds out why
      }
    },
  }
}

/** The packed bytes from their beginning, all of them or as many as the head needs. */
async function rawStart(
  handle: FileHandle,
  key: string,
  member: Member,
): Promise<{ at: number; bytes: Buffer }> {
  const most = localHeaderBytes + usualNameBytes + headPackedBytes
  const piece = await readAt(handle, member.offset, Math.min(firstLength(key, member), most))
  const start = dataStart(piece, member)
  if (start <= piece.length) return { at: member.offset + start, bytes: piece.subarray(start) }
  const at = member.offset + start
  return { at, bytes: await readAt(handle, at, Math.min(headPackedBytes, member.packedBytes)) }
}

function firstLength(key: string, { packing, packedBytes }: Member): number {
  const before = packing === 'tar' ? 0 : localHeaderBytes + Buffer.byteLength(key) + usualNameBytes
  return before + packedBytes
}

/** Where the packed bytes begin, from `offset` on. */
function dataStart(piece: Buffer, { packing }: Member): number {
  if (packing === 'tar') return 0
  if (piece.length < localHeaderBytes || piece.readUInt32LE(0) !== localSignature)
    throw new Error('the archive has changed or is damaged: the file is not where its directory says')
  return localHeaderBytes + piece.readUInt16LE(26) + piece.readUInt16LE(28)
}

function headOf(packed: Buffer, { packing }: Member, headByteCount: number): Buffer {
  if (packing !== 'deflated') return packed.subarray(0, headByteCount)
  if (headByteCount === 0) return Buffer.alloc(0)
  const start = packed.subarray(0, headPackedBytes)
  return inflated(() => inflateRawSync(start, { finishFlush: constants.Z_SYNC_FLUSH })).subarray(
    0,
    headByteCount,
  )
}

async function unpackLater(raw: Buffer, member: Member): Promise<Buffer> {
  const { packing, byteCount } = member
  if (packing !== 'deflated' || byteCount <= quickBytes) return unpack(raw, member)
  const bytes = await inflateLater(raw, { maxOutputLength: byteCount }).catch((cause: unknown) => {
    throw damaged(cause)
  })
  return checked(bytes, member)
}

function unpack(raw: Buffer, member: Member): Buffer {
  const { packing, byteCount } = member
  if (packing !== 'deflated') return checked(raw, member)
  return checked(
    inflated(() => inflateRawSync(raw, { maxOutputLength: Math.max(1, byteCount) })),
    member,
  )
}

function inflated(work: () => Buffer): Buffer {
  try {
    return work()
  } catch (cause) {
    throw damaged(cause)
  }
}

function damaged(cause: unknown): Error {
  return new Error('it is damaged in the archive: it cannot be unpacked', { cause })
}

function checked(bytes: Buffer, { byteCount, crc }: Member): Buffer {
  if (bytes.length !== byteCount) throw new Error('it is cut off in the archive')
  if (crc !== null && crc32(bytes) !== crc)
    throw new Error('it is damaged in the archive: its checksum is wrong')
  return bytes
}

function keptFor(path: string, { size, mtimeMs }: Stats): OpenedArchive | null {
  const found = kept.get(path)
  return found !== undefined && found.size === size && found.mtimeMs === mtimeMs ? found : null
}

/** The one used last is dropped last. */
function keep(path: string, archive: OpenedArchive): OpenedArchive {
  kept.delete(path)
  kept.set(path, archive)
  let count = 0
  for (const { index } of kept.values()) count += index.members.size
  for (const [oldest, { index }] of kept) {
    if (count <= keptMembers || kept.size === 1) break
    kept.delete(oldest)
    count -= index.members.size
  }
  return archive
}

async function readAt(handle: FileHandle, at: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length)
  let filled = 0
  while (filled < length) {
    const { bytesRead } = await handle.read(bytes, filled, length - filled, at + filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return bytes.subarray(0, filled)
}

function readAtNow(file: number, at: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(length)
  let filled = 0
  while (filled < length) {
    const count = readSync(file, bytes, filled, length - filled, at + filled)
    if (count === 0) break
    filled += count
  }
  return bytes.subarray(0, filled)
}

function withFile<T>(path: string, work: (file: number) => T): T {
  const file = openSync(path, 'r')
  try {
    const other = otherThanFile(fstatSync(file))
    if (other !== null) throw new Error(`it is not a file but ${other}`)
    return work(file)
  } finally {
    closeSync(file)
  }
}
