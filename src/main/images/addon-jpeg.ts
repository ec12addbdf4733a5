/** The JPEGs that the addon decodes: those in grey or YCbCr without a profile but sRGB's, as cameras and datasets have them. */
import { dctShrink } from './dct-shrink'
import { inRoomFor } from './decode-room'
import type { Image } from './enlarge'
import { maxPixelCount, sharp } from './image-library'
import type { KeptSize } from './kept-size'
import { pixelsHeld } from './image-bounds'
import { isWholeJpeg, plainFrame, type JpegFrame } from './plain-jpeg'
import type { ImageResizer } from './resizer'
import { isSrgbProfile } from './srgb-profile'
import { turned } from './turn'

/**
 * As `decodeKept`, whose size does not depend on how the image is turned. null where the file is not for the addon, or damaged: sharp then
 * decides. Throws where sharp cannot read its head.
 */
export async function decodeByAddon(
  file: Uint8Array,
  kept: KeptSize,
  resizer: ImageResizer,
): Promise<Image | null> {
  const plain = plainFrame(file)
  const stored = plain === null ? await storedFrame(file) : { frame: plain, orientation: 1 }
  if (stored === null) return null
  const { frame, orientation } = stored
  const { widthPx, heightPx } = kept.of(frame)
  const held = pixelsHeld(frame, frame.isProgressive, dctShrink(frame, { widthPx, heightPx }))
  try {
    const image = await inRoomFor(held, () => resizer.resizeJpeg(file, frame, widthPx, heightPx))
    return turned(image, orientation)
  } catch {
    // Damaged, most likely. sharp says in its own words what is wrong, or makes of it what it can.
    return null
  }
}

/** With EXIF or other marks, read by sharp: its libjpeg finds the head where the addon's does, whatever the file pads it with. */
async function storedFrame(file: Uint8Array): Promise<{ frame: JpegFrame; orientation: number } | null> {
  if (!isWholeJpeg(file)) return null
  const found = await sharp(file, { limitInputPixels: maxPixelCount }).metadata()
  const { width, height, channels, space, depth, icc, orientation, isProgressive } = found
  const isUsual = (space === 'srgb' && channels === 3) || (space === 'b-w' && channels === 1)
  if (!isUsual || depth !== 'uchar' || width * height > maxPixelCount) return null
  if (icc !== undefined && !isSrgbProfile(icc)) return null
  const frame = { widthPx: width, heightPx: height, channels, isProgressive: isProgressive === true }
  return { frame, orientation: orientation ?? 1 }
}
