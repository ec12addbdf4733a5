/** Test images, drawn when a test needs them. */
import { mkdtempSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import { sharp } from '../../../src/main/images/image-library'

/** A folder that is removed when the test ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'bitw-data-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** A noisy image; each seed another. */
export function noise(
  seed: number,
  widthPx = 40,
  heightPx = 30,
): { pixels: Uint8Array; widthPx: number; heightPx: number } {
  const pixels = new Uint8Array(widthPx * heightPx * 3)
  let word = seed * 2654435761 + 12345
  for (let index = 0; index < pixels.length; index++) {
    word = (Math.imul(word, 1664525) + 1013904223) | 0
    pixels[index] = word >>> 24
  }
  return { pixels, widthPx, heightPx }
}

export function encode(
  seed: number,
  format: 'jpeg' | 'png' | 'webp' | 'gif' | 'tiff' | 'avif' = 'jpeg',
): Promise<Buffer> {
  const { pixels, widthPx, heightPx } = noise(seed)
  return sharp(pixels, { raw: { width: widthPx, height: heightPx, channels: 3 } })
    .toFormat(format)
    .toBuffer()
}

/** An image whose upright form has red top left, green top right, blue bottom left, white bottom right; 48 × 32. */
export async function quadrants(orientation: number, format: 'jpeg' | 'png' = 'jpeg'): Promise<Buffer> {
  const tile = (colour: string): Promise<Buffer> =>
    sharp({ create: { width: 24, height: 16, channels: 3, background: colour } })
      .png()
      .toBuffer()
  const upright = await sharp({ create: { width: 48, height: 32, channels: 3, background: '#ffffff' } })
    .composite([
      { input: await tile('#ff0000'), left: 0, top: 0 },
      { input: await tile('#00ff00'), left: 24, top: 0 },
      { input: await tile('#0000ff'), left: 0, top: 16 },
    ])
    .png()
    .toBuffer()
  // EXIF: how a viewer must turn the stored image; stored is the inverse of that.
  const stored = sharp(upright)
  if ([2, 4, 5, 7].includes(orientation)) stored.flop()
  const storedTurned = await sharp(await stored.png().toBuffer())
    .rotate({ 1: 0, 2: 0, 3: 180, 4: 180, 5: 270, 6: 270, 7: 90, 8: 90 }[orientation] ?? 0)
    .png()
    .toBuffer()
  return sharp(storedTurned).withMetadata({ orientation }).toFormat(format, { quality: 100 }).toBuffer()
}

/** Writes files given as path → content below `root`. */
export async function writeTree(
  root: string,
  files: Readonly<Record<string, Buffer | string>>,
): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeFile(join(root, path), content)
  }
}

/** The colour nearest to a pixel of an RGB square: r, g, b, w (white), k (black) or ?. */
export function colourAt(pixels: Uint8Array, px: number, x: number, y: number): string {
  const at = (y * px + x) * 3
  const [red = 0, green = 0, blue = 0] = pixels.subarray(at, at + 3)
  const key = [red, green, blue].map((value) => (value > 200 ? '1' : value < 60 ? '0' : '?')).join('')
  return { '100': 'r', '010': 'g', '001': 'b', '111': 'w', '000': 'k' }[key] ?? '?'
}

/** A Windows bitmap; `rows` top first, values as stored: palette indices, or [blue, green, red(, alpha)] bytes. */
export function bitmap(options: {
  bitsPerPixel: number
  widthPx: number
  rows: readonly Buffer[]
  palette?: readonly (readonly [red: number, green: number, blue: number])[]
  topDown?: boolean
  compression?: number
}): Buffer {
  const { bitsPerPixel, widthPx, rows, palette = [], topDown = false, compression = 0 } = options
  const rowBytes = Math.ceil((widthPx * bitsPerPixel) / 32) * 4
  const header = Buffer.alloc(54)
  const colours = Buffer.concat(palette.map(([red, green, blue]) => Buffer.from([blue, green, red, 0])))
  const body = Buffer.concat(
    (topDown ? [...rows] : [...rows].reverse()).map((row) => Buffer.concat([row], rowBytes)),
  )
  header.write('BM', 0, 'latin1')
  header.writeUInt32LE(54 + colours.length + body.length, 2)
  header.writeUInt32LE(54 + colours.length, 10)
  header.writeUInt32LE(40, 14)
  header.writeInt32LE(widthPx, 18)
  header.writeInt32LE(topDown ? -rows.length : rows.length, 22)
  header.writeUInt16LE(1, 26)
  header.writeUInt16LE(bitsPerPixel, 28)
  header.writeUInt32LE(compression, 30)
  header.writeUInt32LE(palette.length, 46)
  return Buffer.concat([header, colours, body])
}
