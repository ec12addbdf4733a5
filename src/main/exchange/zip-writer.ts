/** Writes a zip file member by member, none of them held whole: lengths and checksums go to their place once they are known. */
import { writeSync } from 'node:fs'
import { crc32, createDeflateRaw } from 'node:zlib'
import { createHash } from 'node:crypto'

export interface ZipWriter {
  /** Answers with the length and the SHA-256 of what was given. */
  add(
    name: string,
    content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
    compress: boolean,
  ): Promise<Member>
  /** The directory: nothing can be added any more. */
  end(): void
}

export interface Member {
  readonly byteCount: number
  /** Hex. */
  readonly sha256: string
}

interface Entry {
  readonly name: Buffer
  readonly method: 0 | 8
  readonly crc: number
  readonly byteCount: number
  readonly compressedBytes: number
  readonly offset: number
}

/** 1 January 1980, the zip epoch: the same run gives the same file. */
const dosDate = 0x21
/** Zip64 throughout: a member, and the file, may pass 4 GB. */
const version = 45
const wide = 0xffffffff

/** `handle`: of an empty file, open for writing. */
export function createZipWriter(handle: number): ZipWriter {
  const entries: Entry[] = []
  let at = 0
  const write = (bytes: Uint8Array, position?: number): void => {
    for (let written = 0; written < bytes.length;)
      written += writeSync(handle, bytes, written, bytes.length - written, (position ?? at) + written)
    if (position === undefined) at += bytes.length
  }
  return {
    async add(name, content, compress) {
      const offset = at
      const begun = { name: Buffer.from(name), method: compress ? 8 : 0, offset } as const
      const placeholder = { ...begun, crc: 0, byteCount: 0, compressedBytes: 0 }
      write(localHeader(placeholder))
      const start = at
      const hash = createHash('sha256')
      let [crc, byteCount] = [0, 0]
      async function* measured(): AsyncGenerator<Uint8Array> {
        for await (const piece of content) {
          crc = crc32(piece, crc)
          hash.update(piece)
          byteCount += piece.length
          yield piece
        }
      }
      for await (const piece of compress ? deflated(measured()) : measured()) write(piece)
      const entry = { ...begun, crc, byteCount, compressedBytes: at - start }
      write(localHeader(entry), offset)
      entries.push(entry)
      return { byteCount, sha256: hash.digest('hex') }
    },
    end() {
      const offset = at
      for (const entry of entries) write(centralHeader(entry))
      write(endOfFile(entries.length, at - offset, offset))
    },
  }
}

async function* deflated(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const deflate = createDeflateRaw()
  const fed = (async () => {
    for await (const piece of content) {
      if (!deflate.write(piece)) await new Promise<void>((resolve) => deflate.once('drain', resolve))
    }
    deflate.end()
  })().catch((thrown: unknown) =>
    deflate.destroy(thrown instanceof Error ? thrown : new Error(String(thrown))),
  )
  for await (const piece of deflate) yield piece as Buffer
  await fed
}

/** PKZIP APPNOTE 6.3.10, 4.3.7 and 4.5.3. */
function localHeader({ name, method, crc, byteCount, compressedBytes }: Entry): Buffer {
  const head = Buffer.alloc(30)
  head.writeUInt32LE(0x04034b50, 0)
  head.writeUInt16LE(version, 4)
  head.writeUInt16LE(0x800, 6) // names are UTF-8
  head.writeUInt16LE(method, 8)
  head.writeUInt16LE(dosDate, 12)
  head.writeUInt32LE(crc, 14)
  head.writeUInt32LE(wide, 18)
  head.writeUInt32LE(wide, 22)
  head.writeUInt16LE(name.length, 26)
  head.writeUInt16LE(20, 28)
  return Buffer.concat([head, name, zip64(byteCount, compressedBytes)])
}

/** 4.3.12. */
function centralHeader({ name, method, crc, byteCount, compressedBytes, offset }: Entry): Buffer {
  const head = Buffer.alloc(46)
  head.writeUInt32LE(0x02014b50, 0)
  head.writeUInt16LE(version, 4)
  head.writeUInt16LE(version, 6)
  head.writeUInt16LE(0x800, 8)
  head.writeUInt16LE(method, 10)
  head.writeUInt16LE(dosDate, 14)
  head.writeUInt32LE(crc, 16)
  for (const place of [20, 24, 42]) head.writeUInt32LE(wide, place)
  head.writeUInt16LE(name.length, 28)
  head.writeUInt16LE(28, 30)
  return Buffer.concat([head, name, zip64(byteCount, compressedBytes, offset)])
}

function zip64(...values: number[]): Buffer {
  const bytes = Buffer.alloc(4 + 8 * values.length)
  bytes.writeUInt16LE(1, 0)
  bytes.writeUInt16LE(8 * values.length, 2)
  values.forEach((value, index) => bytes.writeBigUInt64LE(BigInt(value), 4 + 8 * index))
  return bytes
}

/** 4.3.14 to 4.3.16. */
function endOfFile(entryCount: number, directoryBytes: number, offset: number): Buffer {
  const bytes = Buffer.alloc(56 + 20 + 22)
  bytes.writeUInt32LE(0x06064b50, 0)
  bytes.writeBigUInt64LE(44n, 4)
  bytes.writeUInt16LE(version, 12)
  bytes.writeUInt16LE(version, 14)
  bytes.writeBigUInt64LE(BigInt(entryCount), 24)
  bytes.writeBigUInt64LE(BigInt(entryCount), 32)
  bytes.writeBigUInt64LE(BigInt(directoryBytes), 40)
  bytes.writeBigUInt64LE(BigInt(offset), 48)
  bytes.writeUInt32LE(0x07064b50, 56)
  bytes.writeBigUInt64LE(BigInt(offset + directoryBytes), 64)
  bytes.writeUInt32LE(1, 72)
  bytes.writeUInt32LE(0x06054b50, 76)
  bytes.writeUInt16LE(0xffff, 84)
  bytes.writeUInt16LE(0xffff, 86)
  bytes.writeUInt32LE(wide, 88)
  bytes.writeUInt32LE(wide, 92)
  return bytes
}
