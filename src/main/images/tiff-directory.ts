/** The first directory of a TIFF or BigTIFF (TIFF 6.0, section 2; the BigTIFF design of Aware Systems). */

export type TiffTags = ReadonlyMap<number, readonly number[]>

interface Entry {
  readonly tag: number
  /** Where its 12 or, of a BigTIFF, 20 bytes begin. */
  readonly at: number
}

export interface TiffEntries {
  readonly isBig: boolean
  readonly isLittle: boolean
  /** In the file's order, which need not be that of the tags. */
  readonly entries: readonly Entry[]
}

/** Bytes of an unsigned whole number of each field type that has one; UNDEFINED (7) is plain bytes. */
const numberBytes: Readonly<Record<number, 1 | 2 | 4 | 8>> = { 1: 1, 3: 2, 4: 4, 7: 1, 13: 4, 16: 8 }
/** Of strips and tiles there may be millions, of what is asked here a few. */
const mostValues = 64
/** 100 megapixels in the smallest tiles, of three channels each: no image that is read has more strips or tiles. */
export const mostPieces = 1_200_000
/** A directory of 16 bits cannot have more. */
const mostEntries = 65_535

/** null where the directory lies beyond the end: the decoder then says what is wrong. */
export function tiffEntries(file: Uint8Array): TiffEntries | null {
  const read = readerOf(file)
  try {
    const isBig = read(2, 2) === 43
    const directory = read(isBig ? 8 : 4, isBig ? 8 : 4)
    const entryCount = read(directory, isBig ? 8 : 2)
    if (entryCount > mostEntries) return null
    const entryBytes = isBig ? 20 : 12
    const entries = Array.from({ length: entryCount }, (_, index) => {
      const at = directory + (isBig ? 8 : 2) + index * entryBytes
      return { tag: read(at, 2), at }
    })
    return { isBig, isLittle: file[0] === 0x49, entries }
  } catch (error) {
    if (error instanceof RangeError) return null // cut off
    throw error
  }
}

/** The first numbers of each tag that has whole ones, at most `most` of each, of the tags `wanted` or of all; null as tiffEntries. */
export function tiffTags(
  file: Uint8Array,
  wanted: ReadonlySet<number> | null = null,
  most = mostValues,
): TiffTags | null {
  const found = tiffEntries(file)
  if (found === null) return null
  const read = readerOf(file)
  const wide = found.isBig ? 8 : 4
  const tags = new Map<number, readonly number[]>()
  for (const { tag, at } of found.entries) {
    if (wanted?.has(tag) === false) continue
    try {
      const valueBytes = numberBytes[read(at + 2, 2)]
      if (valueBytes === undefined || tags.has(tag)) continue
      const valueCount = read(at + 4, wide)
      const inline = at + 4 + wide
      const from = valueCount * valueBytes <= wide ? inline : read(inline, wide)
      const values = Array.from({ length: Math.min(valueCount, most) }, (_, index) =>
        read(from + index * valueBytes, valueBytes),
      )
      tags.set(tag, values)
    } catch (error) {
      if (!(error instanceof RangeError)) throw error // what lies beyond the end is not there
    }
  }
  return tags
}

/** Throws a RangeError beyond the end. */
function readerOf(file: Uint8Array): (at: number, byteCount: 1 | 2 | 4 | 8) => number {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength)
  const isLittle = bytes[0] === 0x49
  return (at, byteCount) => {
    if (byteCount === 8) return Number(isLittle ? bytes.readBigUInt64LE(at) : bytes.readBigUInt64BE(at))
    return isLittle ? bytes.readUIntLE(at, byteCount) : bytes.readUIntBE(at, byteCount)
  }
}
