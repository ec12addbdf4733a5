/** The one place that sets up sharp (libvips): decoding runs many images side by side, each on one thread. */
import sharp from 'sharp'
import { imageResizer } from './resizer'

sharp.cache(false) // images are read once; libvips' own cache would only hold memory
sharp.concurrency(1)

/** Images above 100 megapixels are refused: the limit of the import, and a guard against decompression bombs. */
export const maxPixelCount = 100_000_000

/** So long is the longest side of a JPEG or GIF. To resize a row of a million pixels takes more than a gigabyte. */
export const longestSidePx = 65_535

/** Another decoder may give other pixels: what was kept of one is not used with another. */
export function decoderVersion(): string {
  const library = `exact resize 1 sharp ${sharp.versions.sharp ?? ''} libvips ${sharp.versions.vips}`
  const resizer = imageResizer()
  return resizer === null ? library : `${library} ${resizer.name}`
}

export { sharp }
