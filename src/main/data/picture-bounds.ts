/** How large a picture becomes, and how much memory its decoding takes. */
import type { Size } from './dct-shrink'

export function within({ widthPx, heightPx }: Size, sidePx: number): Size {
  return { widthPx: Math.min(widthPx, sidePx), heightPx: Math.min(heightPx, sidePx) }
}

/** While an image of that size is decoded. Of a progressive one all coefficients are held, at any shrink, 3 bytes a pixel or more. */
export function pixelsHeld({ widthPx, heightPx }: Size, isProgressive: boolean, shrink: number): number {
  const pixels = widthPx * heightPx
  return pixels / shrink ** 2 + (isProgressive ? pixels : 0)
}
