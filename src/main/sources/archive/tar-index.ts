/** The headers of a tar file, one before each member: ustar, and the long names of GNU and POSIX (pax). */
import { badArchive, MemberList, mostMembers, type IndexReading } from './member'

const blockBytes = 512
/** Long names and their like; more is no header. */
const mostHeaderBytes = 1 << 20
const pieceBytes = 1 << 16
/** Behind smaller members the next header lies in the piece that is read anyway. */
const smallBytes = 1 << 14

interface Extras {
  path?: string
  size?: number
  isSparse?: boolean
}

interface Header {
  readonly name: Buffer
  readonly type: string
  readonly byteCount: number
}

/** Throws 'path-not-readable'. */
export function* tarIndex(path: string, size: number): IndexReading {
  const list = new MemberList()
  let held: { at: number; bytes: Buffer } = { at: 0, bytes: Buffer.alloc(0) }
  let nextLength = pieceBytes
  function* read(at: number, length: number): Generator<{ at: number; length: number }, Buffer, Buffer> {
    if (at < held.at || at + length > held.at + held.bytes.length)
      held = { at, bytes: yield { at, length: Math.max(length, nextLength) } }
    return held.bytes.subarray(at - held.at, at - held.at + length)
  }

  let extras: Extras = {}
  let count = 0
  let at = 0
  while (at + blockBytes <= size) {
    const block = yield* read(at, blockBytes)
    if (block.every((byte) => byte === 0)) break // the end is two such blocks; one is enough
    const header = headerOf(block)
    if (header === null) {
      if (count === 0 && at === 0) throw badArchive(path, 'it is not a tar file.')
      throw badArchive(path, `it is damaged at byte ${String(at)}.`)
    }
    const { type } = header
    const isExtra = 'xgLK'.includes(type)
    const byteCount = isExtra ? header.byteCount : (extras.size ?? header.byteCount)
    const dataAt = at + blockBytes
    if (dataAt + byteCount > size) throw badArchive(path, `it is cut off within ${nameOf(header, extras)}.`)
    if (isExtra) {
      if (byteCount > mostHeaderBytes) throw badArchive(path, `it is damaged at byte ${String(at)}.`)
      const bytes = Buffer.from(yield* read(dataAt, byteCount))
      if (type === 'L') extras.path = withoutEnd(bytes).toString('utf8')
      else if (type === 'x') extras = { ...extras, ...paxOf(bytes) }
    } else {
      if (++count > mostMembers)
        throw badArchive(path, `it has more than ${String(mostMembers / 1e6)} million files.`, '')
      take(list, header, extras, dataAt, byteCount)
      extras = {}
    }
    nextLength = byteCount < smallBytes ? pieceBytes : blockBytes * 3
    at = dataAt + Math.ceil(byteCount / blockBytes) * blockBytes
  }
  if (at === 0 || (count === 0 && at + blockBytes > size))
    throw badArchive(path, 'there is no file in it.', 'Choose an archive that has images in folders.')
  return { members: list.members, folders: list.folders, faults: list.faults }
}

function take(list: MemberList, header: Header, extras: Extras, offset: number, byteCount: number): void {
  const { type } = header
  const name = nameOf(header, extras)
  if (extras.path === undefined && !Buffer.from(name).equals(header.name))
    return list.leaveOut(name, 'The name is not valid UTF-8. Rename it to use it.', 'unreadable')
  if (type === '5' || (name.endsWith('/') && '0\0'.includes(type))) return list.addFolder(name)
  if (type === '1' || type === '2')
    return list.leaveOut(name, 'It is a link. Links in archives are not followed.')
  if (type === 'S' || extras.isSparse === true)
    return list.leaveOut(
      name,
      'It is stored with holes, which cannot be read in place.',
      'unsupported-format',
    )
  if (type === '0' || type === '\0' || type === '7')
    return list.addFile(name, { offset, packedBytes: byteCount, byteCount, packing: 'tar', crc: null })
  // Of GNU: names of volumes and their like
  if ('346'.includes(type))
    list.leaveOut(name, 'It is neither a file nor a folder (a device or a pipe).', 'unreadable')
}

function nameOf({ name }: Header, { path }: Extras): string {
  return path ?? name.toString('utf8')
}

/** POSIX.1-2017, pax, "ustar Interchange Format"; null where its sum is wrong. */
export function headerOf(block: Buffer): Header | null {
  if (block.length < blockBytes) return null
  const stated = numberOf(block.subarray(148, 156))
  let unsigned = 0
  let signed = 0
  for (let index = 0; index < blockBytes; index++) {
    const byte = index >= 148 && index < 156 ? 0x20 : (block[index] ?? 0)
    unsigned += byte
    signed += byte > 127 ? byte - 256 : byte // as some old programs added them up
  }
  const byteCount = numberOf(block.subarray(124, 136))
  if (byteCount === null || (stated !== unsigned && stated !== signed)) return null
  const name = withoutEnd(block.subarray(0, 100))
  const type = String.fromCharCode(block[156] ?? 0)
  const isPosix = block.toString('latin1', 257, 263) === 'ustar\0'
  const prefix = isPosix ? withoutEnd(block.subarray(345, 500)) : Buffer.alloc(0)
  return {
    name: prefix.length === 0 ? Buffer.from(name) : Buffer.concat([prefix, Buffer.from('/'), name]),
    type,
    byteCount: type === '5' ? 0 : byteCount, // some programs give folders a size
  }
}

/** Octal digits, or big-endian with the first bit set; null where it is neither, or no possible length. */
function numberOf(field: Buffer): number | null {
  const first = field[0] ?? 0
  if ((first & 0x80) !== 0) {
    let value = first & 0x7f
    for (const byte of field.subarray(1)) value = value * 256 + byte
    return Number.isSafeInteger(value) ? value : null
  }
  const text = field
    .toString('latin1')
    .replace(/[\0 ]+$/, '')
    .trim()
  return text === '' ? 0 : /^[0-7]+$/.test(text) ? parseInt(text, 8) : null
}

function withoutEnd(bytes: Buffer): Buffer {
  const end = bytes.indexOf(0)
  return end < 0 ? bytes : bytes.subarray(0, end)
}

/** Records "LENGTH key=value\n"; what is not understood says nothing. */
function paxOf(bytes: Buffer): Extras {
  const extras: Extras = {}
  for (let at = 0; at < bytes.length;) {
    const space = bytes.indexOf(0x20, at)
    const length = space < 0 ? NaN : Number(bytes.toString('latin1', at, space))
    if (!(length > 0) || at + length > bytes.length) break
    const record = bytes.toString('utf8', space + 1, at + length - 1)
    const equals = record.indexOf('=')
    const key = record.slice(0, equals)
    const value = record.slice(equals + 1)
    if (key === 'path') extras.path = value
    if (key === 'size' && /^\d{1,15}$/.test(value)) extras.size = Number(value)
    if (key.startsWith('GNU.sparse')) extras.isSparse = true
    at += length
  }
  return extras
}
