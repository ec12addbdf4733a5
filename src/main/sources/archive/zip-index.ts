/** The directory of a zip file (PKZIP APPNOTE 6.3, Zip64 too). Every length is held to the file; nothing is unpacked. */
import type { WorkbenchError } from '../../../contract/errors'
import { nameOfBytes } from './member-name'
import { badArchive, MemberList, mostMembers, type IndexReading } from './member'

/** APPNOTE 4.3.6 to 4.3.16. */
const endSignature = 0x06054b50
const end64LocatorSignature = 0x07064b50
const end64Signature = 0x06064b50
const centralSignature = 0x02014b50
const localHeaderBytes = 30
const centralHeaderBytes = 46
const endBytes = 22
const longestComment = 0xffff
const pieceBytes = 1 << 20

/** Deflate cannot do better than 1032 : 1 (zlib's technical notes); images do not come near it. */
const impossibleRatio = 1032
const suspiciousRatio = 100
/** What unpacks to less is no bomb. */
const harmlessBytes = 64e6
const harmlessTotalBytes = 20e9

interface Directory {
  readonly at: number
  readonly byteCount: number
  readonly entryCount: number
  /** What stands before the archive in the file, as in a program that unpacks itself. */
  readonly shift: number
}

interface Header {
  readonly name: string
  readonly isFolder: boolean
  readonly isLink: boolean
  readonly isEncrypted: boolean
  readonly method: number
  readonly crc: number
  readonly packedBytes: number
  readonly byteCount: number
  readonly offset: number
}

/** Throws 'path-not-readable'. */
export function* zipIndex(path: string, size: number): IndexReading {
  const directory = yield* directoryOf(path, size)
  const list = new MemberList()
  const starts: number[] = []
  const ends: number[] = []
  let totalBytes = 0
  let bytes = Buffer.alloc(0)
  let from = 0
  let at = directory.at
  const end = directory.at + directory.byteCount
  // Old programs wrap the count at 65,536 files: what the directory itself goes on with counts.
  for (let count = 0; count < directory.entryCount || end - at + bytes.length - from > 0; count++) {
    if (count >= directory.entryCount) {
      while (bytes.length - from < 4 && at < end) {
        const piece: Buffer = yield { at, length: Math.min(pieceBytes, end - at) }
        if (piece.length === 0) break
        at += piece.length
        bytes = Buffer.concat([bytes.subarray(from), piece])
        from = 0
      }
      if (bytes.length - from < 4 || bytes.readUInt32LE(from) !== centralSignature) break
      if (count >= mostMembers) throw tooMany(path)
    }
    let headerBytes = headerLength(path, bytes, from)
    while (from + headerBytes > bytes.length) {
      const piece: Buffer = yield { at, length: Math.min(pieceBytes, end - at) }
      if (piece.length === 0) throw badArchive(path, 'its directory is cut off.')
      at += piece.length
      bytes = Buffer.concat([bytes.subarray(from), piece])
      from = 0
      headerBytes = headerLength(path, bytes, from)
    }
    const header = headerOf(path, bytes.subarray(from, from + headerBytes), directory.shift)
    from += headerBytes
    starts.push(header.offset)
    ends.push(header.offset + localHeaderBytes + header.packedBytes)
    totalBytes += header.byteCount
    take(path, list, header)
  }
  refuseOverlaps(path, starts, ends, directory.at)
  if (totalBytes > harmlessTotalBytes && totalBytes > suspiciousRatio * size) {
    const reason = `it would unpack to ${String(Math.round(totalBytes / 1e9))} GB, more than ${String(suspiciousRatio)} times its size.`
    throw badArchive(path, reason, 'It is no archive of images. Import the folder that they are in.')
  }
  return { members: list.members, folders: list.folders, faults: list.faults }
}

function* directoryOf(
  path: string,
  size: number,
): Generator<{ at: number; length: number }, Directory, Buffer> {
  const tailAt = Math.max(0, size - endBytes - longestComment - 20)
  const tail = yield { at: tailAt, length: size - tailAt }
  let at = tail.length - endBytes
  while (at >= 0 && !(tail.readUInt32LE(at) === endSignature && endsAtEnd(tail, at))) at -= 1
  if (at < 0) throw badArchive(path, 'it has no directory at its end, so it is cut off.')
  if (tail.readUInt16LE(at + 4) !== tail.readUInt16LE(at + 6) && tail.readUInt16LE(at + 4) !== 0xffff)
    throw badArchive(path, 'it is one of several files that belong together.', 'Join or unpack them first.')
  let entryCount = tail.readUInt16LE(at + 10)
  let byteCount = tail.readUInt32LE(at + 12)
  let stated = tail.readUInt32LE(at + 16)
  let endAt = tailAt + at
  if (at >= 20 && tail.readUInt32LE(at - 20) === end64LocatorSignature) {
    const end64At = Number(tail.readBigUInt64LE(at - 12))
    const end64 = yield { at: Math.min(end64At, size), length: 56 }
    if (end64.length < 56 || end64.readUInt32LE(0) !== end64Signature)
      throw badArchive(path, 'its directory is damaged.')
    entryCount = Number(end64.readBigUInt64LE(32))
    byteCount = Number(end64.readBigUInt64LE(40))
    stated = Number(end64.readBigUInt64LE(48))
    endAt = end64At
  }
  const shift = endAt - byteCount - stated
  if (shift < 0 || byteCount > endAt || entryCount * centralHeaderBytes > byteCount)
    throw badArchive(path, 'its directory is damaged: it says of itself what cannot be.')
  if (entryCount > mostMembers) throw tooMany(path)
  return { at: stated + shift, byteCount, entryCount, shift }
}

