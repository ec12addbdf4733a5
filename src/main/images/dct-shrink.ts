/**
 * By how much a JPEG can be made smaller while it is decoded: libjpeg takes a half, a quarter or an eighth of it from its DCT, in a fraction
 * of the time. What that leaves out or lets through is seen in the result unless a real resize follows that shrinks by 3 or more: then it is
 * 0.1 to 0.46 of 255 levels on average (measured on photos of 0.4 to 50 megapixels, in the median 0.2; by 2, up to 0.7; by nothing, more than 1).
 */
import type { Size } from './kept-size'

const shrinks = [8, 4, 2] as const
/** What is left for the resize. `native/jpeg.cc` has the same. */
const leastLeft = 3

/** 8, 4, 2, or 1 for not at all. Sizes that it does not divide are rounded up, and the resize must know where in the last pixel the image ends. */
export function dctShrink(from: Size, to: Size): number {
  const isLeft = (length: number, newLength: number, shrink: number): boolean =>
    Math.ceil(length / shrink) >= leastLeft * newLength
  return shrinks.find((shrink) => isBothWays(isLeft, from, to, shrink)) ?? 1
}

/**
 * The same for sharp, which knows nothing of a last pixel that is filled in part, and so would move all others; and which shrinks while it loads
 * only where at least a factor of 1 more is asked of it: `asked` is the size to ask for, null where it is to give the whole image.
 */
export function sharpShrink(from: Size, to: Size): Size | null {
  const asked = (length: number, shrink: number): number => Math.floor(length / (shrink + 1))
  const fits = (length: number, newLength: number, shrink: number): boolean =>
    length % shrink === 0 && asked(length, shrink) >= leastLeft * newLength
  const shrink = shrinks.find((each) => isBothWays(fits, from, to, each))
  if (shrink === undefined) return null
  return { widthPx: asked(from.widthPx, shrink), heightPx: asked(from.heightPx, shrink) }
}

function isBothWays(
  holds: (length: number, newLength: number, shrink: number) => boolean,
  from: Size,
  to: Size,
  shrink: number,
): boolean {
  return holds(from.widthPx, to.widthPx, shrink) && holds(from.heightPx, to.heightPx, shrink)
}
