/** A reader for Netpbm's bitmaps, greymaps and pixmaps (P1 … P6, netpbm.sourceforge.net/doc), which libvips as shipped with sharp lacks. */
import { notSupported, refusedBySize } from './refusal'

export interface PnmHeader {
  readonly widthPx: number
  readonly heightPx: number
  readonly channels: 1 | 3
  /** 1, 8 or 16. */
  readonly bitsPerSample: number
}

interface Layout extends PnmHeader {
  readonly isPlain: boolean
  readonly isBitmap: boolean
  /** The value of white, or of full colour. */
  readonly maximum: number
  readonly pixelOffset: number
}

export interface PnmImage extends PnmHeader {
  /** uint8 [heightPx, widthPx, channels], grey or RGB, values above 255 brought to 255. Of several images the first. */
  readonly pixels: Uint8Array
}

/** Throws an ImageRefusal, or a plain Error with the reason where the file is damaged. */
export function readPnm(file: Uint8Array, maxPixelCount: number): PnmImage {
  const layout = readLayout(file)
  const { widthPx, heightPx, channels, bitsPerSample } = layout
  const refused = refusedBySize(widthPx, heightPx, maxPixelCount)
  if (refused !== null) throw refused
  const pixels = layout.isPlain ? readText(file, layout) : readBinary(file, layout)
  return { widthPx, heightPx, channels, bitsPerSample, pixels }
}

/** The facts of the header alone. Throws as readPnm does. */
export function readPnmHeader(file: Uint8Array): PnmHeader {
  const { widthPx, heightPx, channels, bitsPerSample } = readLayout(file)
  return { widthPx, heightPx, channels, bitsPerSample }
}

function readLayout(file: Uint8Array): Layout {
  const kind = (file[1] ?? 0) - 0x30
  if (kind < 1 || kind > 6) throw notSupported(`Netpbm images of kind P${String.fromCharCode(file[1] ?? 0)}`)
  const isBitmap = kind === 1 || kind === 4
  const numbers = numbersFrom(file, 2)
  const [widthPx, heightPx, maximum] = [numbers.next(), numbers.next(), isBitmap ? 1 : numbers.next()]
  if (widthPx < 1 || heightPx < 1 || maximum < 1 || maximum > 65_535) throw new Error('pnm: damaged header')
  return {
    widthPx,
    heightPx,
    channels: kind === 3 || kind === 6 ? 3 : 1,
    bitsPerSample: isBitmap ? 1 : maximum > 255 ? 16 : 8,
    isPlain: kind <= 3,
    isBitmap,
    maximum,
    pixelOffset: numbers.at() + (kind <= 3 ? 0 : 1), // one white space ends a binary header
  }
}

function readBinary(file: Uint8Array, layout: Layout): Uint8Array {
  const { widthPx, heightPx, channels, maximum, pixelOffset, isBitmap } = layout
  const sampleCount = widthPx * heightPx * channels
  const rowBytes = Math.ceil(widthPx / 8)
  const bytesPerSample = maximum > 255 ? 2 : 1
  const byteCount = isBitmap ? rowBytes * heightPx : sampleCount * bytesPerSample
  if (pixelOffset + byteCount > file.length) throw new Error('pnm: premature end of file')
  const at = (index: number): number => file[pixelOffset + index] ?? 0
  const pixels = new Uint8Array(sampleCount)
  if (maximum === 255) pixels.set(file.subarray(pixelOffset, pixelOffset + byteCount))
  else if (isBitmap) {
    for (let index = 0; index < sampleCount; index++) {
      const x = index % widthPx
      const byte = at(((index - x) / widthPx) * rowBytes + (x >> 3))
      pixels[index] = ((byte >> (7 - (x & 7))) & 1) === 1 ? 0 : 255 // 1 is black
    }
  } else {
    for (let index = 0; index < sampleCount; index++) {
      const value = bytesPerSample === 1 ? at(index) : at(index * 2) * 256 + at(index * 2 + 1)
      pixels[index] = inEightBits(value, maximum)
    }
  }
  return pixels
}

function readText(file: Uint8Array, { widthPx, heightPx, channels, maximum, pixelOffset, isBitmap }: Layout) {
  const sampleCount = widthPx * heightPx * channels
  // a digit for each sample at least: a few bytes must not ask for gigabytes
  if (sampleCount > file.length - pixelOffset) throw new Error('pnm: premature end of file')
  const pixels = new Uint8Array(sampleCount)
  const numbers = numbersFrom(file, pixelOffset)
  for (let index = 0; index < sampleCount; index++) {
    pixels[index] = isBitmap ? (numbers.nextDigit() === 1 ? 0 : 255) : inEightBits(numbers.next(), maximum)
  }
  return pixels
}

function inEightBits(value: number, maximum: number): number {
  if (value > maximum) throw new Error('pnm: a value is above the maximum')
  return Math.round((value * 255) / maximum)
}

/** The numbers of a header or of plain samples, from `start` on; a # begins a comment up to the end of its line. */
function numbersFrom(file: Uint8Array, start: number) {
  let at = start
  const skip = (): void => {
    for (; at < file.length; at++) {
      const byte = file[at] ?? 0
      if (byte === 0x23) while (at < file.length && file[at] !== 0x0a && file[at] !== 0x0d) at++
      else if (byte !== 0x20 && (byte < 9 || byte > 13)) return
    }
    throw new Error('pnm: premature end of file')
  }
  const digit = (): number => {
    const value = (file[at] ?? 0) - 0x30
    return value >= 0 && value <= 9 ? value : -1
  }
  return {
    at: () => at,
    next(): number {
      skip()
      if (digit() < 0) throw new Error('pnm: a number is missing')
      let value = 0
      for (; digit() >= 0; at++) value = Math.min(value * 10 + digit(), 2 ** 31)
      return value
    },
    /** Bits of a plain bitmap need no space between them. */
    nextDigit(): number {
      skip()
      const value = digit()
      if (value !== 0 && value !== 1) throw new Error('pnm: a bit is neither 0 nor 1')
      at++
      return value
    },
  }
}
