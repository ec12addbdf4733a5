/** A TIFF without its metadata: what its pixels need alone, in order, so that what a decoder still says is about them. */
import { tiffEntries, tiffTags } from './tiff-directory'

/** Size, samples, compression, strips, tiles, predictor, colours, JPEG tables, YCbCr (TIFF 6.0; TIFF Technical Note 2). */
const ofPixels: ReadonlySet<number> = new Set([
  256, 257, 258, 259, 262, 266, 273, 277, 278, 279, 284, 292, 293, 317, 320, 322, 323, 324, 325, 332, 339,
  347, 529, 530, 531, 532,
])
const extraSamples = 338
const short = 3

/**
 * The file with another first directory behind its end; null where it has none that can be read. `extraCount`: how many channels are no colours.
 * The directory says so of each, which many writers leave out.
 */
export function plainTiff(file: Uint8Array, extraCount: number): Uint8Array | null {
  const found = tiffEntries(file)
  if (found === null) return null
  const { isBig, isLittle, entries } = found
  const kept = entries
    .filter(({ tag }) => ofPixels.has(tag))
    .map(({ tag, at }) => ({ tag, bytes: file.subarray(at, at + (isBig ? 20 : 12)) }))
  const start = file.length + (file.length % 2)
  const entryBytes = isBig ? 20 : 12
  const countBytes = isBig ? 8 : 2
  const wide = isBig ? 8 : 4
  const write = (bytes: Buffer, value: number, at: number, byteCount: 2 | 4 | 8): void => {
    if (byteCount === 8) bytes[isLittle ? 'writeBigUInt64LE' : 'writeBigUInt64BE'](BigInt(value), at)
    else bytes[isLittle ? 'writeUIntLE' : 'writeUIntBE'](value, at, byteCount)
  }

  const directoryBytes = countBytes + (kept.length + 1) * entryBytes + wide // ends with 0: no further directory
  const plain = Buffer.alloc(start + directoryBytes + extraCount * 2)
  plain.set(file)
  if (extraCount > 0) {
    const bytes = Buffer.alloc(entryBytes)
    write(bytes, extraSamples, 0, 2)
    write(bytes, short, 2, 2)
    write(bytes, extraCount, 4, wide)
    const isInline = extraCount * 2 <= wide
    if (!isInline) write(bytes, start + directoryBytes, 4 + wide, wide)
    const told = tiffTags(file)?.get(extraSamples) ?? []
    for (let index = 0; index < extraCount; index++) {
      const [to, at] = isInline ? [bytes, 4 + wide] : [plain, start + directoryBytes]
      write(to, told[index] ?? 0, at + index * 2, 2)
    }
    kept.push({ tag: extraSamples, bytes })
  }
  const sorted = kept
    .sort((one, other) => one.tag - other.tag)
    // a tag that is there twice counts once
    .filter(({ tag }, index, all) => tag !== all[index - 1]?.tag)
  write(plain, start, isBig ? 8 : 4, wide)
  write(plain, sorted.length, start, countBytes)
  for (const [index, { bytes }] of sorted.entries()) plain.set(bytes, start + countBytes + index * entryBytes)
  return plain
}
