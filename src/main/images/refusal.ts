/** Why an image cannot be read: one wording for the import, the training and a prediction alike. */
import type { Problem } from '../../contract/entities/dataset'
import { headByteCount, imageFormat, type ImageFormat, undecodableFormat } from './image-format'
import { longestSidePx, maxPixelCount } from './image-library'
import { isTiffCutOff } from './tiff-extent'

export class ImageRefusal extends Error {
  constructor(
    readonly code: Problem['code'],
    /** A clause in lower case without a full stop. */
    message: string,
    /** What to do, a sentence; '' where there is nothing but to bring back a sound file. */
    readonly hint = '',
    options?: ErrorOptions,
  ) {
    super(message, options)
  }
}

/** What to do with an image that is not supported. */
export const savedAs = 'Save the image as JPEG or PNG.'

export const notAnImage = 'it is not an image'

/** Valid as far as one can tell, and nothing here decodes it. `what` names it, as "32-bit float samples". */
export function notSupported(what: string, options?: ErrorOptions): ImageRefusal {
  return new ImageRefusal('unsupported-format', `not supported: ${what}`, savedAs, options)
}

/** null where it is not too large to be decoded. */
export function refusedBySize(widthPx: number, heightPx: number, most = maxPixelCount): ImageRefusal | null {
  if (widthPx * heightPx > most) return tooManyPixels(widthPx, heightPx)
  const longest = Math.max(widthPx, heightPx)
  if (longest <= longestSidePx) return null
  return new ImageRefusal(
    'too-large',
    `one side of the image has ${String(longest)} pixels; the limit is ${String(longestSidePx)}`,
    'Cut it into smaller images to use it.',
  )
}

function tooManyPixels(widthPx: number, heightPx: number): ImageRefusal {
  const megapixels = Math.round((widthPx * heightPx) / 1e6)
  return new ImageRefusal(
    'too-large',
    `the image has ${String(megapixels)} megapixels; the limit is ${String(maxPixelCount / 1e6)}`,
    'Make it smaller to use it.',
  )
}

/** `reason`: what the decoder says, if it says something. */
export function cutOff(reason: string | null = null, options?: ErrorOptions): ImageRefusal {
  const what = 'the file ends too early: part of the image is missing'
  return new ImageRefusal('truncated', reason === null ? what : `${what} (${reason})`, '', options)
}

/** For what is no image that can be decoded, by its first bytes; null where it is one. */
export function refusedByHead(head: Uint8Array): ImageRefusal | null {
  if (imageFormat(head) !== null) return null
  if (head.length === 0) return new ImageRefusal('empty-file', 'the file is empty')
  const known = undecodableFormat(head)
  return known === null ? new ImageRefusal('unsupported-format', notAnImage) : notSupported(`${known} images`)
}

/** What a decoder threw at `file`, in words. */
export function refusalOf(file: Uint8Array, thrown: unknown): ImageRefusal {
  if (thrown instanceof ImageRefusal) return thrown
  const reason = decoderWords(thrown)
  const options = { cause: thrown }
  const format = imageFormat(file)
  if (/pixel limit/i.test(reason)) {
    const limit = `the image has more than ${String(maxPixelCount / 1e6)} megapixels`
    return new ImageRefusal('too-large', limit, 'Make it smaller to use it.', options)
  }
  const longest = /maximum supported image dimension is (\d+)/i.exec(reason)?.[1]
  if (longest !== undefined) {
    const limit = `one side of the image has more than ${longest} pixels`
    return new ImageRefusal('too-large', limit, 'Cut it into smaller images to use it.', options)
  }
  if (isAnimatedAvif(file) && /unsupported image format/i.test(reason))
    return notSupported('animated AVIF (an image sequence)', options)
  const unsupported = unsupportedIn(reason)
  if (unsupported !== null) return notSupported(unsupported, options)
  return isCutOff(format, file, reason)
    ? cutOff(reason, options)
    : new ImageRefusal('corrupt', `the image is damaged (${reason})`, '', options)
}

/** The first line that says something. */
export function decoderWords(thrown: unknown): string {
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  const lines = message.split('\n').map((line) => line.trim())
  // libheif's reader reports each try before it says what is wrong; sharp says first that it takes a warning for an error
  const says = (line: string): boolean =>
    line !== '' && !/^source: bad seek|^Warning treated as error/.test(line)
  return lines.find(says) ?? lines[0] ?? ''
}

/** What a decoder says that it lacks; null where it says something else. A head that no decoder knows is as likely damaged. */
function unsupportedIn(reason: string): string | null {
  if (/^input (buffer|file) contains unsupported image format/i.test(reason)) return null
  if (/exceeds channel limit/i.test(reason)) return 'so many channels'
  if (/marker type/i.test(reason)) return null // damage makes marks of its own
  if (!/not supported|unsupported|not configured|not implemented|more than \d+ bands/i.test(reason))
    return null
  return reason
    .replace(/^[\w ]*2?vips\w*: /, '')
    .replace(/ (?:support )?(?:is|are) not (?:supported|configured|implemented)\.?$/i, '')
}

function isAnimatedAvif(file: Uint8Array): boolean {
  return Buffer.from(file.buffer, file.byteOffset, Math.min(12, file.length)).toString('latin1', 8) === 'avis'
}

function isCutOff(format: ImageFormat | null, file: Uint8Array, reason: string): boolean {
  if (/premature end of (jpeg|file)|unexpected end|truncated|end of file/i.test(reason)) return true
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength)
  if (format === 'png') return bytes.lastIndexOf('IEND') === -1
  if (format === 'webp') return bytes.length >= 8 && bytes.readUInt32LE(4) + 8 > bytes.length
  if (format === 'avif') return bytes.length < 200 || /bad seek/.test(reason)
  if (format === 'tiff') return isTiffCutOff(bytes)
  return bytes.length < headByteCount && format !== null
}
