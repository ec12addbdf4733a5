/**
 * A file of decoded images: a head, then records that are only ever appended, each a head and the pixels. Heads and pixels carry their
 * CRC-32, so that a file that was cut off (kill -9, a full disk), damaged or written by something else gives nothing false.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { hash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import type { Image } from '../../images/enlarge'

/** Where an image's pixels are. */
export interface CachedImage {
  readonly fd: number
  readonly offset: number
  readonly byteCount: number
  readonly crc: number
  readonly widthPx: number
  readonly heightPx: number
}

export interface CacheFile {
  readonly fd: number
  readonly byteCount: number
  readonly images: Map<string, CachedImage>
}

export const fileHeadBytes = 32
export const recordHeadBytes = 40
const fileMark = 'BITWPIX1'
const recordMark = 0x31434950
/** What is read at a time while looking for heads: many small images, or one head of a large one. */
const scanBytes = 64 * 1024

/** `maker` says what wrote it: the form of the file and the decoder. */
export function fileHead(maker: string): Buffer {
  const head = Buffer.alloc(fileHeadBytes)
  head.write(fileMark, 0, 'latin1')
  head.write(hash('sha256', maker, 'hex').slice(0, 32), 8, 'hex')
  head.writeUInt32LE(crc32(head.subarray(0, 28)), 28)
  return head
}

/** `key`: 32 hexadecimal digits. */
export function recordHead(key: string, { pixels, widthPx, heightPx }: Image): Buffer {
  const head = Buffer.alloc(recordHeadBytes)
  head.writeUInt32LE(recordMark, 0)
  head.write(key, 4, 'hex')
  head.writeUInt32LE(widthPx, 20)
  head.writeUInt32LE(heightPx, 24)
  head.writeUInt32LE(crc32(pixels), 28)
  head.writeUInt32LE(crc32(head.subarray(0, 36)), 36)
  return head
}

/** The whole records of a file, open for reading; null where it is not of this maker. Throws what the file system says. */
export function openCacheFile(path: string, maker: string): CacheFile | null {
  const fd = openSync(path, 'r')
  try {
    const { size } = fstatSync(fd)
    const head = Buffer.alloc(fileHeadBytes)
    if (readSync(fd, head, 0, fileHeadBytes, 0) === fileHeadBytes && head.equals(fileHead(maker))) {
      return { fd, byteCount: size, images: scan(fd, size) }
    }
  } catch (error) {
    closeSync(fd)
    throw error
  }
  closeSync(fd)
  return null
}

function scan(fd: number, size: number): Map<string, CachedImage> {
  const images = new Map<string, CachedImage>()
  const chunk = Buffer.alloc(scanBytes)
  let chunkStart = 0
  let chunkBytes = 0
  let at = fileHeadBytes
  while (at + recordHeadBytes <= size) {
    if (at < chunkStart || at + recordHeadBytes > chunkStart + chunkBytes) {
      chunkStart = at
      chunkBytes = readSync(fd, chunk, 0, scanBytes, at)
      if (chunkBytes < recordHeadBytes) break
    }
    const head = chunk.subarray(at - chunkStart, at - chunkStart + recordHeadBytes)
    if (head.readUInt32LE(0) !== recordMark || head.readUInt32LE(36) !== crc32(head.subarray(0, 36))) break
    const widthPx = head.readUInt32LE(20)
    const heightPx = head.readUInt32LE(24)
    const byteCount = widthPx * heightPx * 3
    const offset = at + recordHeadBytes
    if (offset + byteCount > size) break
    const place = { fd, offset, byteCount, crc: head.readUInt32LE(28), widthPx, heightPx }
    images.set(head.toString('hex', 4, 20), place)
    at = offset + byteCount
  }
  return images
}
