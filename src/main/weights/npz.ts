/** The published format: a zip of numpy arrays. */
import { elementCount } from '../../domain/model/spec'
import { badWeights } from './bad-weights'
import type { FileReader } from './file-reader'
import { bytesOf, floatSink } from './float-decode'
import { npyLayout, parseNpyHeader, preludeBytes, type NpyHeader } from './npy-header'
import type { WeightSet, WeightTensor } from './weight-set'
import { readZipDirectory, readZipEntry } from './zip-read'
import type { ZipEntry } from './zip-read'

export { writeNpz } from './npz-write'

/** Inflated, a file may hold this much more than it weighs: weights hardly shrink, a bomb does. */
const inflationFactor = 20
const inflationFloorBytes = 256e6

/** Some published files write standardized_conv2d_7 and the like; the numbers mean nothing. */
export function publishedName(name: string): string {
  return name.replace(/(standardized_conv2d|conv2d|group_norm|batch_norm)_\d+(?=\/|$)/g, '$1')
}

export async function readNpz(reader: FileReader): Promise<WeightSet> {
  const weights = new Map<string, WeightTensor>()
  for (const entry of await arrayEntries(reader)) weights.set(entry.name, await readArray(reader, entry))
  return weights
}

/** The shapes alone: of each array no more is read than its header. */
export async function readNpzShapes(reader: FileReader): Promise<Map<string, readonly number[]>> {
  const shapes = new Map<string, readonly number[]>()
  for (const entry of await arrayEntries(reader)) {
    let head: Buffer = Buffer.alloc(0)
    for await (const piece of readZipEntry(reader, entry, headerPieceBytes)) {
      head = Buffer.concat([head, piece])
      const header = startOfArray(reader.path, entry, head)
      if (header === null) continue
      shapes.set(entry.name, header.shape)
      break
    }
    if (!shapes.has(entry.name)) throw badWeights(reader.path, `the tensor ${entry.name} is cut off`)
  }
  return shapes
}

/** Holds the header of an array as numpy writes it. */
const headerPieceBytes = 1024

/** Under their published names, each once. */
async function arrayEntries(reader: FileReader): Promise<ZipEntry[]> {
  const { path } = reader
  const entries = await readZipDirectory(reader)
  const inflatedBytes = entries.reduce((sum, { byteCount }) => sum + byteCount, 0)
  if (inflatedBytes > reader.byteCount * inflationFactor + inflationFloorBytes) {
    throw badWeights(path, 'unpacked it would be implausibly large')
  }
  const names = new Set<string>()
  return entries.map((entry) => {
    if (!entry.name.endsWith('.npy')) throw badWeights(path, `its entry ${entry.name} is not a numpy array`)
    const name = publishedName(entry.name.slice(0, -4))
    if (names.has(name)) throw badWeights(path, `it has the tensor ${name} twice`)
    names.add(name)
    return { ...entry, name }
  })
}

/** null where `head`, the entry's first bytes, does not hold the whole header yet. The numbers must be as many as its shape says. */
function startOfArray(
  path: string,
  entry: ZipEntry,
  head: Buffer,
): (NpyHeader & { dataStart: number }) | null {
  const what = `the tensor ${entry.name}`
  if (head.length < preludeBytes) return null
  const { headerStart, dataStart } = npyLayout(path, what, head)
  if (head.length < dataStart) return null
  const header = parseNpyHeader(path, what, head.toString('latin1', headerStart, dataStart))
  if (dataStart + elementCount(header.shape) * bytesOf[header.type] !== entry.byteCount) {
    throw badWeights(path, `${what} does not have as many numbers as its shape requires`)
  }
  return { ...header, dataStart }
}

async function readArray(reader: FileReader, entry: ZipEntry): Promise<WeightTensor> {
  const { path } = reader
  const what = `the tensor ${entry.name}`
  let head: Buffer = Buffer.alloc(0)
  let started: (NpyHeader & { sink: ReturnType<typeof floatSink> }) | null = null
  for await (const piece of readZipEntry(reader, entry)) {
    let numbers = piece
    if (started === null) {
      head = head.length === 0 ? piece : Buffer.concat([head, piece])
      const header = startOfArray(path, entry, head)
      if (header === null) continue
      started = { ...header, sink: floatSink(header.type, elementCount(header.shape)) }
      numbers = head.subarray(header.dataStart)
    }
    if (!started.sink.add(numbers)) throw badWeights(path, `${what} has more numbers than its shape allows`)
  }
  if (started === null || !started.sink.complete()) throw badWeights(path, `${what} is cut off`)
  const { shape, fortranOrder, sink } = started
  return { shape, data: fortranOrder ? fromFortran(sink.data, shape) : sink.data }
}

/** Column-major to row-major. */
function fromFortran(data: Float32Array, shape: readonly number[]): Float32Array {
  const result = new Float32Array(data.length)
  const index = shape.map(() => 0)
  for (let source = 0; source < data.length; source += 1) {
    const target = shape.reduce((flat, size, axis) => flat * size + (index[axis] ?? 0), 0)
    result[target] = data[source] ?? 0
    for (let axis = 0; axis < shape.length; axis += 1) {
      const next = (index[axis] ?? 0) + 1
      index[axis] = next < (shape[axis] ?? 0) ? next : 0
      if (index[axis] !== 0) break
    }
  }
  return result
}
