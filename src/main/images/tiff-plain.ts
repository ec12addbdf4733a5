/** A TIFF without its metadata: what its pixels need alone, in order, so that what a decoder still says is about them. */
import { tiffEntries } from './tiff-directory'

/** Size, samples, compression, strips, tiles, predictor, colours, JPEG tables, YCbCr (TIFF 6.0; TIFF Technical Note 2). */
const ofPixels: ReadonlySet<number> = new Set([
  256, 257, 258, 259, 262, 266, 273, 277, 278, 279, 284, 292, 293, 317, 320, 322, 323, 324, 325, 332, 338,
  339, 347, 529, 530, 531, 532,
])

/** The file with another first directory behind its end; null where it has none that can be read. */
export function plainTiff(file: Uint8Array): Uint8Array | null {
  const found = tiffEntries(file)
  if (found === null) return null
  const { isBig, isLittle, entries } = found
  const kept = entries
    .filter(({ tag }) => ofPixels.has(tag))
    .sort((one, other) => one.tag - other.tag)
    // a tag that is there twice counts once
    .filter(({ tag }, index, all) => tag !== all[index - 1]?.tag)
  const start = file.length + (file.length % 2)
  const entryBytes = isBig ? 20 : 12
  const countBytes = isBig ? 8 : 2
  const plain = Buffer.alloc(start + countBytes + kept.length * entryBytes + 8) // ends with 0: no further directory
  plain.set(file)
  const write = (value: number, at: number, byteCount: 2 | 4 | 8): void => {
    if (byteCount === 8) plain[isLittle ? 'writeBigUInt64LE' : 'writeBigUInt64BE'](BigInt(value), at)
    else plain[isLittle ? 'writeUIntLE' : 'writeUIntBE'](value, at, byteCount)
  }
  write(start, isBig ? 8 : 4, isBig ? 8 : 4)
  write(kept.length, start, countBytes)
  for (const [index, { at }] of kept.entries())
    plain.set(file.subarray(at, at + entryBytes), start + countBytes + index * entryBytes)
  return plain
}
