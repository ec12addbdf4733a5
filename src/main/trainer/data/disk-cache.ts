/**
 * Decoded images on disk, for later passes and later runs. Each run appends what it had to decode to a file of its own, and reads the
 * files of earlier runs over the same folder; a file has one writer for ever, so neither two runs at once nor kill -9 can spoil it.
 * Above the limit the files that were used least recently go. A fault of the disk ends the caching and nothing else.
 */
import * as fs from 'node:fs'
import { hash, randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import type { CachedImage } from './cache-file'
import { fileHead, fileHeadBytes, openCacheFile, recordHead, recordHeadBytes } from './cache-file'
import type { Image } from '../../images/enlarge'
import { decoderVersion } from '../../images/image-library'

export interface DiskCacheOptions {
  /** Made where it is not there; nothing else should be in it. */
  readonly folder: string
  /** What the images belong to (a dataset's folder): only its files are read. */
  readonly group: string
  /** All files of the folder together. */
  readonly limitBytes: number
  /** Left free on the disk. */
  readonly keepFreeBytes: number
  /** Told once, when the caching ended because of a fault. */
  readonly onFault: (message: string) => void
  readonly disk?: CacheDisk
}

/** What may fail on a disk, and the time; a parameter, so that tests can fill it. */
export interface CacheDisk {
  freeBytes(folder: string): number
  /** Resolves to the bytes written. */
  append(fd: number, buffers: readonly Uint8Array[], position: number): Promise<number>
  nowMs(): number
}

export interface DiskCache {
  find(key: string): CachedImage | null
  /** Fills the first `byteCount` bytes of `target`; false, and forgotten, where they are not what was written. */
  read(key: string, image: CachedImage, target: Uint8Array): Promise<boolean>
  /** The same at once, for small ones. */
  readNow(key: string, image: CachedImage, target: Uint8Array): boolean
  /** Written beside the caller's work, and left out where the disk is behind or there is no room. `pixels` must not change any more. */
  keep(key: string, image: Image): void
  /** Resolves when all is written and closed. No read may be under way. */
  close(): Promise<void>
}

const suffix = '.images'
const maker = (): string => `1 ${decoderVersion()}`
/** Waiting to be written, at most: a disk that is slower than the decoding must not fill the memory. */
const mostPendingBytes = 32e6
/** Buffers of one call; the system takes 1,024. */
const mostBuffers = 1000

/** Throws what the file system says where the folder cannot be made or read. */
export function openDiskCache(options: DiskCacheOptions): DiskCache {
  const { folder, limitBytes, keepFreeBytes, disk = realDisk } = options
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 })
  const groupName = hash('sha256', options.group, 'hex').slice(0, 16)
  const files = listFiles(folder).map((file) => ({ ...file, used: false, fd: null as number | null }))
  const images = new Map<string, CachedImage>()
  // the limit may have been higher
  for (let oldest = files[0]; oldest !== undefined && bytesOf(files) > limitBytes; oldest = files[0])
    drop(oldest)
  for (const file of files.filter(({ name }) => name.startsWith(groupName))) {
    const opened = openCacheFile(join(folder, file.name), maker())
    if (opened === null) {
      drop(file)
      continue
    }
    file.fd = opened.fd
    for (const [key, image] of opened.images) images.set(key, image)
  }

  const writer = { fd: null as number | null, byteCount: 0, ended: limitBytes <= 0 }
  let pending: { key: string; head: Buffer; image: Image }[] = []
  let pendingBytes = 0
  let writing: Promise<void> | null = null

  type File = (typeof files)[number]

  function drop(file: File): void {
    if (file.fd !== null) fs.closeSync(file.fd)
    for (const [key, { fd }] of images) if (fd === file.fd) images.delete(key)
    files.splice(files.indexOf(file), 1)
    fs.rmSync(join(folder, file.name), { force: true })
  }

  /** Removes old files until `byteCount` more fit; false where they cannot. */
  function makeRoom(byteCount: number): boolean {
    for (;;) {
      const total = bytesOf(files) + writer.byteCount
      const isFree = disk.freeBytes(folder) >= keepFreeBytes + byteCount
      if (total + byteCount <= limitBytes && isFree) return true
      const oldest = files.filter(({ used }) => !used).sort((one, other) => one.usedMs - other.usedMs)[0]
      if (oldest === undefined) return false
      drop(oldest)
    }
  }

  function use({ fd }: CachedImage): void {
    const file = files.find((one) => one.fd === fd)
    if (file === undefined || file.used) return
    file.used = true
    const seconds = disk.nowMs() / 1000
    fs.futimesSync(fd, seconds, seconds)
  }

  function isWhole(
    key: string,
    { byteCount, crc }: CachedImage,
    bytesRead: number,
    target: Uint8Array,
  ): boolean {
    const whole = bytesRead === byteCount && crc32(target.subarray(0, byteCount)) === crc
    if (!whole) images.delete(key)
    return whole
  }

  async function writeAll(): Promise<void> {
    while (pending.length > 0 && !writer.ended) {
      const batch = pending.splice(0, mostBuffers >> 1)
      const buffers = batch.flatMap(({ head, image }) => [head, image.pixels])
      const byteCount = buffers.reduce((sum, { length }) => sum + length, 0)
      if (!makeRoom(byteCount + fileHeadBytes)) return end()
      const fd = (writer.fd ??= create())
      const written = await disk.append(fd, buffers, writer.byteCount)
      if (written !== byteCount) throw new Error('the disk is full')
      for (const { key, head, image } of batch) {
        const offset = writer.byteCount + recordHeadBytes
        const { widthPx, heightPx, pixels } = image
        images.set(key, {
          fd,
          offset,
          byteCount: pixels.length,
          crc: head.readUInt32LE(28),
          widthPx,
          heightPx,
        })
        writer.byteCount = offset + pixels.length
        pendingBytes -= pixels.length
      }
    }
  }

  /** No more is written. */
  function end(): void {
    writer.ended = true
    pending = []
    pendingBytes = 0
  }

  function create(): number {
    const fd = fs.openSync(join(folder, `${groupName}-${randomUUID()}${suffix}`), 'wx+', 0o600)
    writer.byteCount = fs.writeSync(fd, fileHead(maker()))
    return fd
  }

  return {
    find: (key) => images.get(key) ?? null,
    async read(key, image, target) {
      use(image)
      return isWhole(key, image, await readAt(image, target), target)
    },
    readNow(key, image, target) {
      use(image)
      return isWhole(key, image, readAtOnce(image, target), target)
    },
    keep(key, image) {
      if (writer.ended || pendingBytes + image.pixels.length > mostPendingBytes) return
      pending.push({ key, head: recordHead(key, image), image })
      pendingBytes += image.pixels.length
      writing ??= writeAll()
        .catch((error: unknown) => {
          end()
          // Whole records stay; a half one would only take room where there is none.
          if (writer.fd !== null) fs.ftruncateSync(writer.fd, writer.byteCount)
          options.onFault(error instanceof Error ? error.message : String(error))
        })
        .finally(() => (writing = null))
    },
    async close() {
      await writing
      end()
      if (writer.fd !== null) fs.closeSync(writer.fd)
      for (const { fd } of files) if (fd !== null) fs.closeSync(fd)
      files.length = 0
      images.clear()
    },
  }
}