function tooMany(path: string): WorkbenchError {
  return badArchive(path, `it has more than ${String(mostMembers / 1e6)} million files.`, '')
}

/** A comment may hold what looks like the end of a directory. */
function endsAtEnd(tail: Buffer, at: number): boolean {
  return at + endBytes + tail.readUInt16LE(at + 20) <= tail.length
}

/** Of the header at `from`, as far as it can be told. */
function headerLength(path: string, bytes: Buffer, from: number): number {
  if (from + centralHeaderBytes > bytes.length) return centralHeaderBytes
  if (bytes.readUInt32LE(from) !== centralSignature) throw badArchive(path, 'its directory is damaged.')
  return (
    centralHeaderBytes +
    bytes.readUInt16LE(from + 28) +
    bytes.readUInt16LE(from + 30) +
    bytes.readUInt16LE(from + 32)
  )
}

const madeOnUnix = 3
const unixKind = 0o170000
const unixLink = 0o120000
const encryptedFlag = 1
const utf8Flag = 1 << 11

function headerOf(path: string, bytes: Buffer, shift: number): Header {
  const flags = bytes.readUInt16LE(8)
  const nameEnd = centralHeaderBytes + bytes.readUInt16LE(28)
  const nameBytes = bytes.subarray(centralHeaderBytes, nameEnd)
  const name = nameOfBytes(nameBytes, (flags & utf8Flag) !== 0).replaceAll('\\', '/')
  const lengths = {
    byteCount: bytes.readUInt32LE(24),
    packedBytes: bytes.readUInt32LE(20),
    offset: bytes.readUInt32LE(42),
  }
  // Zip64: the fields that overflow stand in the extra field, in this order
  let wide = zip64Field(bytes.subarray(nameEnd, nameEnd + bytes.readUInt16LE(30)))
  for (const key of ['byteCount', 'packedBytes', 'offset'] as const) {
    if (lengths[key] !== 0xffffffff) continue
    if (wide.length < 8) throw badArchive(path, `its directory is damaged at ${name}.`)
    lengths[key] = Number(wide.readBigUInt64LE(0))
    wide = wide.subarray(8)
  }
  const attributes = bytes.readUInt32LE(38)
  return {
    name,
    isFolder: name.endsWith('/'),
    isLink: bytes.readUInt8(5) === madeOnUnix && ((attributes >>> 16) & unixKind) === unixLink,
    isEncrypted: (flags & encryptedFlag) !== 0,
    method: bytes.readUInt16LE(10),
    crc: bytes.readUInt32LE(16),
    ...lengths,
    offset: lengths.offset + shift,
  }
}

function zip64Field(extra: Buffer): Buffer {
  for (let at = 0; at + 4 <= extra.length;) {
    const length = extra.readUInt16LE(at + 2)
    if (extra.readUInt16LE(at) === 1) return extra.subarray(at + 4, at + 4 + length)
    at += 4 + length
  }
  return Buffer.alloc(0)
}

const methodNames: Readonly<Record<number, string>> = {
  9: 'Deflate64',
  12: 'bzip2',
  14: 'LZMA',
  93: 'Zstandard',
  95: 'xz',
}

function take(path: string, list: MemberList, header: Header): void {
  const { name, method, packedBytes, byteCount, offset, crc } = header
  if (header.isFolder) return list.addFolder(name)
  if (header.isEncrypted) {
    const wayOut = 'Unpack it with its password, and import the folder.'
    throw badArchive(path, `its files are encrypted (${name}).`, wayOut)
  }
  if (header.isLink) return list.leaveOut(name, 'It is a link. Links in archives are not followed.')
  if (method !== 0 && method !== 8) {
    const how = methodNames[method] ?? `method ${String(method)}`
    const message = `It is packed with ${how}, which cannot be read in place. Unpack the archive and import the folder.`
    return list.leaveOut(name, message, 'unsupported-format')
  }
  const isPossible = method === 0 ? byteCount === packedBytes : byteCount <= packedBytes * impossibleRatio
  if (!isPossible) return list.leaveOut(name, 'Its lengths in the directory are impossible.', 'corrupt')
  if (byteCount > harmlessBytes && byteCount > packedBytes * suspiciousRatio) {
    const message = `It would unpack to more than ${String(suspiciousRatio)} times its size.`
    return list.leaveOut(name, message, 'too-large')
  }
  const packing = method === 0 ? 'stored' : 'deflated'
  list.addFile(name, { offset, packedBytes, byteCount, packing, crc })
}

/** Files that share bytes are how small archives claim to hold much. */
function refuseOverlaps(
  path: string,
  starts: readonly number[],
  ends: readonly number[],
  limit: number,
): void {
  const order = Uint32Array.from(starts, (_, index) => index).sort(
    (one, other) => (starts[one] ?? 0) - (starts[other] ?? 0),
  )
  let before = 0
  for (const index of order) {
    if ((starts[index] ?? 0) < before)
      throw badArchive(path, 'files in it overlap, as they do in archives that unpack without end.')
    before = ends[index] ?? 0
  }
  if (before > limit) throw badArchive(path, 'its directory says of a file that it goes beyond the end.')
}
