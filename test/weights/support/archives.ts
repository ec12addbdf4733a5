/** Weight files as others may write them, by hand. */
import { crc32, deflateRawSync } from 'node:zlib'

/** One array as numpy would write it. */
export function npy(
  descr: string,
  shape: string,
  data: Uint8Array,
  options: { order?: string; version?: number } = {},
): Buffer {
  const { order = 'False', version = 1 } = options
  const literal = `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': ${shape}, }\n`
  const head = Buffer.alloc(version === 1 ? 10 : 12)
  head.write('\x93NUMPY', 'latin1')
  head.writeUInt8(version, 6)
  if (version === 1) head.writeUInt16LE(literal.length, 8)
  else head.writeUInt32LE(literal.length, 8)
  return Buffer.concat([head, Buffer.from(literal, 'latin1'), data])
}

export interface Member {
  name: string
  bytes: Uint8Array
  deflated?: boolean
  /** What the directory claims instead of the truth. */
  claimedBytes?: number
}

export function zip(members: Member[]): Buffer {
  const files: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const { name, bytes, deflated = false, claimedBytes = bytes.length } of members) {
    const packed = deflated ? deflateRawSync(bytes) : Buffer.from(bytes)
    const shared = Buffer.alloc(26)
    shared.writeUInt16LE(20, 0)
    shared.writeUInt16LE(deflated ? 8 : 0, 4)
    shared.writeUInt32LE(crc32(bytes), 10)
    shared.writeUInt32LE(packed.length, 14)
    shared.writeUInt32LE(claimedBytes, 18)
    shared.writeUInt16LE(name.length, 22)
    files.push(Buffer.from('PK\x03\x04', 'latin1'), shared, Buffer.from(name), packed)
    const tail = Buffer.alloc(14)
    tail.writeUInt32LE(offset, 10)
    directory.push(Buffer.from('PK\x01\x02\x14\x00', 'latin1'), shared, tail, Buffer.from(name))
    offset += 30 + name.length + packed.length
  }
  const central = Buffer.concat(directory)
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06', 'latin1')
  end.writeUInt16LE(members.length, 10)
  end.writeUInt32LE(central.length, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...files, central, end])
}

/** `header` as it stands, then the data. */
export function safetensors(header: unknown, data: Uint8Array): Buffer {
  const json = Buffer.from(JSON.stringify(header))
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(json.length))
  return Buffer.concat([length, json, data])
}

/** Every array of a model as zeros, deflated to next to nothing. */
export function zerosNpz(shapes: readonly { name: string; shape: readonly number[] }[]): Buffer {
  return zip(
    shapes.map(({ name, shape }) => {
      const data = new Uint8Array(4 * shape.reduce((product, size) => product * size, 1))
      return { name: `${name}.npy`, bytes: npy('<f4', `(${shape.join(', ')},)`, data), deflated: true }
    }),
  )
}
