/** A drawn part of an image, brought to the side that the model sees. */
import type { PartDraw } from './augment'
import type { Image } from './enlarge'
import { resizeBox } from './resize'
import { imageResizer } from './resizer'

/**
 * Writes the part as [cropPx, cropPx, 3] to `target` from `targetOffset` on. Bilinear, with antialias where the part is larger than the crop:
 * a triangle as wide as the reduction, the part's edges between pixels where they fall, as Pillow's `resize(…, BILINEAR, box=part)`. Within 0.51
 * of the exact value (Pillow's own is within 1: it rounds between its passes). The addon's code does it where there is one, 13 times as fast.
 */
export function partOfImage(
  image: Image,
  cropPx: number,
  draw: PartDraw,
  target: Uint8Array,
  targetOffset: number,
): void {
  const place = target.subarray(targetOffset, targetOffset + cropPx * cropPx * 3)
  const resizer = imageResizer()
  if (resizer === null) resizePart(image, cropPx, draw, place)
  else resizer.resizePart(image, cropPx, draw, place)
}

/** The same in JavaScript. `target` is [cropPx, cropPx, 3]. */
export function resizePart(image: Image, cropPx: number, draw: PartDraw, target: Uint8Array): void {
  resizeBox(image, draw, { pixels: target, widthPx: cropPx, heightPx: cropPx })
}
