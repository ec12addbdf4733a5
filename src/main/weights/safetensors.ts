/** Hugging Face's safetensors: a JSON header, then the numbers (github.com/huggingface/safetensors, "Format"). */
import { z } from 'zod'
import { elementCount } from '../../domain/model/spec'
import { badWeights } from './bad-weights'
import type { FileReader } from './file-reader'
import { bytesOf, floatSink } from './float-decode'
import type { FloatType } from './float-decode'
import { publishedName } from './npz'
import {
  hwioFromOihw,
  oihwFromHwio,
  publishedFromTimm,
  timmFromPublished,
  type LayerKinds,
} from './timm-names'
import type { WeightSet, WeightTensor } from './weight-set'
import { writeWhole } from './write-whole'

/** The format allows 100 MB; the largest BiT needs 60 kB, and as much as 1 MB with the names of 21,843 classes. */
const longestHeader = 4_000_000

const types: Readonly<Record<string, FloatType>> = {
  F32: 'float32',
  F16: 'float16',
  BF16: 'bfloat16',
  I8: 'int8',
}
/**
 * Ours, not the format's: a kernel of I8 stands beside a tensor of F32 with this suffix, which has a factor for each output channel. Weight
 * standardization takes most of the loss away, since it sets each output channel's size anew.
 */
const scaleSuffix = '.scale'

const tensorSchema = z.object({
  dtype: z.string(),
  shape: z.array(z.int().min(0)).max(8),
  data_offsets: z.tuple([z.int().min(0), z.int().min(0)]),
})
const metadataKey = '__metadata__'
/** timm's names are the same for standardized and plain convolutions. Beside those of model-metadata.ts. */
const convolutionKey = 'bitw.convolution'
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
  /** Of an I8 kernel, its factors; null for all others. */
  readonly scale: Place | null
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
    throw badWeights(path, 'it is neither a .npz nor a .safetensors file: its header length is implausible')
  }
  const text = (await reader.read(8, headerBytes, 'its header')).toString('utf8')
  const dataStart = 8 + headerBytes
  const { tensors, metadata } = parseHeader(path, text)
  const kinds: LayerKinds = {
    ...(tensors.some(([key]) => key.endsWith('.running_mean')) ? { norm: 'batch' } : {}),
    ...(metadata[convolutionKey] === 'plain' ? { convolution: 'plain' } : {}),
  }
  return { places: placesOf(path, tensors, kinds, reader.byteCount - dataStart), metadata, dataStart }
}

/**
 * Writes timm's names and layout, float32; kernels 'int8' where a small file matters more than the last digits (timm does not read those). The
 * file appears whole under its name or not at all. `metadata`: see model-metadata.ts.
 */
export async function writeSafetensors(
  weights: WeightSet,
  path: string,
  metadata: Readonly<Record<string, string>> = {},
  kernels: 'float32' | 'int8' = 'float32',
): Promise<void> {
  const plain = [...weights.keys()].some((name) => name.startsWith('resnet/root_block/conv2d/'))
  const header: Record<string, unknown> = {
    [metadataKey]: { format: 'pt', ...(plain && { [convolutionKey]: 'plain' }), ...metadata },
  }
  let offset = 0
  const describe = (key: string, dtype: string, shape: readonly number[], byteCount: number): void => {
    header[key] = { dtype, shape, data_offsets: [offset, offset + byteCount] }
    offset += byteCount
  }
  for (const [name, { shape, data }] of weights) {
    const key = timmFromPublished(name)
    const [height = 0, width = 0, input = 0, output = 0] = shape
    if (!isKernel(shape)) describe(key, 'F32', shape, data.byteLength)
    else if (kernels === 'float32') describe(key, 'F32', [output, input, height, width], data.byteLength)
    else {
      describe(key, 'I8', [output, input, height, width], data.length)
      describe(key + scaleSuffix, 'F32', [output], 4 * output)
    }
  }
  await writeWhole(path, async (write) => {
    await write(headerBytes(header))
    for (const { shape, data } of weights.values()) {
      const laidOut = isKernel(shape) ? oihwFromHwio(data, shape) : data
      const parts = isKernel(shape) && kernels === 'int8' ? quantized(laidOut, shape[3] ?? 1) : [laidOut]
      for (const { buffer, byteOffset, byteLength } of parts)
        await write(new Uint8Array(buffer, byteOffset, byteLength))
    }
  })
}

/**
 * Writes published names and layout, float32, which `readSafetensors` takes without turning anything. `bytes`: of all tensors in this order, cut
 * anywhere; what comes after them is read and not written.
 */
export async function writePublished(
  tensors: readonly { readonly name: string; readonly shape: readonly number[] }[],
  bytes: AsyncIterable<Uint8Array>,
  path: string,
  metadata: Readonly<Record<string, string>>,
): Promise<void> {
  const header: Record<string, unknown> = { [metadataKey]: { format: 'pt', ...metadata } }
  let byteCount = 0
  for (const { name, shape } of tensors) {
    const end = byteCount + 4 * elementCount(shape)
    header[name] = { dtype: 'F32', shape, data_offsets: [byteCount, end] }
    byteCount = end
  }
  await writeWhole(path, async (write) => {
    await write(headerBytes(header))
    let left = byteCount
    for await (const chunk of bytes) {
      await write(chunk.subarray(0, left))
      left -= Math.min(left, chunk.length)
    }
  })
}

