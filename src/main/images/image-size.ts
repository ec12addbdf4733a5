import { readFile } from 'node:fs/promises'
import { readBmpHeader } from './bmp'
import { sharp } from './image-library'

/** How large the picture stands upright, from its header alone; nulls where it cannot be told. */
export async function pictureSize(
  path: string,
): Promise<{ readonly widthPx: number | null; readonly heightPx: number | null }> {
  try {
    const { autoOrient } = await sharp(path, { limitInputPixels: false }).metadata()
    return { widthPx: autoOrient.width, heightPx: autoOrient.height }
  } catch {
    // libvips here knows no bitmaps
    try {
      const { widthPx, heightPx } = readBmpHeader(await readFile(path))
      return { widthPx, heightPx }
    } catch {
      return { widthPx: null, heightPx: null } // gone since it was read
    }
  }
}
