/** Opens an encoded image whatever its format: libvips has most, our own readers the rest. What would be read wrongly is refused here, for all. */
import type { Sharp } from 'sharp'
import { readBmp, readBmpHeader } from './bmp'
import { imageFormat } from './image-format'
import { maxPixelCount, sharp } from './image-library'
import { readPnm, readPnmHeader } from './pnm'
import { ImageRefusal, refusalOf, refusedByHead, refusedBySize } from './refusal'
import { type TiffSamples, tiffSamples } from './tiff-samples'

export type FailOn = 'truncated' | 'error' | 'warning'

export interface ImageHeader {
  /** Upright. */
  readonly widthPx: number
  readonly heightPx: number
  readonly colourSpace: string
  readonly bitsPerSample: number
  readonly hasAlpha: boolean
  /** EXIF orientation 1…8; 1 is upright. */
  readonly orientation: number
  /** How many channels are left out, since they are neither colour nor transparency. */
  readonly leftOutCount: number
}

/**
 * The image as stored: not yet turned, in its own colours. `onWarning` hears what the decoder grumbles about and does not fail on, as far as
 * nothing else is decoded meanwhile. Throws an ImageRefusal, and what sharp throws.
 */
export async function openImage(
  file: Uint8Array,
  failOn: FailOn = 'error',
  onWarning: (text: string) => void = () => undefined,
): Promise<Sharp> {
  const refused = refusedByHead(file)
  if (refused !== null) throw refused
  switch (imageFormat(file)) {
    case 'bmp':
      return ofPixels(readBmp(file, maxPixelCount))
    case 'pnm':
      return ofPixels(readPnm(file, maxPixelCount))
    case 'png':
    case 'avif':
      await refuseLong(file)
      break
    case 'tiff': {
      await refuseLong(file)
      const samples = tiffSamples(file)
      if (samples !== null && samples.leftOut.length > 0)
        return withoutExtras(file, samples, failOn, onWarning)
      break
    }
    default:
  }
  return sharp(file, { failOn, limitInputPixels: maxPixelCount }).on('warning', onWarning)
}

/** Of the formats whose sides may be longer than a JPEG's. Throws an ImageRefusal. */
async function refuseLong(file: Uint8Array): Promise<void> {
  const header = pngSides(file) ?? (await sidesOf(file))
  const refused = header === null ? null : refusedBySize(header.width, header.height)
  if (refused !== null) throw refused
}

interface Sides {
  readonly width: number
  readonly height: number
}

/** Null where it is no PNG that begins as each must: with its header. A question to the decoder would take longer than a small image. */
function pngSides(file: Uint8Array): Sides | null {
  if (file.length < 24 || imageFormat(file) !== 'png') return null
  const view = new DataView(file.buffer, file.byteOffset, 24)
  return view.getUint32(12) === ihdr ? { width: view.getUint32(16), height: view.getUint32(20) } : null
}

/** "IHDR" */
const ihdr = 0x49484452

async function sidesOf(file: Uint8Array): Promise<Sides | null> {
  return sharp(file, { limitInputPixels: false, limitInputChannels: false })
    .metadata()
    .catch(() => null) // the decoder says what is wrong with it
}

/** The header alone costs nothing, however many pixels it announces. Throws an ImageRefusal. */
export async function imageHeader(file: Uint8Array): Promise<ImageHeader> {
  try {
    const refused = refusedByHead(file)
    if (refused !== null) throw refused
    const format = imageFormat(file)
    if (format === 'bmp') {
      const { widthPx, heightPx, bitsPerPixel, hasAlpha } = readBmpHeader(file)
      return { ...plain, widthPx, heightPx, hasAlpha, bitsPerSample: bitsPerPixel === 16 ? 5 : 8 }
    }
    if (format === 'pnm') {
      const { widthPx, heightPx, bitsPerSample, channels } = readPnmHeader(file)
      return { ...plain, widthPx, heightPx, bitsPerSample, colourSpace: channels === 1 ? 'b-w' : 'srgb' }
    }
    const samples = format === 'tiff' ? tiffSamples(file) : null
    const metadata = await sharp(file, { limitInputPixels: false, limitInputChannels: false }).metadata()
    return {
      widthPx: metadata.autoOrient.width,
      heightPx: metadata.autoOrient.height,
      colourSpace: metadata.space,
      bitsPerSample:
        metadata.bitsPerSample ?? (metadata.depth === 'ushort' ? 16 : metadata.depth === 'float' ? 32 : 8),
      hasAlpha: samples === null ? metadata.hasAlpha : samples.alphaChannel !== null,
      orientation: metadata.orientation ?? 1,
      leftOutCount: samples?.leftOut.length ?? 0,
    }
  } catch (thrown) {
    throw thrown instanceof ImageRefusal ? thrown : refusalOf(file, thrown)
  }
}

/** What libvips grumbles about before it comes to the pixels. */
export async function warningsOfHeader(file: Uint8Array): Promise<string[]> {
  const said: string[] = []
  const opened = sharp(file, { failOn: 'error', limitInputPixels: false, limitInputChannels: false })
  await opened.on('warning', (text: string) => said.push(text)).metadata()
  return said
}

const plain = { colourSpace: 'srgb', bitsPerSample: 8, hasAlpha: false, orientation: 1, leftOutCount: 0 }

interface Pixels {
  readonly widthPx: number
  readonly heightPx: number
  readonly channels: 1 | 3 | 4
  readonly pixels: Uint8Array
}

function ofPixels({ widthPx, heightPx, channels, pixels }: Pixels): Sharp {
  return sharp(pixels, { raw: { width: widthPx, height: heightPx, channels } })
}

/**
 * libvips takes a channel behind the colours for transparency, whatever the file says, and would lay the image over white by it: the
 * image is decoded first (upright, in sRGB), and of its channels colour and transparency alone go on.
 */
async function withoutExtras(
  file: Uint8Array,
  { channelCount, colourCount, alphaChannel }: TiffSamples,
  failOn: FailOn,
  onWarning: (text: string) => void,
): Promise<Sharp> {
  const opened = sharp(file, { failOn, limitInputPixels: maxPixelCount, limitInputChannels: false })
  opened.on('warning', onWarning)
  const { data, info } = await opened
    .autoOrient()
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true })
  const stored: number = info.channels
  const colours = stored - (channelCount - colourCount) // after the conversion to sRGB
  const kept = [0, colours === 1 ? 0 : 1, colours === 1 ? 0 : 2]
  if (alphaChannel !== null) kept.push(colours + alphaChannel - colourCount)
  const pixels = new Uint8Array(info.width * info.height * kept.length)
  let to = 0
  for (let from = 0; from < data.length; from += stored)
    for (const channel of kept) pixels[to++] = data[from + channel] ?? 0
  const channels = kept.length === 4 ? 4 : 3
  return ofPixels({ widthPx: info.width, heightPx: info.height, channels, pixels })
}
