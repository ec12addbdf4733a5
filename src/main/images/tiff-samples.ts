/**
 * What the samples of a TIFF are (TIFF 6.0, sections 3 to 23), before libvips sees it: of some it makes a black, white or washed-out image
 * without a word. Those are refused by name.
 */
import { notSupported } from './refusal'
import { tiffTags } from './tiff-directory'

export interface TiffSamples {
  readonly channelCount: number
  /** 1 or 3; 4 inks. */
  readonly colourCount: number
  /** The channel that is transparency; null where there is none. */
  readonly alphaChannel: number | null
  /** Channels that are neither colour nor transparency: infrared, elevation. The image is read without them. */
  readonly leftOut: readonly number[]
}

const [unsigned, signed, float, undefinedFormat] = [1, 2, 3, 4]
const sampleNames: Readonly<Record<number, string>> = {
  [signed]: 'signed integer',
  [float]: 'float',
  5: 'complex integer',
  6: 'complex float',
}

/** Those that sharp's libtiff has: none, CCITT, LZW, JPEG, Deflate, NeXT, PackBits, ThunderScan. */
const decodable: ReadonlySet<number> = new Set([1, 2, 3, 4, 5, 7, 8, 32_766, 32_771, 32_773, 32_809, 32_946])
const compressionNames: Readonly<Record<number, string>> = {
  6: 'old-style JPEG',
  9: 'JBIG',
  10: 'JBIG',
  32_908: 'PixarFilm',
  32_909: 'PixarLog',
  33_003: 'JPEG 2000',
  33_004: 'JPEG 2000',
  33_005: 'JPEG 2000',
  34_661: 'JBIG',
  34_676: 'SGI LogLuv',
  34_677: 'SGI LogLuv',
  34_712: 'JPEG 2000',
  34_887: 'LERC',
  34_892: 'lossy JPEG (DNG)',
  34_925: 'LZMA',
  34_926: 'Zstandard',
  34_927: 'WebP',
  50_000: 'Zstandard',
  50_001: 'WebP',
  50_002: 'JPEG XL',
  52_546: 'JPEG XL',
}
const jpegCompression = 7

/** How many channels make the colour, by PhotometricInterpretation; of others it is not known what libvips makes of them. */
const colourCounts: Readonly<Record<number, number>> = { 0: 1, 1: 1, 2: 3, 3: 1, 5: 4, 6: 3 }
const colourNames: Readonly<Record<number, string>> = {
  4: 'transparency masks',
  8: 'L*a*b* colours',
  9: 'ICC L*a*b* colours',
  10: 'ITU L*a*b* colours',
  32_803: 'raw sensor data (a camera’s own format)',
  32_844: 'LogL colours',
  32_845: 'LogLuv colours',
  34_892: 'raw sensor data (a camera’s own format)',
}
/** NewSubfileType: a smaller version of another image in the file. */
const reduced = 1
const [cmyk, ycbcr, palette] = [5, 6, 3]

/** null where the directory cannot be read: the decoder then says what is wrong. Throws an ImageRefusal. */
export function tiffSamples(file: Uint8Array): TiffSamples | null {
  const tags = tiffTags(file)
  if (tags === null) return null
  const one = (tag: number, otherwise: number): number => tags.get(tag)?.[0] ?? otherwise
  // of a camera's own format: the photo itself lies in directories below, which nothing here reads
  if ((one(254, 0) & reduced) !== 0 && tags.has(330))
    throw notSupported('raw photos of a camera (what can be read of them is a small preview)')
  const compression = one(259, 1)
  if (!decodable.has(compression)) {
    const name = compressionNames[compression]
    throw notSupported(name === undefined ? `TIFF compression ${compression}` : `${name} compression`)
  }
  const photometric = one(262, 1)
  const colourCount = colourCounts[photometric]
  if (colourCount === undefined)
    throw notSupported(colourNames[photometric] ?? `TIFF colours of kind ${photometric}`)
  const channelCount = one(277, 1)
  refuseSamples(tags.get(258) ?? [1], tags.get(339) ?? [unsigned], channelCount)
  if (photometric === ycbcr && compression !== jpegCompression)
    throw notSupported('YCbCr colours without JPEG compression')
  if (photometric === cmyk && one(332, 1) !== 1) throw notSupported('inks other than CMYK')
  // the decoder says that colours are missing
  if (channelCount < colourCount) return null
  // of satellites and microscopes: nobody says which of the channels are red, green and blue
  if (colourCount === 1 && channelCount > 2) throw notSupported(`${channelCount} channels that are not RGB`)
  return withExtras(tags.get(338) ?? [], channelCount, colourCount, photometric === palette)
}

function refuseSamples(bits: readonly number[], formats: readonly number[], channelCount: number): void {
  const format = formats.find((value) => value !== unsigned && value !== undefinedFormat)
  const most = Math.max(...bits)
  if (format !== undefined)
    throw notSupported(`${most}-bit ${sampleNames[format] ?? `format ${format}`} samples`)
  if (bits.some((value) => value !== most)) throw notSupported('channels with different numbers of bits')
  // fewer than 8 are known to libvips in a single channel
  const known = channelCount === 1 ? [1, 2, 4, 8, 16] : [8, 16]
  if (!known.includes(most))
    throw notSupported(
      `${most}-bit samples in ${channelCount === 1 ? 'one channel' : `${channelCount} channels`}`,
    )
}

/** ExtraSamples: 1 is transparency that the colours are multiplied by, 2 one that they are not; all others are something else. */
function withExtras(
  extras: readonly number[],
  channelCount: number,
  colourCount: number,
  isPalette: boolean,
): TiffSamples {
  const isAlpha = (value: number | undefined): boolean => value === 1 || value === 2
  let alphaChannel: number | null = null
  const leftOut: number[] = []
  for (let channel = colourCount; channel < channelCount; channel++) {
    if (!isPalette && alphaChannel === null && isAlpha(extras[channel - colourCount])) alphaChannel = channel
    else leftOut.push(channel)
  }
  return { channelCount, colourCount, alphaChannel, leftOut }
}
