import { badWeights } from './bad-weights'
import type { FloatType } from './float-decode'

export interface NpyHeader {
  readonly type: FloatType
  readonly shape: readonly number[]
  readonly fortranOrder: boolean
}

/** numpy.lib.format: magic, version, header length (2 bytes in version 1, 4 in 2 and 3), a Python literal. */
const magic = Buffer.from('\x93NUMPY', 'latin1')
export const preludeBytes = 12
/** numpy writes some 80 bytes for an array of four axes, and itself refuses to read more than 10,000. */
const longestHeader = 10_000
const largestRank = 8

/** From the first `preludeBytes` of the file: where the literal starts and where the numbers do. */
export function npyLayout(
  path: string,
  what: string,
  prelude: Buffer,
): { headerStart: number; dataStart: number } {
  if (prelude.length < preludeBytes || !prelude.subarray(0, 6).equals(magic)) {
    throw badWeights(path, `${what} is not a numpy array`)
  }
  const major = prelude[6] ?? 0
  if (major < 1 || major > 3) throw badWeights(path, `${what} has the unknown numpy format ${String(major)}`)
  const headerStart = major === 1 ? 10 : 12
  const headerBytes = major === 1 ? prelude.readUInt16LE(8) : prelude.readUInt32LE(8)
  if (headerBytes > longestHeader) throw badWeights(path, `${what} has an implausibly long header`)
  return { headerStart, dataStart: headerStart + headerBytes }
}

/** The literal's three keys, found by pattern: nothing is evaluated. */
export function parseNpyHeader(path: string, what: string, literal: string): NpyHeader {
  const descr = /'descr'\s*:\s*'([^']*)'/.exec(literal)?.[1]
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(literal)?.[1]
  const shapeText = /'shape'\s*:\s*\(([\d,\s]*)\)/.exec(literal)?.[1]
  if (descr === undefined || order === undefined || shapeText === undefined) {
    throw badWeights(path, `${what} has a damaged header`)
  }
  if (/O/.test(descr)) throw badWeights(path, `${what} contains Python objects, which are never loaded`)
  const type = descr === '<f4' ? 'float32' : descr === '<f2' ? 'float16' : null
  if (type === null)
    throw badWeights(path, `${what} has the type ${descr.slice(0, 20)}; float32 or float16 is needed`)
  const shape = shapeText
    .split(',')
    .filter((part) => part.trim() !== '')
    .map(Number)
  if (shape.length > largestRank || !shape.every((size) => Number.isSafeInteger(size))) {
    throw badWeights(path, `${what} has an impossible shape`)
  }
  return { type, shape, fortranOrder: order === 'True' }
}

/** A version 1 header of a C-order array, float32 unless `descr` says otherwise, padded to 64 bytes as numpy does. */
export function npyHeaderBytes(shape: readonly number[], descr = '<f4'): Buffer {
  const tuple = shape.length === 1 ? `(${String(shape[0])},)` : `(${shape.join(', ')})`
  const literal = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${tuple}, }`
  const total = Math.ceil((10 + literal.length + 1) / 64) * 64
  const bytes = Buffer.alloc(total, ' ')
  magic.copy(bytes)
  bytes.writeUInt8(1, 6)
  bytes.writeUInt8(0, 7)
  bytes.writeUInt16LE(total - 10, 8)
  bytes.write(literal, 10, 'latin1')
  bytes.write('\n', total - 1, 'latin1')
  return bytes
}
