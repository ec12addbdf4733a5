/** How much memory the decoding of an image takes. */
import type { Size } from './kept-size'

/** While an image of that size is decoded. Of a progressive one all coefficients are held, at any shrink, 3 bytes a pixel or more. */
export function pixelsHeld({ widthPx, heightPx }: Size, isProgressive: boolean, shrink: number): number {
  const pixels = widthPx * heightPx
  return pixels / shrink ** 2 + (isProgressive ? pixels : 0)
}
