/**
 * Small plain JPEGs, decoded at once by libjpeg-turbo in WebAssembly, bit for bit as sharp decodes them (a test holds that). Setting up
 * libvips costs 0.7 ms of processor time an image, whatever its size; an image of 32 px is decoded here in 0.02 ms.
 */
import createLibrary, { type JpegDecoder } from '@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs'
import type { Image } from './enlarge'
import { plainFrame } from './plain-jpeg'

/** Above it the calling thread would be held for more than 0.2 ms, and the threads of sharp are as fast. */
const mostPixels = 128 * 128

export type SmallJpegDecoder = (file: Uint8Array) => Image | null

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
      const { widthPx, heightPx } = frame
      // copied: the library writes its next image to the same memory
      return { widthPx, heightPx, pixels: frame.channels === 3 ? Uint8Array.from(decoded) : thrice(decoded) }
    } catch {
      // Damaged. sharp looks at it next, and says in its own words what is wrong.
      decoder.delete()
      decoder = new library.JPEGDecoder()
      return null
    }
  }
}

function thrice(grey: Uint8Array): Uint8Array {
  const pixels = new Uint8Array(grey.length * 3)
  for (let index = 0; index < grey.length; index++) pixels.fill(grey[index] ?? 0, index * 3, index * 3 + 3)
  return pixels
}