function headerBytes(header: Readonly<Record<string, unknown>>): Uint8Array {
  const json = Buffer.from(JSON.stringify(header), 'utf8')
  const length = Buffer.alloc(8)
  const padding = Buffer.alloc((8 - (json.length % 8)) % 8, ' ')
  length.writeBigUInt64LE(BigInt(json.length + padding.length))
  return Buffer.concat([length, json, padding])
}

function isKernel(shape: readonly number[]): boolean {
  return shape.length === 4
}

/** OIHW: each output channel in 127 steps either way of its largest weight; and the size of a step. */
function quantized(data: Float32Array, outputs: number): [Int8Array, Float32Array] {
  const perOutput = data.length / outputs
  const steps = new Int8Array(data.length)
  const scales = new Float32Array(outputs)
  for (let output = 0; output < outputs; output += 1) {
    const row = data.subarray(output * perOutput, (output + 1) * perOutput)
    const scale = row.reduce((most, value) => Math.max(most, Math.abs(value)), 0) / 127
    scales[output] = scale
    if (scale > 0)
      row.forEach((value, index) => (steps[output * perOutput + index] = Math.round(value / scale)))
  }
  return [steps, scales]
}

/** In the order of the file, which they must fill without gaps or overlaps; each name once. */
function placesOf(
  path: string,
  tensors: readonly [string, Described][],
  kinds: LayerKinds,
  dataBytes: number,
): Place[] {
  const names = new Set<string>()
  const places = tensors
    .map(([key, described]) => placeOf(path, key, kinds, described))
    .sort((a, b) => a.start - b.start || a.end - b.end)
  let expected = 0
  for (const { key, name, start, end } of places) {
    if (names.has(name)) throw badWeights(path, `it has the tensor ${name} twice`)
    names.add(name)
    if (start !== expected)
      throw badWeights(path, `the tensor ${key} does not start where the previous one ends`)
    if (end > dataBytes) throw badWeights(path, `the tensor ${key} is cut off`)
    expected = end
  }
  if (expected !== dataBytes) throw badWeights(path, 'it is longer than its header says')
  return withScales(path, places)
}

/** The factors go to their kernels: each I8 kernel has them, and nothing else does. */
function withScales(path: string, places: readonly Place[]): Place[] {
  const scales = new Map(
    places.filter(({ key }) => key.endsWith(scaleSuffix)).map((place) => [place.key, place]),
  )
  const tensors = places
    .filter(({ key }) => !scales.has(key))
    .map((place) => {
      if (place.type !== 'int8') return place
      const scale = scales.get(place.key + scaleSuffix) ?? null
      scales.delete(place.key + scaleSuffix)
      if (!isKernel(place.shape) || place.key.startsWith('resnet/'))
        throw badWeights(path, `the tensor ${place.key} has the type I8, which only timm’s kernels can have`)
      if (scale?.type !== 'float32' || scale.shape.length !== 1 || scale.shape[0] !== place.shape[0])
        throw badWeights(path, `the tensor ${place.key} has the type I8 but no matching ${scaleSuffix}`)
      return { ...place, scale }
    })
  const [left] = scales.keys()
  if (left !== undefined) throw badWeights(path, `its tensor ${left} does not belong to an I8 kernel`)
  return tensors
}

type Described = z.infer<typeof tensorSchema>

function placeOf(
  path: string,
  key: string,
  kinds: LayerKinds,
  { dtype, shape, data_offsets: [start, end] }: Described,
): Place {
  const type = Object.hasOwn(types, dtype) ? types[dtype] : undefined
  const what = `the tensor ${key}`
  if (type === undefined)
    throw badWeights(path, `${what} has the type ${dtype.slice(0, 20)}; F32, F16, BF16 or I8 is needed`)
  if (end - start !== elementCount(shape) * bytesOf[type]) {
    throw badWeights(path, `${what} does not have as many numbers as its shape requires`)
  }
  const stem = key.endsWith(scaleSuffix) ? key.slice(0, -scaleSuffix.length) : key
  const stemName = stem.startsWith('resnet/') ? publishedName(stem) : publishedFromTimm(stem, kinds)
  const name = stemName === null ? null : stemName + key.slice(stem.length)
  if (name === null) throw badWeights(path, `its tensor ${key} does not belong to a BiT model`)
  return { key, name, type, shape, start, end, scale: null }
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
  const data = await readNumbers(reader, place, dataStart)
  if (place.scale !== null) {
    const scales = await readNumbers(reader, place.scale, dataStart)
    const perOutput = data.length / scales.length
    for (let index = 0; index < data.length; index += 1)
      data[index] = (data[index] ?? 0) * (scales[Math.floor(index / perOutput)] ?? 0)
  }
  const shape = publishedShape(place)
  return { shape, data: shape === place.shape ? data : hwioFromOihw(data, place.shape) }
}

async function readNumbers(reader: FileReader, place: Place, dataStart: number): Promise<Float32Array> {
  const what = `the tensor ${place.key}`
  const sink = floatSink(place.type, elementCount(place.shape))
  for await (const piece of reader.pieces(dataStart + place.start, place.end - place.start, what))
    sink.add(piece)
  if (!sink.complete()) throw badWeights(reader.path, `${what} is cut off`)
  return sink.data
}
