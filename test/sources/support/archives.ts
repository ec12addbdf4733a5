/** Archives as no good program writes them. */
import { crc32, deflateRawSync } from 'node:zlib'

export interface ZipFile {
  /** Bytes where it is no UTF-8. */
  readonly name: string | Buffer
  readonly bytes?: Buffer
  readonly deflated?: boolean
  /** In the place of what is right. */
  readonly packedBytes?: number
  readonly byteCount?: number
  readonly crc?: number
  readonly flags?: number
  readonly method?: number
  /** Of Unix. */
  readonly mode?: number
  /** Of the local header. */
  readonly offset?: number
  readonly isZip64?: boolean
}

export interface ZipOptions {
  readonly comment?: string
  readonly before?: Buffer
  readonly entryCount?: number
  readonly isZip64?: boolean
}

export function zipOf(files: readonly ZipFile[], options: ZipOptions = {}): Buffer {
  const { comment = '', before = Buffer.alloc(0) } = options
  const locals: Buffer[] = []
  const central: Buffer[] = []
  let at = 0
  for (const file of files) {
    const {
      bytes = Buffer.alloc(0),
      deflated = false,
      flags = 0x800,
      mode = 0o100644,
      isZip64 = false,
    } = file
    const name = Buffer.from(file.name)
    const packed = deflated ? deflateRawSync(bytes) : bytes
    const method = file.method ?? (deflated ? 8 : 0)
    const offset = file.offset ?? at
    const lengths = [file.byteCount ?? bytes.length, file.packedBytes ?? packed.length, offset]
    const extra = Buffer.alloc(isZip64 ? 28 : 0)
    if (isZip64) {
      extra.writeUInt16LE(1, 0)
      extra.writeUInt16LE(24, 2)
      for (const [index, length] of lengths.entries()) extra.writeBigUInt64LE(BigInt(length), 4 + index * 8)
    }
    const [byteCount, packedBytes, shownOffset] = isZip64 ? lengths.map(() => 0xffffffff) : lengths
    const local = Buffer.alloc(30)
    local.writeUInt32LE(0x04034b50, 0)
    local.writeUInt16LE(flags, 6)
    local.writeUInt16LE(method, 8)
    local.writeUInt16LE(name.length, 26)
    const header = Buffer.alloc(46)
    header.writeUInt32LE(0x02014b50, 0)
    header.writeUInt8(3, 5)
    header.writeUInt16LE(flags, 8)
    header.writeUInt16LE(method, 10)
    header.writeUInt32LE(file.crc ?? crc32(bytes), 16)
    header.writeUInt32LE(packedBytes ?? 0, 20)
    header.writeUInt32LE(byteCount ?? 0, 24)
    header.writeUInt16LE(name.length, 28)
    header.writeUInt16LE(extra.length, 30)
    header.writeUInt32LE((mode << 16) >>> 0, 38)
    header.writeUInt32LE(shownOffset ?? 0, 42)
    locals.push(local, name, packed)
    central.push(header, name, extra)
    at += 30 + name.length + packed.length
  }
  const directory = Buffer.concat(central)
  const entryCount = options.entryCount ?? files.length
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(options.isZip64 === true ? 0xffff : entryCount & 0xffff, 8)
  end.writeUInt16LE(options.isZip64 === true ? 0xffff : entryCount & 0xffff, 10)
  end.writeUInt32LE(directory.length, 12)
  end.writeUInt32LE(options.isZip64 === true ? 0xffffffff : at, 16)
  end.writeUInt16LE(comment.length, 20)
  const end64 = Buffer.alloc(options.isZip64 === true ? 76 : 0)
  if (options.isZip64 === true) {
    end64.writeUInt32LE(0x06064b50, 0)
    end64.writeBigUInt64LE(BigInt(entryCount), 32)
    end64.writeBigUInt64LE(BigInt(directory.length), 40)
    end64.writeBigUInt64LE(BigInt(at), 48)
    end64.writeUInt32LE(0x07064b50, 56)
    end64.writeBigUInt64LE(BigInt(before.length + at + directory.length), 64)
  }
  return Buffer.concat([before, ...locals, directory, end64, end, Buffer.from(comment, 'latin1')])
}

export interface TarFile {
  readonly name: string | Buffer
  readonly bytes?: Buffer
  /** '0' a file, '2' a link, '5' a folder … */
  readonly type?: string
  readonly size?: number
  readonly link?: string
}

export function tarOf(files: readonly TarFile[], hasEnd = true): Buffer {
  const blocks = files.flatMap((file) => {
    const { bytes = Buffer.alloc(0), type = '0' } = file
    const header = Buffer.alloc(512)
    Buffer.from(file.name).copy(header, 0, 0, 100)
    header.write('0000644\0', 100)
    header.write(`${(file.size ?? bytes.length).toString(8).padStart(11, '0')}\0`, 124)
    header.write('        ', 148)
    header.write(type, 156)
    header.write(file.link ?? '', 157)
    header.write('ustar\x0000', 257)
    const sum = header.reduce((total, byte) => total + byte, 0)
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
    return [header, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)]
  })
  return Buffer.concat([...blocks, Buffer.alloc(hasEnd ? 1024 : 0)])
}
