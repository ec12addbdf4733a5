import { diskFiles, readImageFile } from './file-source'
import { sharp } from './image-library'
import { imageHeader } from './open-image'

/** How large the image stands upright, from its header alone; nulls where it cannot be told. */
export async function imageSize(
  path: string,
): Promise<{ readonly widthPx: number | null; readonly heightPx: number | null }> {
  const unknown = { widthPx: null, heightPx: null }
  try {
    // libvips would wait for what a pipe gives
    if ((await diskFiles.kindOf(path)) !== 'file') return unknown
    const { autoOrient } = await sharp(path, { limitInputPixels: false }).metadata()
    return { widthPx: autoOrient.width, heightPx: autoOrient.height }
  } catch {
    // some formats are not libvips'
    try {
      const { widthPx, heightPx } = await imageHeader(await readImageFile(path))
      return { widthPx, heightPx }
    } catch {
      return unknown // gone since it was read
    }
  }
}
