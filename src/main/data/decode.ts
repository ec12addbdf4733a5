/**
 * From a file to pixels: the one way in which training, evaluation and thumbnails see a picture.
 * EXIF orientation is applied; the colours are sRGB with 8 bits (CMYK and other profiles converted, 16 bits scaled down,
 * grey repeated three times); transparency is laid over white, because pictures with a cut-out background were made to be
 * looked at on white paper, and over black their dark outlines would vanish. Of an animation the first frame counts.
 */
import { readFile } from 'node:fs/promises'
import type { Sharp } from 'sharp'
import { WorkbenchError } from '../../contract/errors'
import { readBmp } from './bmp'
import { cropOfSquare, type Picture } from './enlarge'
import { imageFormat } from './image-format'
import { squashedTo, type KeptSize, type Size } from './kept-size'
import { reasonOf } from './scan-walk'
import { maxPixelCount, sharp } from './image-library'
import { plainFrame, type JpegFrame } from './plain-jpeg'
import { pictureResizer } from './resizer'
import { smallJpegDecoder } from './small-jpeg'

export interface Thumbnail {
  readonly bytes: Uint8Array
  readonly mime: 'image/webp' | 'image/jpeg'
}

/** Above this size a thumbnail is a large view: JPEG, since encoding it as WebP takes several times as long. */
const largeViewPx = 640

/** Above it a picture is not held whole before it is resized, 3 bytes a pixel; sharp does both strip by strip. */
const mostWholePixels = 4e6

/**
 * The picture brought to at most `sidePx` along each axis, on its own: the aspect ratio is not kept (BiT, bit-reference section 3), and an
 * axis that is shorter stays as it is, for `cropOfSquare` to enlarge. Bilinear with antialias, as in the authors' PyTorch code (the TF2
 * and JAX code has no antialias). Plain JPEGs that shrink by less than 2 are `pictureResizer()`'s, where there is one. Throws 'bad-image'
 * naming the file.
 */
export function decodePicture(path: string, sidePx: number, bytes?: Uint8Array): Promise<Picture> {
  return decodeKept(path, squashedTo(sidePx), bytes)
}

/** The same at the size that `kept` says: in the picture's own shape, for one. */
export async function decodeKept(path: string, kept: KeptSize, bytes?: Uint8Array): Promise<Picture> {
  return reading(path, async () => {
    const file = bytes ?? (await readFile(path))
    const small = (await smallJpegDecoder())(file)
    if (small !== null && kept.takes(small)) return small
    const frame = plainFrame(file)
    const resizer = pictureResizer()
    if (resizer !== null && frame !== null && isResizedWhole(frame, kept)) {
      const { widthPx, heightPx } = kept.of(frame)
      try {
        return await resizer.resizeJpeg(file, frame, widthPx, heightPx)
      } catch {
        // Damaged, most likely. sharp says in its own words what is wrong, or makes of it what it can.
        return resizer.resize(await rawPixels(await openUpright(file)), widthPx, heightPx)
      }
    }
    // Turning, flattening and converting what is upright, opaque and sRGB changes nothing and costs a twentieth of the time.
    const upright = frame?.channels === 3 ? await openPicture(file) : await openUpright(file)
    const { widthPx, heightPx } = kept.most ?? kept.of(await uprightSize(upright))
    return rawPixels(
      upright.resize(widthPx, heightPx, { fit: 'fill', kernel: 'linear', withoutEnlargement: true }),
    )
  })
}

/** Not to be made so much smaller that sharp takes half, a quarter or an eighth of it from the DCT, which is faster than any resize. */
function isResizedWhole(frame: JpegFrame, kept: KeptSize): boolean {
  const { widthPx, heightPx } = kept.of(frame)
  const isTooSmallForHalf = frame.widthPx < 2 * widthPx || frame.heightPx < 2 * heightPx
  return isTooSmallForHalf && frame.widthPx * frame.heightPx <= mostWholePixels
}

/** From the file's head alone. */
async function uprightSize(picture: Sharp): Promise<Size> {
  const { width, height } = (await picture.metadata()).autoOrient
  return { widthPx: width, heightPx: height }
}

async function rawPixels(picture: Sharp): Promise<Picture> {
  const { data, info } = await picture.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true })
  if (info.channels !== 3) throw new Error(`it has ${info.channels} channels after the conversion to sRGB`)
  return { pixels: data, widthPx: info.width, heightPx: info.height }
}

/** [px, px, 3] uint8 RGB: the whole square of the picture. Throws 'bad-image' naming the file. */
export async function decodeSquare(path: string, px: number): Promise<Uint8Array> {
  const square = new Uint8Array(px * px * 3)
  cropOfSquare(await decodePicture(path, px), px, px, { x: 0, y: 0, flip: false }, square, 0)
  return square
}

/** The upright sRGB picture within maxPx × maxPx, never enlarged. Throws 'bad-image' naming the file. */
export async function thumbnail(path: string, maxPx: number): Promise<Thumbnail> {
  return reading(path, async () => {
    const upright = await openUpright(await readFile(path))
    const resized = upright.resize(maxPx, maxPx, { fit: 'inside', withoutEnlargement: true })
    if (maxPx > largeViewPx) {
      return { bytes: await resized.jpeg({ quality: 88 }).toBuffer(), mime: 'image/jpeg' }
    }
    // effort 2: measured on photos, half the time of the default 4 and 4 % more bytes.
    return { bytes: await resized.webp({ quality: 80, effort: 2 }).toBuffer(), mime: 'image/webp' }
  })
}

/** A pipeline that gives `file`'s picture upright, in sRGB, without transparency. Bytes are decoded when it is read. */
export async function openUpright(file: Uint8Array): Promise<Sharp> {
  return (await openPicture(file)).autoOrient().flatten({ background: '#ffffff' }).toColourspace('srgb')
}

/** The same picture as stored: not yet turned, in its own colours. */
export async function openPicture(
  file: Uint8Array,
  failOn: 'truncated' | 'error' | 'warning' = 'error',
): Promise<Sharp> {
  if (imageFormat(file) !== 'bmp') return sharp(file, { failOn, limitInputPixels: maxPixelCount })
  const { widthPx, heightPx, channels, pixels } = readBmp(file, maxPixelCount)
  return sharp(pixels, { raw: { width: widthPx, height: heightPx, channels } })
}

/** What `work` gives; what it throws as 'bad-image', naming the file. */
export async function reading<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    const reason = reasonOf(cause).split('\n')[0] ?? ''
    throw new WorkbenchError(
      'bad-image',
      `The picture ${path} cannot be read: ${reason}`,
      'Look at the file in an image viewer; put it back or import the folder again.',
      { cause },
    )
  }
}
