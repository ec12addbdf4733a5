/** The directory and the entries of a zip file, stored or deflated, Zip64 too; every length is checked against the file. */
import { pipeline } from 'node:stream/promises'
import { PassThrough, Readable } from 'node:stream'
import { crc32, createInflateRaw } from 'node:zlib'
import { badWeights } from './bad-weights'
import type { FileReader } from './file-reader'

export interface ZipEntry {
  readonly name: string
  readonly method: 'stored' | 'deflated'
  readonly crc: number
  readonly compressedBytes: number
  readonly byteCount: number
  /** Of the local header. */
  readonly offset: number
}

/** PKZIP APPNOTE 6.3: 4.3.6 to 4.3.16. */
const endSignature = 0x06054b50
const end64LocatorSignature = 0x07064b50
const end64Signature = 0x06064b50
const centralSignature = 0x02014b50
const localSignature = 0x04034b50
const endBytes = 22
const longestComment = 0xffff
/** The largest BiT has 470 entries of some 150 bytes, and what can be built at most 2,600; a directory beyond this is no weights file. */
const largestDirectoryBytes = 1024 * 1024
/** Deflate cannot do better than 1032 : 1 (zlib's technical notes). */
const largestRatio = 1032

export async function readZipDirectory(reader: FileReader): Promise<ZipEntry[]> {
  const { path } = reader
  const { offset, byteCount, entryCount } = await locateDirectory(reader)
  if (byteCount > largestDirectoryBytes) throw badWeights(path, 'its zip directory is implausibly large')
  const bytes = await reader.read(offset, byteCount, 'its zip directory')
  const entries: ZipEntry[] = []
  let at = 0
  while (entries.length < entryCount) {
    if (at + 46 > bytes.length || bytes.readUInt32LE(at) !== centralSignature) {
      throw badWeights(path, 'its zip directory is damaged')
    }
    const nameBytes = bytes.readUInt16LE(at + 28)
    const extraBytes = bytes.readUInt16LE(at + 30)
    const next = at + 46 + nameBytes + extraBytes + bytes.readUInt16LE(at + 32)
    if (next > bytes.length) throw badWeights(path, 'its zip directory is damaged')
    const name = bytes.toString('utf8', at + 46, at + 46 + nameBytes)
    const extra = bytes.subarray(at + 46 + nameBytes, at + 46 + nameBytes + extraBytes)
    entries.push(centralEntry(path, name, bytes.subarray(at, at + 46), extra))
    at = next
  }
  refuseOverlaps(path, entries, offset)
  return entries
}

/**
 * The entry's bytes, inflated where need be, read from the file in pieces of at most `atMost`. Throws unless they are as many as declared and
 * have the declared checksum, which is known at the end only.
 */
export async function* readZipEntry(
  reader: FileReader,
  entry: ZipEntry,
  atMost?: number,
): AsyncGenerator<Buffer> {
  const { path } = reader
  const what = `the tensor ${entry.name}`
  const local = await reader.read(entry.offset, 30, what)
  if (local.readUInt32LE(0) !== localSignature)
    throw badWeights(path, `${what} is not where the zip directory says`)
  const start = entry.offset + 30 + local.readUInt16LE(26) + local.readUInt16LE(28)
  const compressed = reader.pieces(start, entry.compressedBytes, what, atMost)
  let byteCount = 0
  let crc = 0
  for await (const piece of entry.method === 'stored' ? compressed : inflate(path, what, compressed)) {
    byteCount += piece.length
    if (byteCount > entry.byteCount) throw badWeights(path, `${what} is longer than the zip directory says`)
    crc = crc32(piece, crc)
    yield piece
  }
  if (byteCount !== entry.byteCount) throw badWeights(path, `${what} is cut off`)
  if (crc !== entry.crc) throw badWeights(path, `${what} is damaged: its checksum is wrong`)
}

