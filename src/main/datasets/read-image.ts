/** Reads one image once: is it an image, is it whole, what are its facts. */
import { hash } from 'node:crypto'
import type { Problem } from '../../contract/entities/dataset'
import { readBmp, readBmpHeader } from '../images/bmp'
import { openImage } from '../images/decode'
import { reasonOf } from '../images/file-source'
import { headByteCount, type ImageFormat, imageFormat, undecodableFormat } from '../images/image-format'
import { maxPixelCount, sharp } from '../images/image-library'
import type { ImageSource } from '../sources/source'
import type { ScannedImage } from './scan-result'
import { isTiffCutOff } from '../images/tiff-extent'

/** What the file itself says; its class and part come from its source. */
export type ImageFacts = Omit<ScannedImage, 'key' | 'linkTarget' | 'classIndex' | 'folderPart'>

export interface FileFault {
  readonly severity: Problem['severity']
  readonly code: Problem['code']
  readonly message: string
}

export interface FileReading {
  /** By its first bytes it is an image, whole or not. */
  readonly isImage: boolean
  /** null where it cannot be used. */
  readonly facts: ImageFacts | null
  readonly fault: FileFault | null
}

/** No photo is larger; above it a file is not even read. */
const maxFileBytes = 1 << 30

const tinyPixelCount = 128 * 128

/**
 * Every image is really decoded (JPEG at an eighth of its size, which still reads all of its data): a header says
 * nothing of a file that was cut off. Never throws; a fault of the file is part of the answer. The decoder keeps its
 * messages in one place for all threads: the kind of a fault is certain only where nothing else is decoded meanwhile.
 */
export async function readImage(source: ImageSource, key: string): Promise<FileReading> {
  try {
    const { bytes, byteCount, modifiedMs } = await source.read(
      key,
      headByteCount,
      (head, size) => imageFormat(head) !== null && size <= maxFileBytes,
    )
    if (byteCount === 0) return unusable(false, 'error', 'empty-file', 'The file is empty.')
    const format = imageFormat(bytes)
    if (format === null) return notDecodable(bytes)
    if (byteCount > maxFileBytes)
      return unusable(true, 'error', 'too-large', 'The file is larger than 1 GiB.')
    return await decode(format, bytes, modifiedMs)
  } catch (error) {
    return unusable(false, 'error', 'unreadable', `The file cannot be read: ${reasonOf(error)}`)
  }
}

function notDecodable(head: Buffer): FileReading {
  const known = undecodableFormat(head)
  return known === null
    ? unusable(false, 'note', 'unsupported-format', 'It is not an image.')
    : unusable(
        true,
        'error',
        'unsupported-format',
        `${known} images are not supported. Save it as JPEG or PNG.`,
      )
}

async function decode(format: ImageFormat, bytes: Buffer, modifiedMs: number): Promise<FileReading> {
  try {
    const header = format === 'bmp' ? bmpHeader(bytes) : await imageHeader(bytes)
    if (header.widthPx * header.heightPx > maxPixelCount) {
      const megapixels = Math.round((header.widthPx * header.heightPx) / 1e6)
      const message = `The image has ${megapixels} megapixels; the limit is ${maxPixelCount / 1e6}. Make it smaller to use it.`
      return unusable(true, 'error', 'too-large', message)
    }
    const warning = await decodeAll(format, bytes, header)
    const contentHash = hash('sha256', bytes, 'hex')
    return {
      isImage: true,
      facts: { ...header, format, byteCount: bytes.length, contentHash, modifiedMs },
      fault:
        warning === null
          ? null
          : {
              severity: 'note',
              code: 'corrupt',
              message: `The image was read despite a minor fault: ${warning}`,
            },
    }
  } catch (error) {
    const reason = firstLine(error)
    if (reason.includes('not supported')) return unusable(true, 'error', 'unsupported-format', `${reason}.`)
    return isCutOff(format, bytes, reason)
      ? unusable(
          true,
          'error',
          'truncated',
          `The file ends too early: part of the image is missing (${reason}).`,
        )
      : unusable(true, 'error', 'corrupt', `The image is damaged (${reason}).`)
  }
}

