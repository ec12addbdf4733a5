/** A reader for Windows bitmaps (1, 4, 8, 16, 24 and 32 bits, RLE8 and RLE4), which libvips as shipped with sharp does not decode. */
import { unpackRuns } from './bmp-runs'
import { notSupported, refusedBySize } from './refusal'

export interface BmpImage {
  readonly widthPx: number
  readonly heightPx: number
  readonly channels: 3 | 4
  /** uint8 [heightPx, widthPx, channels], RGB or RGBA, top row first. */
  readonly pixels: Uint8Array
}

export interface BmpHeader {
  readonly widthPx: number
  readonly heightPx: number
  readonly bitsPerPixel: number
  readonly hasAlpha: boolean
}

interface Layout extends BmpHeader {
  readonly topDown: boolean
  /** Rows are not stored as they are, but as runs of equal pixels. */
  readonly isPacked: boolean
  readonly pixelOffset: number
  readonly palette: Uint8Array
  readonly paletteEntryBytes: number
  /** Red, green, blue, alpha masks of 16 and 32 bits; alpha 0 where there is none. */
  readonly masks: readonly [number, number, number, number]
}

/** Throws an ImageRefusal where it is too large or holds a JPEG or PNG; a plain Error with the reason where it is damaged. */
export function readBmp(file: Uint8Array, maxPixelCount: number): BmpImage {
  const layout = readLayout(file)
  const refused = refusedBySize(layout.widthPx, layout.heightPx, maxPixelCount)
  if (refused !== null) throw refused
  if (!layout.isPacked) return readRows(file, layout)
  const { widthPx, heightPx, bitsPerPixel, pixelOffset } = layout
  const indices = unpackRuns(file, pixelOffset, { widthPx, heightPx, bits: bitsPerPixel === 4 ? 4 : 8 })
  // as a bitmap of 8 bits stores them, which has rows of whole words
  const rowBytes = Math.ceil(widthPx / 4) * 4
  const rows = new Uint8Array(rowBytes * heightPx)
  for (let y = 0; y < heightPx; y++) rows.set(indices.subarray(y * widthPx, (y + 1) * widthPx), y * rowBytes)
  return readRows(rows, { ...layout, bitsPerPixel: 8, pixelOffset: 0 })
}

function readRows(file: Uint8Array, layout: Layout): BmpImage {
  const { widthPx, heightPx, bitsPerPixel } = layout
  const rowBytes = Math.ceil((widthPx * bitsPerPixel) / 32) * 4 // rows are padded to four bytes
  if (layout.pixelOffset + rowBytes * heightPx > file.length) throw new Error('bmp: premature end of file')
  const channels = layout.hasAlpha ? 4 : 3
  const pixels = new Uint8Array(widthPx * heightPx * channels)
  for (let y = 0; y < heightPx; y++) {
    const row = layout.topDown ? y : heightPx - 1 - y
    readRow(file, layout, layout.pixelOffset + row * rowBytes, pixels, y * widthPx * channels, channels)
  }
  return { widthPx, heightPx, channels, pixels }
}

/** The facts of the header alone. Throws as readBmp does. */
export function readBmpHeader(file: Uint8Array): BmpHeader {
  const { widthPx, heightPx, bitsPerPixel, hasAlpha } = readLayout(file)
  return { widthPx, heightPx, bitsPerPixel, hasAlpha }
}

