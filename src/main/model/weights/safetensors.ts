/** Hugging Face's safetensors: a JSON header, then the numbers (github.com/huggingface/safetensors, "Format"). */
import { z } from 'zod'
import { elementCount } from '../spec'
import { badWeights } from './bad-weights'
import type { FileReader } from './file-reader'
import { bytesOf, floatSink } from './float-decode'
import type { FloatType } from './float-decode'
import { publishedName } from './npz'
import { hwioFromOihw, oihwFromHwio, publishedFromTimm, timmFromPublished } from './timm-names'
import type { WeightSet, WeightTensor } from './weight-set'
import { writeWhole } from './write-whole'

/** The format allows 100 MB; the largest BiT needs 60 kB. */
const longestHeader = 10_000_000

const types: Readonly<Record<string, FloatType>> = { F32: 'float32', F16: 'float16', BF16: 'bfloat16' }

const headerSchema = z.record(
  z.string(),
  z.object({
    dtype: z.string(),
    shape: z.array(z.int().min(0)).max(8),
    data_offsets: z.tuple([z.int().min(0), z.int().min(0)]),
  }),
)

interface Place {
  readonly key: string
  /** As published. */
  readonly name: string
  readonly type: FloatType
  readonly shape: readonly number[]
  readonly start: number
  readonly end: number
}

/** Both timm's names (kernels OIHW, turned to HWIO) and the published ones are taken. */
export async function readSafetensors(reader: FileReader): Promise<WeightSet> {
  const { path } = reader
  const lengthBytes = await reader.read(0, 8, 'its header')
  const headerBytes = Number(lengthBytes.readBigUInt64LE(0))
  if (headerBytes > longestHeader) {
    throw badWeights(path, 'it is neither an .npz nor a .safetensors: its header has no plausible length')
  }
  const header = await reader.read(8, headerBytes, 'its header')
  const dataStart = 8 + headerBytes
  const weights = new Map<string, WeightTensor>()
  for (const place of placesOf(path, header.toString('utf8'), reader.byteCount - dataStart)) {
    const { name } = place
    if (weights.has(name)) throw badWeights(path, `it holds the tensor ${name} twice`)
    weights.set(name, await readTensor(reader, place, dataStart))
  }
  return weights
}

/** Writes timm's names and layout, float32. The file appears whole under its name or not at all. */
export async function writeSafetensors(weights: WeightSet, path: string): Promise<void> {
  const header: Record<string, unknown> = { __metadata__: { format: 'pt' } }
  let offset = 0
  for (const [name, { shape, data }] of weights) {
    header[timmFromPublished(name)] = {
      dtype: 'F32',
      shape: isKernel(shape) ? [shape[3], shape[2], shape[0], shape[1]] : shape,
      data_offsets: [offset, offset + data.byteLength],
    }
    offset += data.byteLength
  }
  const json = Buffer.from(JSON.stringify(header), 'utf8')
  const padded = Buffer.concat([json, Buffer.alloc((8 - (json.length % 8)) % 8, ' ')])
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(padded.length))
  await writeWhole(path, async (write) => {
    await write(length)
    await write(padded)
    for (const { shape, data } of weights.values()) {
      const laidOut = isKernel(shape) ? oihwFromHwio(data, shape) : data
      await write(new Uint8Array(laidOut.buffer, laidOut.byteOffset, laidOut.byteLength))
    }
  })
}

function isKernel(shape: readonly number[]): boolean {
  return shape.length === 4
}

/** In the order of the file, which they must fill without gaps or overlaps. */
function placesOf(path: string, text: string, dataBytes: number): Place[] {
  const places = parseHeader(path, text)
    .map(
      ([
        key,
        {
          dtype,
          shape,
          data_offsets: [start, end],
        },
      ]) => {
        const type = types[dtype]
        const what = `the tensor ${key}`
        if (type === undefined)
          throw badWeights(path, `${what} is of the type ${dtype.slice(0, 20)}; F32, F16 or BF16 is needed`)
        if (end - start !== elementCount(shape) * bytesOf[type]) {
          throw badWeights(path, `${what} does not have as many numbers as its shape says`)
        }
        const name = key.startsWith('resnet/') ? publishedName(key) : publishedFromTimm(key)
        if (name === null) throw badWeights(path, `its tensor ${key} is not of a BiT model`)
        return { key, name, type, shape, start, end }
      },
    )
    .sort((a, b) => a.start - b.start || a.end - b.end)
  let expected = 0
  for (const { key, start, end } of places) {
    if (start !== expected)
      throw badWeights(path, `the tensor ${key} does not begin where the one before it ends`)
    if (end > dataBytes) throw badWeights(path, `the tensor ${key} is cut off`)
    expected = end
  }
  if (expected !== dataBytes) throw badWeights(path, 'it is longer than its header says')
  return places
}

function parseHeader(path: string, text: string): [string, z.infer<typeof headerSchema>[string]][] {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw badWeights(path, 'its header is damaged', cause)
  }
  if (typeof value !== 'object' || value === null) throw badWeights(path, 'its header is damaged')
  const tensors = Object.fromEntries(Object.entries(value).filter(([key]) => key !== '__metadata__'))
  const checked = headerSchema.safeParse(tensors)
  if (checked.success) return Object.entries(checked.data)
  const key = checked.error.issues[0]?.path[0]
  throw badWeights(path, `its header is damaged${key === undefined ? '' : ` at the tensor ${String(key)}`}`)
}

async function readTensor(reader: FileReader, place: Place, dataStart: number): Promise<WeightTensor> {
  const what = `the tensor ${place.key}`
  const sink = floatSink(place.type, elementCount(place.shape))
  for await (const piece of reader.pieces(dataStart + place.start, place.end - place.start, what))
    sink.add(piece)
  if (!sink.complete()) throw badWeights(reader.path, `${what} is cut off`)
  const { shape } = place
  if (!isKernel(shape) || place.key.startsWith('resnet/')) return { shape, data: sink.data }
  const [output = 0, input = 0, height = 0, width = 0] = shape
  return { shape: [height, width, input, output], data: hwioFromOihw(sink.data, shape) }
}
