/** What the pixels of one image of a source say. */
import { hash } from 'node:crypto'
import { factsSidePx, pixelFacts, type PixelFacts } from '../../domain/preflight/pixel-facts'
import { decoding, openUpright } from '../images/decode'
import { readWholeImage } from '../images/file-source'
import type { ImageSource } from '../sources/source'

/** null where it has another content than that of the hash. Throws what the system or the decoder says. */
export async function measureImage(
  source: ImageSource,
  key: string,
  contentHash: string,
): Promise<PixelFacts | null> {
  const bytes = await readWholeImage((headByteCount, wanted) => source.read(key, headByteCount, wanted))
  if (hash('sha256', bytes, 'hex') !== contentHash) return null
  return decoding(bytes, async () => {
    const upright = await openUpright(bytes)
    const { data, info } = await upright
      .resize(factsSidePx, factsSidePx, { fit: 'inside', withoutEnlargement: true })
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true })
    if (info.channels !== 3) throw new Error(`it has ${String(info.channels)} channels in sRGB`)
    return pixelFacts(data, info.width, info.height)
  })
}
