/** Little-endian numbers of a file into float32. */
import { fromFloat16 } from '../../domain/float16'

export type FloatType = 'float32' | 'float16' | 'bfloat16' | 'int8'

export const bytesOf: Readonly<Record<FloatType, number>> = {
  float32: 4,
  float16: 2,
  bfloat16: 2,
  int8: 1,
}

/**
 * Fills a Float32Array from pieces of any length. `add` returns false where there is more than fits; `complete` says whether every number came.
 */
export function floatSink(
  type: FloatType,
  elementCount: number,
): { data: Float32Array; add(piece: Uint8Array): boolean; complete(): boolean } {
  const raw = new Uint8Array(elementCount * bytesOf[type])
  const data: Float32Array =
    type === 'float32' ? new Float32Array(raw.buffer) : new Float32Array(elementCount)
  const halves = bytesOf[type] === 2 ? new Uint16Array(raw.buffer) : new Uint16Array(0)
  let filled = 0
  return {
    data,
    add(piece) {
      if (filled + piece.length > raw.length) return false
      raw.set(piece, filled)
      filled += piece.length
      return true
    },
    complete() {
      if (filled !== raw.length) return false
      if (type === 'float16') halves.forEach((bits, index) => (data[index] = fromFloat16(bits)))
      if (type === 'bfloat16') {
        const bits = new Uint32Array(data.buffer)
        halves.forEach((half, index) => (bits[index] = half << 16))
      }
      if (type === 'int8') data.set(new Int8Array(raw.buffer))
      return true
    },
  }
}
