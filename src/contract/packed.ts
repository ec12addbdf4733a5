/** Columns as text of JSON: the bytes of a typed array, little-endian, in base64. A million numbers are one text, not a million values to check. */
import { z } from 'zod'

/** In answers, which the core packs itself: to look at each letter of a million images would take longer than to find them. */
export const packedSchema = z.string()
/** In questions. */
export const askedPackedSchema = packedSchema.regex(/^[A-Za-z0-9+/]*={0,2}$/)

export function unpackUint32(packed: string): Uint32Array {
  return new Uint32Array(unpack(packed))
}

/** Whole numbers ≥ 0 of as few bytes each as the largest needs. */
export const narrowSchema = z.object({ byteWidth: z.literal([1, 2, 4]), packed: packedSchema })
export type Narrow = z.infer<typeof narrowSchema>

export function unpackNarrow({ byteWidth, packed }: Narrow): Uint32Array {
  const bytes = unpack(packed)
  if (byteWidth === 4) return new Uint32Array(bytes)
  return new Uint32Array(byteWidth === 2 ? new Uint16Array(bytes) : new Uint8Array(bytes))
}

export function unpackFloat32(packed: string): Float32Array {
  return new Float32Array(unpack(packed))
}

export function unpackBytes(packed: string): Uint8Array {
  return new Uint8Array(unpack(packed))
}

export function packUint32(values: Uint32Array): string {
  let text = ''
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
  for (let at = 0; at < bytes.length; at += 8192)
    text += String.fromCharCode(...bytes.subarray(at, at + 8192))
  return btoa(text)
}

function unpack(packed: string): ArrayBuffer {
  const text = atob(packed)
  const bytes = new Uint8Array(text.length)
  for (let at = 0; at < bytes.length; at++) bytes[at] = text.charCodeAt(at)
  return bytes.buffer
}
