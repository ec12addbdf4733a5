/** An image in its own pixels, for whoever looks closely: none is added, none taken away. */
import { decoding, openUpright, reading, type ReadBytes } from './decode'
import { readImageFile } from './file-source'
import { imageFormat } from './image-format'
import { maxPixelCount, sharp } from './image-library'

export interface FullView {
  readonly bytes: Uint8Array
  readonly mime: 'image/jpeg' | 'image/png'
}

/** A JPEG up to here is sent as it lies; above it, and in all other formats, it is written anew. */
const mostBytesAsTheyAre = 64e6
/** Up to here without any loss; above it a PNG would take seconds, and a JPEG of this quality shows no difference. */
const mostLosslessPixels = 24e6

/**
 * The whole image at its own size. An ordinary JPEG is the file itself, which every browser turns upright by its EXIF orientation
 * as we do. Everything else is made as training sees it (upright, sRGB, over white, the first frame), since a browser would
 * animate it, lay it over grey, or not know the format. Throws 'bad-image' naming the file; images above 100 megapixels are refused.
 */
export async function fullView(path: string, read: ReadBytes = () => readImageFile(path)): Promise<FullView> {
  return reading(path, async () => {
    const file = await read()
    return decoding(file, () => viewOf(file))
  })
}

async function viewOf(file: Uint8Array): Promise<FullView> {
  if (imageFormat(file) === 'jpeg' && file.length <= mostBytesAsTheyAre) {
    const { width, height, space } = await sharp(file).metadata()
    const plain = space === 'srgb' || space === 'b-w'
    if (plain && width * height <= maxPixelCount) return { bytes: file, mime: 'image/jpeg' }
  }
  const upright = await openUpright(file)
  const { width, height } = await upright.metadata()
  if (width * height <= mostLosslessPixels) {
    // Level 2: a fifth of the time of the default, and some percent more bytes that never leave this machine.
    return { bytes: await upright.png({ compressionLevel: 2 }).toBuffer(), mime: 'image/png' }
  }
  const bytes = await upright.jpeg({ quality: 95, chromaSubsampling: '4:4:4' }).toBuffer()
  return { bytes, mime: 'image/jpeg' }
}