function bytesOf(files: readonly { readonly byteCount: number }[]): number {
  return files.reduce((sum, { byteCount }) => sum + byteCount, 0)
}

/** Oldest use first, so that of two records of one image the newer counts. */
function listFiles(folder: string): { name: string; byteCount: number; usedMs: number }[] {
  return fs
    .readdirSync(folder)
    .filter((name) => name.endsWith(suffix))
    .flatMap((name) => {
      const facts = fs.statSync(join(folder, name), { throwIfNoEntry: false }) // another run may have removed it
      return facts === undefined ? [] : [{ name, byteCount: facts.size, usedMs: facts.mtimeMs }]
    })
    .sort((one, other) => one.usedMs - other.usedMs)
}

/** The bytes read; none where the disk fails, for then the image is decoded again. */
function readAt({ fd, offset, byteCount }: CachedImage, target: Uint8Array): Promise<number> {
  return new Promise((resolve) => {
    fs.read(fd, target, 0, byteCount, offset, (error, bytesRead) => resolve(error ? 0 : bytesRead))
  })
}

function readAtOnce({ fd, offset, byteCount }: CachedImage, target: Uint8Array): number {
  try {
    return fs.readSync(fd, target, 0, byteCount, offset)
  } catch {
    return 0
  }
}

export const realDisk: CacheDisk = {
  freeBytes(folder) {
    const { bavail, bsize } = fs.statfsSync(folder)
    return bavail * bsize
  },
  append: (fd, buffers, position) =>
    new Promise((resolve, reject) => {
      fs.writev(fd, buffers, position, (error, written) => {
        if (error) reject(error)
        else resolve(written)
      })
    }),
  nowMs: () => Date.now(),
}
