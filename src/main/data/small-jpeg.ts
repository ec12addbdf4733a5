/**
 * Small plain JPEGs, decoded at once by libjpeg-turbo in WebAssembly, bit for bit as sharp decodes them (a test holds that). Setting up
 * libvips costs 0.7 ms of processor time a picture, whatever its size; a picture of 32 px is decoded here in 0.02 ms.
 */
import createLibrary, { type JpegDecoder } from '@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs'
import type { Picture } from './enlarge'

/** Above it the calling thread would be held for more than 0.2 ms, and the threads of sharp are as fast. */
const mostPixels = 128 * 128

export type SmallJpegDecoder = (file: Uint8Array) => Picture | null

let opened: Promise<SmallJpegDecoder> | null = null

/** The decoder, loaded once in a process. It gives null for what is not small, not plain or not whole: sharp then decides. */
export function smallJpegDecoder(): Promise<SmallJpegDecoder> {
  return (opened ??= open())
}

async function open(): Promise<SmallJpegDecoder> {
  const library = await createLibrary()
  let decoder: JpegDecoder = new library.JPEGDecoder()
  return (file) => {
    const frame = plainFrame(file)
    if (frame === null || frame.widthPx * frame.heightPx > mostPixels) return null
    try {
      decoder.getEncodedBuffer(file.length).set(file)
      decoder.decode()
      const decoded = decoder.getDecodedBuffer()
      if (decoded.length !== frame.widthPx * frame.heightPx * frame.channels) return null
      // copied: the library writes its next picture to the same memory
      return { ...frame, pixels: frame.channels === 3 ? Uint8Array.from(decoded) : thrice(decoded) }
    } catch {
      // Damaged. sharp looks at it next, and says in its own words what is wrong.
      decoder.delete()
      decoder = new library.JPEGDecoder()
      return null
    }
  }
}

interface Frame {
  readonly widthPx: number
  readonly heightPx: number
  readonly channels: 1 | 3
}

/**
 * Size and channels of a whole JPEG in the usual colours (grey, or YCbCr as JFIF has it), with nothing that turns it or changes its
 * colours: no EXIF, no profile, no mark of Adobe's. Else null.
 */
function plainFrame(file: Uint8Array): Frame | null {
  const length = file.length
  const byte = (at: number): number => file[at] ?? 0
  const word = (at: number): number => (byte(at) << 8) | byte(at + 1)
  if (word(0) !== 0xffd8 || word(length - 2) !== 0xffd9) return null
  let frame: Frame | null = null
  for (let at = 2; at + 9 < length; at += 2 + word(at + 2)) {
    const marker = word(at)
    if (marker === 0xffda) return frame
    if (marker >= 0xffe1 && marker <= 0xffef) return null // APP1 to APP15: EXIF, ICC, Adobe …
    if (marker === 0xffc0 || marker === 0xffc2) {
      const channels = byte(at + 9)
      const isUsual = channels === 1 || (channels === 3 && byte(at + 10) === 1 && byte(at + 13) === 2)
      if (!isUsual || byte(at + 4) !== 8) return null
      frame = { heightPx: word(at + 5), widthPx: word(at + 7), channels }
    } else if (marker < 0xff00 || (marker >= 0xffc1 && marker <= 0xffcf && marker !== 0xffc4)) return null
  }
  return null
}

function thrice(grey: Uint8Array): Uint8Array {
  const pixels = new Uint8Array(grey.length * 3)
  for (let index = 0; index < grey.length; index++) pixels.fill(grey[index] ?? 0, index * 3, index * 3 + 3)
  return pixels
}
