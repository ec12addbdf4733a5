/** Whether a plain PNG (8 bits, not interlaced, no palette) is sound, by its checksums and its data (PNG, third edition). The rest is left to sharp. */
import { crc32, inflateSync } from 'node:zlib'
import type { ImageHeader } from './open-image'

/** Its data is held whole while it is looked at. */
const mostPixelBytes = 64e6
/** libpng keeps so many texts and more. */
const mostTexts = 16
/** The least that zlib takes. */
const leastOutput = 64
const highestFilter = 4
/** Deflated data goes back no further. */
const largestWindowBytes = 32_768

const channelsOf: Readonly<Record<number, number>> = { 0: 1, 2: 3, 4: 2, 6: 4 }

/** What `imageHeader` says of it, where its pixels are whole and no decoder grumbles; else null. */
export function quickPngHeader(file: Uint8Array): ImageHeader | null {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength)
  const parts: Buffer[] = []
  const seen = new Set<string>()
  let texts = 0
  for (let at = signatureBytes; at + 12 <= bytes.length;) {
    const length = bytes.readUInt32BE(at)
    const end = at + 12 + length
    if (end > bytes.length || bytes.readUInt32BE(end - 4) !== crc32(bytes.subarray(at + 4, end - 4)))
      return null
    const type = bytes.toString('latin1', at + 4, at + 8)
    const content = bytes.subarray(at + 8, end - 4)
    if (type === 'IEND') {
      const isLast = length === 0 && end === bytes.length
      return isLast ? headerOf(bytes.subarray(signatureBytes + 8), parts) : null
    }
    if ((at === signatureBytes) !== (type === 'IHDR')) return null
    if (type === 'IDAT') {
      // no chunk may stand between those of the data
      if (length === 0 || (parts.length > 0 && !seen.has('IDAT'))) return null
      parts.push(content)
    } else {
      seen.delete('IDAT')
      const isText = type === 'tEXt'
      if (isText ? ++texts > mostTexts : seen.has(type)) return null
      if (!saysNothing(type, content, parts.length > 0)) return null
    }
    seen.add(type)
    at = end
  }
  return null
}

const signatureBytes = 8

/** Whether a chunk changes nothing, and is as it should be. */
function saysNothing(type: string, content: Buffer, isAfterData: boolean): boolean {
  switch (type) {
    case 'IHDR':
      return content.length === 13
    case 'pHYs':
      return !isAfterData && content.length === 9 && (content[8] ?? 2) < 2
    case 'sRGB':
      return !isAfterData && content.length === 1 && (content[0] ?? 4) < 4
    case 'tEXt':
      return /^(?!Raw profile)[A-Za-z][A-Za-z0-9:_.-]{0,78}\0[^\0]*$/.test(content.toString('latin1'))
    default:
      return false
  }
}

/** `start`: what is in its first chunk. */
function headerOf(start: Buffer, parts: readonly Buffer[]): ImageHeader | null {
  const [widthPx, heightPx] = [start.readUInt32BE(0), start.readUInt32BE(4)]
  const [depth, colourType = 0, compression, filter, interlace] = start.subarray(8, 13)
  const channels = channelsOf[colourType]
  if (depth !== 8 || channels === undefined || compression !== 0 || filter !== 0 || interlace !== 0)
    return null
  const rowBytes = 1 + widthPx * channels
  const byteCount = rowBytes * heightPx
  if (byteCount === 0 || byteCount > mostPixelBytes) return null
  const data = parts.length === 1 ? parts[0] : Buffer.concat(parts)
  if (data === undefined || !isWhole(data, rowBytes, byteCount)) return null
  return {
    widthPx,
    heightPx,
    colourSpace: channels < 3 ? 'b-w' : 'srgb',
    bitsPerSample: 8,
    hasAlpha: channels % 2 === 0,
    orientation: 1,
    leftOutCount: 0,
  }
}

/** Whether it has just the rows of the image, each with a filter that there is, and its checksum. */
function isWhole(data: Buffer, rowBytes: number, byteCount: number): boolean {
  // where data goes back further than its header says, libpng finds damage, and zlib none while it has all of the output
  const windowBytes = 1 << (8 + ((data[0] ?? 0) >> 4))
  if (windowBytes < Math.min(byteCount, largestWindowBytes)) return false
  try {
    const chunkSize = Math.max(leastOutput, byteCount)
    const options = { maxOutputLength: byteCount, chunkSize, info: true }
    // with `info` it is an object, which the types do not know
    const { buffer: rows, engine } = inflateSync(data, options) as unknown as Inflated
    if (engine.bytesWritten !== data.length || rows.length !== byteCount) return false
    for (let at = 0; at < byteCount; at += rowBytes) if ((rows[at] ?? 0) > highestFilter) return false
    return true
  } catch {
    return false // sharp says what is wrong
  }
}

interface Inflated {
  readonly buffer: Buffer
  readonly engine: { readonly bytesWritten: number }
}