type Header = Omit<ImageFacts, 'byteCount' | 'contentHash' | 'format' | 'modifiedMs'>

async function imageHeader(bytes: Buffer): Promise<Header> {
  // The header alone costs nothing, however many pixels it announces; the caller refuses too many in its own words.
  const metadata = await sharp(bytes, { limitInputPixels: false, failOn: 'error' }).metadata()
  return {
    widthPx: metadata.autoOrient.width,
    heightPx: metadata.autoOrient.height,
    colourSpace: metadata.space,
    bitsPerSample:
      metadata.bitsPerSample ?? (metadata.depth === 'ushort' ? 16 : metadata.depth === 'float' ? 32 : 8),
    hasAlpha: metadata.hasAlpha,
    orientation: metadata.orientation ?? 1,
  }
}

function bmpHeader(bytes: Buffer): Header {
  const { widthPx, heightPx, bitsPerPixel, hasAlpha } = readBmpHeader(bytes)
  const bitsPerSample = bitsPerPixel <= 8 ? 8 : bitsPerPixel === 16 ? 5 : 8
  return { widthPx, heightPx, hasAlpha, bitsPerSample, colourSpace: 'srgb', orientation: 1 }
}

/** Throws where pixels are damaged; what a decoder only grumbles about comes back as text. */
async function decodeAll(format: ImageFormat, bytes: Buffer, header: Header): Promise<string | null> {
  if (format === 'bmp') {
    readBmp(bytes, maxPixelCount)
    return null
  }
  const decodeSmall = async (failOn: 'truncated' | 'error' | 'warning'): Promise<void> => {
    const image = await openImage(bytes, failOn)
    // Tiny images as they are: setting up a resize would take longer than decoding them.
    const shrunk =
      header.widthPx * header.heightPx <= tinyPixelCount
        ? image
        : image.autoOrient().resize(Math.ceil(header.widthPx / 8), Math.ceil(header.heightPx / 8), {
            fit: 'fill',
            kernel: 'linear',
          })
    await shrunk.raw().toBuffer()
  }
  try {
    await decodeSmall('warning')
    return null
  } catch (error) {
    const warning = firstLine(error)
    // A JPEG that was cut off fails first with the damage at its last line; asked for the end alone, it says what it is.
    await decodeSmall('truncated')
    if (isDamage(error)) throw error
    await decodeSmall('error')
    return warning
  }
}

/** Some warnings mean lost pixels (a JPEG goes on in grey after a bad code); others only untidy metadata. */
function isDamage(error: unknown): boolean {
  const message = error instanceof Error ? error.message : String(error)
  return /huffman|premature end|corrupt jpeg data(?!: \d+ extraneous)|read error|quantization|in tile|in strip/i.test(
    message,
  )
}

function isCutOff(format: ImageFormat, bytes: Buffer, reason: string): boolean {
  if (/premature end of (jpeg|file)|unexpected end|truncated|end of file/i.test(reason)) return true
  if (format === 'png') return bytes.lastIndexOf('IEND') === -1
  if (format === 'webp') return bytes.length >= 8 && bytes.readUInt32LE(4) + 8 > bytes.length
  if (format === 'avif') return bytes.length < 200 || /bad seek/.test(reason)
  if (format === 'tiff') return isTiffCutOff(bytes)
  return false
}

function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  const lines = message.split('\n').map((line) => line.trim())
  // libheif's reader reports each try before it says what is wrong.
  return lines.find((line) => line !== '' && !line.startsWith('source: bad seek')) ?? lines[0] ?? ''
}

function unusable(
  isImage: boolean,
  severity: Problem['severity'],
  code: Problem['code'],
  message: string,
): FileReading {
  return { isImage, facts: null, fault: { severity, code, message } }
}
