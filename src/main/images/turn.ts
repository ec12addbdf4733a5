/** A stored image turned upright, as EXIF says (TIFF 6.0, tag 274). */
import type { Image } from './enlarge'

/** `orientation` 1 … 8; 1 gives the image itself. */
export function turned(image: Image, orientation: number): Image {
  if (orientation === 1) return image
  const { pixels, widthPx, heightPx } = image
  // where the upright image's first pixel is stored, and the way from a pixel to the next across and down
  const [right, bottom] = [widthPx - 1, (heightPx - 1) * widthPx]
  const ways: Readonly<Record<number, readonly [start: number, across: number, down: number]>> = {
    2: [right, -1, widthPx],
    3: [bottom + right, -1, -widthPx],
    4: [bottom, 1, -widthPx],
    5: [0, widthPx, 1],
    6: [bottom, -widthPx, 1],
    7: [bottom + right, -widthPx, -1],
    8: [right, widthPx, -1],
  }
  const [start, across, down] = ways[orientation] ?? [0, 1, widthPx]
  const [newWidthPx, newHeightPx] = orientation >= 5 ? [heightPx, widthPx] : [widthPx, heightPx]
  const upright = new Uint8Array(pixels.length)
  let to = 0
  for (let row = 0; row < newHeightPx; row++) {
    let from = (start + row * down) * 3
    for (let column = 0; column < newWidthPx; column++, to += 3, from += across * 3) {
      // `as number`: every index is inside
      upright[to] = pixels[from] as number
      upright[to + 1] = pixels[from + 1] as number
      upright[to + 2] = pixels[from + 2] as number
    }
  }
  return { pixels: upright, widthPx: newWidthPx, heightPx: newHeightPx }
}
