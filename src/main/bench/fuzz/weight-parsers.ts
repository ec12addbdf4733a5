/** Weights of a whole model of the smallest size. */
import { crc32, deflateRawSync } from 'node:zlib'
import { parameterShapes } from '../../../domain/model/spec'
import { inspectWeights } from '../../weights/inspect'
import { npyHeaderBytes } from '../../weights/npy-header'
import { readWeights } from '../../weights/read'
import { timmFromPublished } from '../../weights/timm-names'
import { fileSample, type Attempt, type Parser } from './sample'

const shapes = parameterShapes({ units: [1, 1, 1, 1], width: 0.5 }, 3)
const byteCountOf = (shape: readonly number[]): number =>
  4 * shape.reduce((product, size) => product * size, 1)

export const weightParsers: readonly Parser[] = [
  {
    name: 'npz',
    samples: () => [fileSample('zeros.npz', zerosNpz())],
    read: readInAllWays,
  },
  {
    name: 'safetensors',
    samples: () => {
      const { header, dataBytes } = zerosHeader()
      return [{ ...fileSample('zeros.safetensors', header), holeBytes: dataBytes }]
    },
    read: readInAllWays,
  },
]

async function readInAllWays(path: string, attempt: Attempt): Promise<void> {
  await attempt(() => inspectWeights(path))
  await attempt(() => readWeights(path))
}

/** Every array as zeros, deflated to next to nothing. */
function zerosNpz(): Buffer {
  const locals: Buffer[] = []
  const central: Buffer[] = []
  let offset = 0
  for (const { name, shape } of shapes) {
    const bytes = Buffer.concat([npyHeaderBytes(shape), Buffer.alloc(byteCountOf(shape))])
    const packed = deflateRawSync(bytes)
    const nameBytes = Buffer.from(`${name}.npy`)
    const facts = Buffer.alloc(26)
    facts.writeUInt16LE(20, 0)
    facts.writeUInt16LE(8, 4)
    facts.writeUInt32LE(crc32(bytes), 10)
    facts.writeUInt32LE(packed.length, 14)
    facts.writeUInt32LE(bytes.length, 18)
    facts.writeUInt16LE(nameBytes.length, 22)
    const tail = Buffer.alloc(14)
    tail.writeUInt32LE(offset, 10)
    locals.push(Buffer.from('PK\x03\x04', 'latin1'), facts, nameBytes, packed)
    central.push(Buffer.from('PK\x01\x02\x14\x00', 'latin1'), facts, tail, nameBytes)
    offset += 30 + nameBytes.length + packed.length
  }
  const directory = Buffer.concat(central)
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06', 'latin1')
  end.writeUInt16LE(shapes.length, 8)
  end.writeUInt16LE(shapes.length, 10)
  end.writeUInt32LE(directory.length, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...locals, directory, end])
}

function zerosHeader(): { header: Buffer; dataBytes: number } {
  let dataBytes = 0
  const entries = shapes.map(({ name, shape }): [string, unknown] => {
    const start = dataBytes
    dataBytes += byteCountOf(shape)
    const [height = 0, width = 0, input = 0, output = 0] = shape
    const stored = shape.length === 4 ? [output, input, height, width] : shape
    return [timmFromPublished(name), { dtype: 'F32', shape: stored, data_offsets: [start, dataBytes] }]
  })
  const metadata = { format: 'pt', note: 'nobody reads this '.repeat(30) }
  const json = Buffer.from(JSON.stringify({ __metadata__: metadata, ...Object.fromEntries(entries) }))
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(json.length))
  return { header: Buffer.concat([length, json]), dataBytes }
}