async function* inflate(
  path: string,
  what: string,
  compressed: AsyncIterable<Buffer>,
): AsyncGenerator<Buffer> {
  const output = new PassThrough()
  let failure: unknown = null
  const running = pipeline(Readable.from(compressed), createInflateRaw(), output).catch((thrown: unknown) => {
    failure = thrown
  })
  try {
    for await (const piece of output) yield piece as Buffer
  } catch (thrown) {
    failure ??= thrown
  } finally {
    output.destroy()
    await running
  }
  if (failure !== null) throw badWeights(path, `${what} cannot be decompressed`, failure)
}

async function locateDirectory(
  reader: FileReader,
): Promise<{ offset: number; byteCount: number; entryCount: number }> {
  const { path } = reader
  const tailStart = Math.max(0, reader.byteCount - endBytes - longestComment)
  const tail = await reader.read(tailStart, reader.byteCount - tailStart, 'the file')
  let at = tail.length - endBytes
  while (at >= 0 && tail.readUInt32LE(at) !== endSignature) at -= 1
  if (at < 0) throw badWeights(path, 'it has no zip directory, so it is cut off or not a .npz file')
  const found = {
    entryCount: tail.readUInt16LE(at + 10),
    byteCount: tail.readUInt32LE(at + 12),
    offset: tail.readUInt32LE(at + 16),
  }
  if (found.entryCount !== 0xffff && found.byteCount !== 0xffffffff && found.offset !== 0xffffffff)
    return found
  if (at < 20 || tail.readUInt32LE(at - 20) !== end64LocatorSignature) return found
  const end64 = await reader.read(Number(tail.readBigUInt64LE(at - 12)), 56, 'its zip directory')
  if (end64.readUInt32LE(0) !== end64Signature) throw badWeights(path, 'its zip directory is damaged')
  return {
    entryCount: Number(end64.readBigUInt64LE(32)),
    byteCount: Number(end64.readBigUInt64LE(40)),
    offset: Number(end64.readBigUInt64LE(48)),
  }
}

function centralEntry(path: string, name: string, head: Buffer, extra: Buffer): ZipEntry {
  const what = `the tensor ${name.replace(/\.npy$/, '')}`
  if ((head.readUInt16LE(8) & 1) !== 0) throw badWeights(path, `${what} is encrypted`)
  const methodNumber = head.readUInt16LE(10)
  if (methodNumber !== 0 && methodNumber !== 8)
    throw badWeights(path, `${what} uses an unknown compression method`)
  const fields = {
    byteCount: head.readUInt32LE(24),
    compressedBytes: head.readUInt32LE(20),
    offset: head.readUInt32LE(42),
  }
  // Zip64: the fields that overflow stand in the extra field, in this order
  let wide = zip64Field(extra)
  for (const key of ['byteCount', 'compressedBytes', 'offset'] as const) {
    if (fields[key] !== 0xffffffff) continue
    if (wide.length < 8) throw badWeights(path, `${what} has no complete zip entry`)
    fields[key] = Number(wide.readBigUInt64LE(0))
    wide = wide.subarray(8)
  }
  const stored = methodNumber === 0
  if (
    stored
      ? fields.byteCount !== fields.compressedBytes
      : fields.byteCount > fields.compressedBytes * largestRatio
  ) {
    throw badWeights(path, `${what} has impossible lengths`)
  }
  return { name, method: stored ? 'stored' : 'deflated', crc: head.readUInt32LE(16), ...fields }
}

function zip64Field(extra: Buffer): Buffer {
  for (let at = 0; at + 4 <= extra.length;) {
    const length = extra.readUInt16LE(at + 2)
    if (extra.readUInt16LE(at) === 1) return extra.subarray(at + 4, at + 4 + length)
    at += 4 + length
  }
  return Buffer.alloc(0)
}

/** Overlapping entries are how small files claim to hold much. */
function refuseOverlaps(path: string, entries: readonly ZipEntry[], directoryOffset: number): void {
  const ordered = [...entries].sort((a, b) => a.offset - b.offset)
  ordered.forEach((entry, index) => {
    const limit = ordered[index + 1]?.offset ?? directoryOffset
    if (entry.offset + 30 + entry.compressedBytes > limit) {
      throw badWeights(path, `the tensor ${entry.name} overlaps what follows it`)
    }
  })
}
