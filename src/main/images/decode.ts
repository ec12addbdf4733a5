/**
 * From a file to pixels: the one way in which training, evaluation and thumbnails see an image.
 * EXIF orientation is applied; the colours are sRGB with 8 bits (CMYK and other profiles converted, 16 bits scaled down,
 * grey repeated three times); transparency is laid over white, because images with a cut-out background were made to be
 * looked at on white paper, and over black their dark outlines would vanish. Of an animation the first frame counts.
 */
import type { Sharp } from 'sharp'
import { WorkbenchError } from '../../contract/errors'
import { decodeByAddon } from './addon-jpeg'
import { sharpShrink } from './dct-shrink'
import { inRoomFor } from './decode-room'
import { cropOfSquare, type Image } from './enlarge'
import { reasonOf, readImageFile } from './file-source'
import { squashedTo, type KeptSize } from './kept-size'
import { openImage } from './open-image'
import { pixelsHeld } from './image-bounds'
import { plainFrame } from './plain-jpeg'
import { ImageRefusal, refusalOf } from './refusal'
import { resizeImage } from './resize'
import { imageResizer } from './resizer'
import { smallJpegDecoder } from './small-jpeg'

/** The whole of an encoded image. */
export type ReadBytes = () => Promise<Uint8Array>

export interface Thumbnail {
  readonly bytes: Uint8Array
  readonly mime: 'image/webp' | 'image/jpeg'
}

/** Above this size a thumbnail is a large view: JPEG, since encoding it as WebP takes several times as long. */
const largeViewPx = 640

/**
 * The image brought to at most `sidePx` along each axis, on its own: the aspect ratio is not kept (BiT, bit-reference section 3), and an
 * axis that is shorter stays as it is, for `cropOfSquare` to enlarge. Bilinear with antialias, as in the authors' PyTorch code (the TF2
 * and JAX code has no antialias): on average within 0.5 of 255 levels of Pillow's BILINEAR on the whole decoded image, whatever its size
 * (`dct-shrink.ts`). JPEGs without a profile of their own are `imageResizer()`'s, where there is one. Throws 'bad-image' naming the file.
 */
export function decodeImage(path: string, sidePx: number, bytes?: Uint8Array): Promise<Image> {
  return decodeKept(path, squashedTo(sidePx), bytes)
}

/** The same at the size that `kept` says: in the image's own shape, for one. `read` gives the bytes of what is no file of its own. */
export async function decodeKept(
  path: string,
  kept: KeptSize,
  bytes?: Uint8Array,
  read: ReadBytes = () => readImageFile(path),
): Promise<Image> {
  return reading(path, async () => {
    const file = bytes ?? (await read())
    const small = (await smallJpegDecoder())(file)
    if (small !== null && kept.takes(small)) return small
    const resizer = imageResizer()
    return decoding(file, async () => {
      const byAddon = resizer === null ? null : await decodeByAddon(file, kept, resizer)
      return byAddon ?? decodeBySharp(file, kept)
    })
  })
}

async function decodeBySharp(file: Uint8Array, kept: KeptSize): Promise<Image> {
  const opened = await openImage(file)
  const { format, space, isProgressive, autoOrient } = await opened.metadata()
  const from = { widthPx: autoOrient.width, heightPx: autoOrient.height }
  const to = kept.of(from)
  // Turning, flattening and converting what is upright, opaque and sRGB changes nothing and costs a twentieth of the time.
  const upright = plainFrame(file)?.channels === 3 ? opened : uprightOf(opened)
  // A mean of inks is not the mean of the colours that they make.
  const asked = format === 'jpeg' && space !== 'cmyk' ? sharpShrink(from, to) : null
  return inRoomFor(pixelsHeld(asked ?? from, isProgressive === true, 1), async () => {
    // Never without `sharpShrink`: asked for any size, sharp takes as little from the DCT as will do, and its resize is not exact.
    const image = await rawPixels(
      asked === null
        ? upright
        : upright.resize(asked.widthPx, asked.heightPx, { fit: 'fill', kernel: 'cubic' }),
    )
    if (image.widthPx === to.widthPx && image.heightPx === to.heightPx) return image
    const resizer = imageResizer()
    return resizer === null
      ? resizeImage(image, to.widthPx, to.heightPx)
      : resizer.resize(image, to.widthPx, to.heightPx)
  })
}

async function rawPixels(image: Sharp): Promise<Image> {
  const { data, info } = await image.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true })
  if (info.channels !== 3) throw new Error(`it has ${info.channels} channels after the conversion to sRGB`)
  return { pixels: data, widthPx: info.width, heightPx: info.height }
}

/** [px, px, 3] uint8 RGB: the whole square of the image, of `bytes` where they are given. Throws 'bad-image' naming the file. */
export async function decodeSquare(path: string, px: number, bytes?: Uint8Array): Promise<Uint8Array> {
  const square = new Uint8Array(px * px * 3)
  cropOfSquare(await decodeImage(path, px, bytes), px, px, { x: 0, y: 0, flip: false }, square, 0)
  return square
}

/** The upright sRGB image within maxPx × maxPx, never enlarged. Throws 'bad-image' naming the file. */
export async function thumbnail(
  path: string,
  maxPx: number,
  read: ReadBytes = () => readImageFile(path),
): Promise<Thumbnail> {
  return reading(path, async () => {
    const file = await read()
    return decoding(file, async () => {
      const upright = await openUpright(file)
      const resized = upright.resize(maxPx, maxPx, { fit: 'inside', withoutEnlargement: true })
      if (maxPx > largeViewPx) {
        return { bytes: await resized.jpeg({ quality: 88 }).toBuffer(), mime: 'image/jpeg' }
      }
      // effort 2: measured on photos, half the time of the default 4 and 4 % more bytes.
      return { bytes: await resized.webp({ quality: 80, effort: 2 }).toBuffer(), mime: 'image/webp' }
    })
  })
}

/** A pipeline that gives `file`'s image upright, in sRGB, without transparency. Bytes are decoded when it is read. */
export async function openUpright(file: Uint8Array): Promise<Sharp> {
  return uprightOf(await openImage(file))
}

function uprightOf(image: Sharp): Sharp {
  return image.autoOrient().flatten({ background: '#ffffff' }).toColourspace('srgb')
}

/** What `work` gives of `file`. What it throws becomes an ImageRefusal that says what is wrong with the file. */
export async function decoding<T>(file: Uint8Array, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (thrown) {
    throw refusalOf(file, thrown)
  }
}

/** What `work` gives. What it throws becomes 'bad-image', naming the file, unless it is in our words already. */
export async function reading<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    if (cause instanceof WorkbenchError) throw cause
    const reason = (reasonOf(cause).split('\n')[0] ?? '').replace(/\.$/, '')
    const hint = cause instanceof ImageRefusal && cause.hint !== '' ? cause.hint : openAndSee
    throw new WorkbenchError('bad-image', `The image ${path} cannot be read: ${reason}.`, hint, { cause })
  }
}

const openAndSee = 'Open the file in an image viewer; put it back, or import its dataset again.'
