import { crc32 } from 'node:zlib'
import { npyHeaderBytes } from './npy-header'
import type { WeightSet } from './weight-set'
import { writeWhole } from './write-whole'

const limit32 = 0xffffffff

/**
 * Writes float32 arrays, stored, in the published naming; Zip64 where the file passes 4 GB. The file appears whole under its name or not
 * at all. `zip64From` is for tests of large files without large files.
 */
export async function writeNpz(weights: WeightSet, path: string, zip64From: number = limit32): Promise<void> {
  await writeWhole(path, async (write) => {
    let offset = 0
    const directory: Buffer[] = []
    for (const [name, { shape, data }] of weights) {
      const head = npyHeaderBytes(shape)
      const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength)
      const entry = {
        name: Buffer.from(`${name}.npy`, 'utf8'),
        crc: crc32(bytes, crc32(head)),
        byteCount: head.length + bytes.length,
        offset,
      }
      const local = localHeader(entry)
      await write(local)
      await write(head)
      await write(bytes)
      offset += local.length + entry.byteCount
      directory.push(centralHeader(entry, zip64From))
    }
    const directoryBytes = Buffer.concat(directory)
    await write(directoryBytes)
    await write(endOfFile(directory.length, directoryBytes.length, offset, zip64From))
  })
}

export interface StoredEntry {
  readonly name: Buffer
  readonly crc: number
  /** Below 4 GB: the largest tensor of any BiT has 0.7 GB. */
  readonly byteCount: number
  readonly offset: number
}

/** 1 January 1980, the zip epoch: the same weights give the same file. */
const dosDate = 0x21

/** Stored, not compressed. */
export function localHeader({ name, crc, byteCount }: StoredEntry): Buffer {
  if (byteCount >= limit32) throw new RangeError(`${name.toString()} has more than 4 GB.`)
  const bytes = Buffer.alloc(30)
  bytes.writeUInt32LE(0x04034b50, 0)
  bytes.writeUInt16LE(20, 4)
  bytes.writeUInt16LE(dosDate, 12)
  bytes.writeUInt32LE(crc, 14)
  bytes.writeUInt32LE(byteCount, 18)
  bytes.writeUInt32LE(byteCount, 22)
  bytes.writeUInt16LE(name.length, 26)
  return Buffer.concat([bytes, name])
}

export function centralHeader(
  { name, crc, byteCount, offset }: StoredEntry,
  zip64From: number = limit32,
): Buffer {
  const wide = offset >= zip64From
  const extra = Buffer.alloc(wide ? 12 : 0)
  if (wide) {
    extra.writeUInt16LE(1, 0)
    extra.writeUInt16LE(8, 2)
    extra.writeBigUInt64LE(BigInt(offset), 4)
  }
  const bytes = Buffer.alloc(46)
  bytes.writeUInt32LE(0x02014b50, 0)
  bytes.writeUInt16LE(wide ? 45 : 20, 4)
  bytes.writeUInt16LE(wide ? 45 : 20, 6)
  bytes.writeUInt16LE(dosDate, 14)
  bytes.writeUInt32LE(crc, 16)
  bytes.writeUInt32LE(byteCount, 20)
  bytes.writeUInt32LE(byteCount, 24)
  bytes.writeUInt16LE(name.length, 28)
  bytes.writeUInt16LE(extra.length, 30)
  bytes.writeUInt32LE(wide ? limit32 : offset, 42)
  return Buffer.concat([bytes, name, extra])
}

export function endOfFile(
  entryCount: number,
  directoryBytes: number,
  directoryOffset: number,
  zip64From: number = limit32,
): Buffer {
  const wide = directoryOffset >= zip64From || entryCount >= 0xffff
  const end64 = Buffer.alloc(wide ? 76 : 0)
  if (wide) {
    end64.writeUInt32LE(0x06064b50, 0)
    end64.writeBigUInt64LE(44n, 4)
    end64.writeUInt16LE(45, 12)
    end64.writeUInt16LE(45, 14)
    end64.writeBigUInt64LE(BigInt(entryCount), 24)
    end64.writeBigUInt64LE(BigInt(entryCount), 32)
    end64.writeBigUInt64LE(BigInt(directoryBytes), 40)
    end64.writeBigUInt64LE(BigInt(directoryOffset), 48)
    end64.writeUInt32LE(0x07064b50, 56)
    end64.writeBigUInt64LE(BigInt(directoryOffset + directoryBytes), 64)
    end64.writeUInt32LE(1, 72)
  }
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(Math.min(entryCount, 0xffff), 8)
  end.writeUInt16LE(Math.min(entryCount, 0xffff), 10)
  end.writeUInt32LE(directoryBytes, 12)
  end.writeUInt32LE(wide ? limit32 : directoryOffset, 16)
  return Buffer.concat([end64, end])
}
