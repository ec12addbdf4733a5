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

/** The format allows 100 MB; the largest BiT needs 60 kB, and as much as 1 MB with the names of 21,843 classes. */
const longestHeader = 4_000_000

const types: Readonly<Record<string, FloatType>> = { F32: 'float32', F16: 'float16', BF16: 'bfloat16' }

const tensorSchema = z.object({
  dtype: z.string(),
  shape: z.array(z.int().min(0)).max(8),
  data_offsets: z.tuple([z.int().min(0), z.int().min(0)]),
})
const metadataKey = '__metadata__'
const metadataSchema = z.record(z.string(), z.string())

interface Place {
  readonly key: string
  /** As published. */
  readonly name: string
  readonly type: FloatType
  /** As in the file. */
  readonly shape: readonly number[]
  readonly start: number
  readonly end: number
}

/** Both timm's names (kernels OIHW, turned to HWIO) and the published ones are taken. */
export async function readSafetensors(reader: FileReader): Promise<WeightSet> {
  const { places, dataStart } = await readHeader(reader)
  const weights = new Map<string, WeightTensor>()
  for (const place of places) weights.set(place.name, await readTensor(reader, place, dataStart))
  return weights
}

/** The header alone: shapes as published, and what was written beside them. */
export async function readSafetensorsShapes(reader: FileReader): Promise<{
  shapes: Map<string, readonly number[]>
  metadata: Readonly<Record<string, string>>
}> {
  const { places, metadata } = await readHeader(reader)
  return { shapes: new Map(places.map((place) => [place.name, publishedShape(place)])), metadata }
}

async function readHeader(reader: FileReader) {
  const { path } = reader
  const lengthBytes = await reader.read(0, 8, 'its header')
  const headerBytes = Number(lengthBytes.readBigUInt64LE(0))
  if (headerBytes > longestHeader) {
    throw badWeights(path, 'it is neither an .npz nor a .safetensors: its header has no plausible length')
  }
  const text = (await reader.read(8, headerBytes, 'its header')).toString('utf8')
  const dataStart = 8 + headerBytes
  const { tensors, metadata } = parseHeader(path, text)
  return { places: placesOf(path, tensors, reader.byteCount - dataStart), metadata, dataStart }
}

/** Writes timm's names and layout, float32. The file appears whole under its name or not at all. `metadata`: see model-metadata.ts. */
export async function writeSafetensors(
  weights: WeightSet,
  path: string,
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  const header: Record<string, unknown> = { [metadataKey]: { format: 'pt', ...metadata } }
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

/** In the order of the file, which they must fill without gaps or overlaps; each name once. */
function placesOf(path: string, tensors: readonly [string, Described][], dataBytes: number): Place[] {
  const names = new Set<string>()
  const places = tensors
    .map(([key, described]) => placeOf(path, key, described))
    .sort((a, b) => a.start - b.start || a.end - b.end)
  let expected = 0
  for (const { key, name, start, end } of places) {
    if (names.has(name)) throw badWeights(path, `it holds the tensor ${name} twice`)
    names.add(name)
    if (start !== expected)
      throw badWeights(path, `the tensor ${key} does not begin where the one before it ends`)
    if (end > dataBytes) throw badWeights(path, `the tensor ${key} is cut off`)
    expected = end
  }
  if (expected !== dataBytes) throw badWeights(path, 'it is longer than its header says')
  return places
}

type Described = z.infer<typeof tensorSchema>

function placeOf(path: string, key: string, { dtype, shape, data_offsets: [start, end] }: Described): Place {
  const type = Object.hasOwn(types, dtype) ? types[dtype] : undefined
  const what = `the tensor ${key}`
  if (type === undefined)
    throw badWeights(path, `${what} is of the type ${dtype.slice(0, 20)}; F32, F16 or BF16 is needed`)
  if (end - start !== elementCount(shape) * bytesOf[type]) {
    throw badWeights(path, `${what} does not have as many numbers as its shape says`)
  }
  const name = key.startsWith('resnet/') ? publishedName(key) : publishedFromTimm(key)
  if (name === null) throw badWeights(path, `its tensor ${key} is not of a BiT model`)
  return { key, name, type, shape, start, end }
}

function parseHeader(
  path: string,
  text: string,
): { tensors: [string, Described][]; metadata: Readonly<Record<string, string>> } {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw badWeights(path, 'its header is damaged', cause)
  }
  if (typeof value !== 'object' || value === null) throw badWeights(path, 'its header is damaged')
  let metadata: Readonly<Record<string, string>> = {}
  const tensors: [string, Described][] = []
  for (const [key, described] of Object.entries(value)) {
    const valid = <T>({ data }: { data?: T }): T => {
      if (data === undefined) throw badWeights(path, `its header is damaged at the tensor ${key}`)
      return data
    }
    if (key === metadataKey) metadata = valid(metadataSchema.safeParse(described))
    else tensors.push([key, valid(tensorSchema.safeParse(described))])
  }
  return { tensors, metadata }
}

function publishedShape({ key, shape }: Place): readonly number[] {
  if (!isKernel(shape) || key.startsWith('resnet/')) return shape
  const [output = 0, input = 0, height = 0, width = 0] = shape
  return [height, width, input, output]
}

async function readTensor(reader: FileReader, place: Place, dataStart: number): Promise<WeightTensor> {
  const what = `the tensor ${place.key}`
  const sink = floatSink(place.type, elementCount(place.shape))
  for await (const piece of reader.pieces(dataStart + place.start, place.end - place.start, what))
    sink.add(piece)
  if (!sink.complete()) throw badWeights(reader.path, `${what} is cut off`)
  const shape = publishedShape(place)
  return { shape, data: shape === place.shape ? sink.data : hwioFromOihw(sink.data, place.shape) }
}
