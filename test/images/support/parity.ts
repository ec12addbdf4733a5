/** What a decoded image is held to: the whole image as sharp decodes it, made smaller in float64. */
import { readFileSync } from 'node:fs'
import type { Image } from '../../../src/main/images/enlarge'
import { openUpright } from '../../../src/main/images/decode'
import { sharp } from '../../../src/main/images/image-library'
import { referenceResize } from '../../../src/main/trainer/export/reference-resize'
import { drawPhotoLike } from '../../../src/main/trainer/export/photo-like'

type Sharp = ReturnType<typeof sharp>

/** Photo-like, as a lens shows it. */
export function photoLike(widthPx: number, heightPx: number, number = 1): Sharp {
  const raw = { width: widthPx, height: heightPx, channels: 3 } as const
  return sharp(drawPhotoLike(widthPx, heightPx, number), { raw }).blur(0.6)
}

/** Mean and greatest difference from the exact value, rounded as Pillow rounds it, in levels of 255. Both sides of the file's image are longer than `px`. */
export async function differenceFromExact(
  file: string | Uint8Array,
  px: number,
  { pixels, widthPx, heightPx }: Image,
): Promise<{ mean: number; most: number }> {
  const bytes = typeof file === 'string' ? readFileSync(file) : file
  const whole = await (await openUpright(bytes)).raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true })
  const exact = referenceResize(whole.data, whole.info.width, whole.info.height, px)
  if (widthPx !== px || heightPx !== px || pixels.length !== exact.length)
    throw new Error(`${widthPx} × ${heightPx} px instead of ${px} × ${px}`)
  let [sum, most] = [0, 0]
  for (const [index, value] of exact.entries()) {
    const distance = Math.abs(Math.round(value) - (pixels[index] ?? NaN))
    sum += distance
    most = Math.max(most, distance)
  }
  return { mean: sum / exact.length, most }
}