function readLayout(file: Uint8Array): Layout {
  if (file.length < 26) throw new Error('bmp: premature end of file')
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  const headerBytes = view.getUint32(14, true)
  const old = headerBytes === 12 // OS/2's header has 16-bit sizes and three-byte colours
  if (!old && (headerBytes < 40 || file.length < 14 + headerBytes)) throw new Error('bmp: damaged header')
  const widthPx = old ? view.getUint16(18, true) : view.getInt32(18, true)
  const signedHeight = old ? view.getInt16(20, true) : view.getInt32(22, true)
  const bitsPerPixel = view.getUint16(old ? 24 : 28, true)
  const compression = old ? 0 : view.getUint32(30, true)
  if (widthPx <= 0 || signedHeight === 0) throw new Error('bmp: damaged header')
  if (![1, 4, 8, 16, 24, 32].includes(bitsPerPixel))
    throw notSupported(`a bitmap of ${String(bitsPerPixel)} bits`)
  // OS/2's second header has meanings of its own for these
  if (headerBytes === 64 && compression > 2) throw notSupported('an OS/2 bitmap that is packed')
  const masked = compression === 3 || compression === 6
  const isPacked = (compression === 1 && bitsPerPixel === 8) || (compression === 2 && bitsPerPixel === 4)
  if (compression !== 0 && !masked && !isPacked) throw notSupported(packingOf(compression))
  const masks = readMasks(view, headerBytes, bitsPerPixel, masked)
  const coloursUsed = old ? 0 : view.getUint32(46, true)
  const entryBytes = old ? 3 : 4
  // Masks follow a plain 40-byte header; newer headers contain them.
  const paletteOffset = 14 + headerBytes + (masked && headerBytes === 40 ? 12 : 0)
  const pixelOffset = view.getUint32(10, true)
  const entryCount = bitsPerPixel <= 8 ? Math.min(coloursUsed || 2 ** bitsPerPixel, 256) : 0
  return {
    widthPx,
    heightPx: Math.abs(signedHeight),
    bitsPerPixel,
    hasAlpha: masks[3] !== 0,
    topDown: signedHeight < 0,
    isPacked,
    pixelOffset,
    // what lies behind the first pixel is no colour, however many the header promises
    palette: file.subarray(paletteOffset, Math.min(paletteOffset + entryCount * entryBytes, pixelOffset)),
    paletteEntryBytes: entryBytes,
    masks,
  }
}

function packingOf(compression: number): string {
  if (compression === 4) return 'a bitmap that holds a JPEG'
  if (compression === 5) return 'a bitmap that holds a PNG'
  return `a bitmap of compression ${String(compression)}`
}

function readMasks(
  view: DataView,
  headerBytes: number,
  bitsPerPixel: number,
  masked: boolean,
): readonly [number, number, number, number] {
  // The fourth byte of plain 32-bit bitmaps is unused by definition: most writers leave it 0.
  if (!masked) return bitsPerPixel === 16 ? [0x7c00, 0x3e0, 0x1f, 0] : [0xff0000, 0xff00, 0xff, 0]
  if (view.byteLength < 70) throw new Error('bmp: damaged header')
  const alpha = headerBytes >= 56 ? view.getUint32(66, true) : 0
  const [red, green, blue] = [view.getUint32(54, true), view.getUint32(58, true), view.getUint32(62, true)]
  if ((red | green | blue) === 0) throw new Error('bmp: damaged header')
  return [red, green, blue, alpha]
}

function readRow(
  file: Uint8Array,
  layout: Layout,
  from: number,
  pixels: Uint8Array,
  to: number,
  channels: number,
): void {
  const { bitsPerPixel, palette, paletteEntryBytes } = layout
  const bytesPerPixel = bitsPerPixel >> 3
  for (let x = 0; x < layout.widthPx; x++) {
    const target = to + x * channels
    if (bitsPerPixel === 24) {
      for (let channel = 0; channel < 3; channel++)
        pixels[target + channel] = file[from + x * 3 + 2 - channel] ?? 0
    } else if (bitsPerPixel <= 8) {
      const byte = file[from + ((x * bitsPerPixel) >> 3)] ?? 0
      const shift = 8 - bitsPerPixel - ((x * bitsPerPixel) & 7)
      const entry = ((byte >> shift) & ((1 << bitsPerPixel) - 1)) * paletteEntryBytes
      if (entry + 3 > palette.length) throw new Error('bmp: the palette lacks a colour that a pixel has')
      for (let channel = 0; channel < 3; channel++)
        pixels[target + channel] = palette[entry + 2 - channel] ?? 0
    } else {
      let word = 0
      for (let byte = bytesPerPixel - 1; byte >= 0; byte--) {
        word = word * 256 + (file[from + x * bytesPerPixel + byte] ?? 0)
      }
      for (let channel = 0; channel < channels; channel++) {
        pixels[target + channel] = masked8(word, layout.masks[channel] ?? 0)
      }
    }
  }
}

/** The bits of `word` under `mask`, scaled to 0 … 255. */
function masked8(word: number, mask: number): number {
  if (mask === 0) return 0
  const lowest = 2 ** (31 - Math.clz32(mask & -mask))
  const largest = (mask >>> 0) / lowest
  return Math.round(((((word & mask) >>> 0) / lowest) * 255) / largest)
}
