/** Where images are decoded and made smaller by the addon; the process that has loaded it says so here. Without, sharp and `resize.ts` do it. */
import type { PartDraw } from './augment'
import type { Image } from './enlarge'
import type { JpegFrame } from './plain-jpeg'

export interface ImageResizer {
  /** Changes with what it computes, to the bit. */
  readonly name: string
  /**
   * `image` brought to widthPx × heightPx, at least 1 and at most its own size. Bilinear with antialias, as Pillow's BILINEAR, within 1 of
   * the exact value. Rejects with an Error for other sizes. Do not write to its pixels meanwhile.
   */
  resize(image: Image, widthPx: number, heightPx: number): Promise<Image>
  /**
   * The same from a JPEG in grey or YCbCr and its frame, as stored: not turned, its profile not seen. Shrunk by
   * `dctShrink` while it is decoded; else the full-size pixels are those of sharp, damaged files' too. On average within 0.5 of the exact
   * value. Rejects also where it cannot decode the file: what is wrong with it, if anything is, sharp can tell. (Of damaged progressive files sharp refuses a few that this
   * decodes; the import, which is sharp's, has refused them.) Do not write to the file's bytes meanwhile.
   */
  resizeJpeg(file: Uint8Array, frame: JpegFrame, widthPx: number, heightPx: number): Promise<Image>
  /**
   * `partOfImage`'s work, at once: the part [cropPx, cropPx, 3] fills `target`. Throws an Error where the part is not inside the image, and for
   * other sizes.
   */
  resizePart(image: Image, cropPx: number, part: PartDraw, target: Uint8Array): void
}

let current: ImageResizer | null = null

/** Call it before the first image is decoded: kept images must all come from one decoder. null: there is no addon. */
export function useResizer(resizer: ImageResizer | null): void {
  current = resizer
}

export function imageResizer(): ImageResizer | null {
  return current
}
