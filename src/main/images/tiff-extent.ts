/** Does a TIFF file reach as far as its directory says? (TIFF 6.0, section 2.) Of a BigTIFF's directory the decoder's own words tell. */
import { mostPieces, tiffTags } from './tiff-directory'

/** Bytes of one value of each field type. */
const typeBytes = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8]

/** True where the first directory, or a value that it points to, lies beyond the end. Strips are not looked at. */
export function isTiffCutOff(bytes: Buffer): boolean {
  if (bytes.length < 8) return true
  const littleEndian = bytes[0] === 0x49
  const word = (at: number): number => (littleEndian ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at))
  const long = (at: number): number => (littleEndian ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at))
  if (word(2) !== 42) return false
  const directory = long(4)
  if (directory + 2 > bytes.length) return true
  const entryCount = word(directory)
  if (directory + 2 + entryCount * 12 > bytes.length) return true
  for (let entry = 0; entry < entryCount; entry++) {
    const at = directory + 2 + entry * 12
    const valueBytes = (typeBytes[word(at + 2)] ?? 0) * long(at + 4)
    if (valueBytes > 4 && long(at + 8) + valueBytes > bytes.length) return true
  }
  return false
}

/** Where pieces of pixels lie, and how many bytes each has: of strips, of tiles. */
const pieces = [
  [273, 279],
  [324, 325],
] as const

/** True where a strip or tile lies beyond the end. */
export function arePixelsCutOff(file: Uint8Array): boolean {
  const tags = tiffTags(file, new Set(pieces.flat()), mostPieces)
  return pieces.some(([offsets, byteCounts]) => {
    const lengths = tags?.get(byteCounts) ?? []
    return (tags?.get(offsets) ?? []).some((offset, index) => offset + (lengths[index] ?? 0) > file.length)
  })
}
