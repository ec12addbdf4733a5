/** How a photo looks to the workbench's own decoder, beside what an exported graph makes of the same photo. */
import type { Certificate } from '../../contract/entities/export'
import { cropOfSquare } from '../data/enlarge'
import { decodePicture } from '../data/decode'
import { sharp } from '../data/image-library'
import { argMax, Gap } from './certify'
import { probabilitiesOf } from './distribution'
import { drawPicture } from './golden-pictures'
import type { PictureBatch } from './golden-pictures'
import type { ModelFacts } from './model-facts'
import { scaledPictures } from './reference-resize'
import type { Outputs } from './runtimes/runtime'

export interface DrawnPhoto {
  /** All its pixels, as any program decodes them. */
  readonly whole: PictureBatch
  /** What the workbench brings it to, uint8 [px,px,3]. */
  readonly square: Uint8Array
}

/** Of a photo as people have them: two megapixels. */
const [widthPx, heightPx] = [1600, 1200]

/** A picture as a JPEG, decoded in both ways. */
export async function drawPhoto(cropPx: number): Promise<DrawnPhoto> {
  const raw = { width: widthPx, height: heightPx, channels: 3 } as const
  const jpeg = await sharp(drawPicture(widthPx, heightPx, 1000), { raw })
    .jpeg({ quality: 90 })
    .toBuffer()
  const square = new Uint8Array(cropPx * cropPx * 3)
  const picture = await decodePicture('drawn for the certificate', cropPx, jpeg)
  cropOfSquare(picture, cropPx, cropPx, { x: 0, y: 0, flip: false }, square, 0)
  const pixelsNhwc = await sharp(jpeg).raw().toBuffer()
  return { whole: { count: 1, widthPx, heightPx, pixelsNhwc }, square }
}

/** `ours` are our logits of the square, `theirs` the runtime's outputs for the whole photo. */
export function compareDecoder(
  { whole, square }: DrawnPhoto,
  ours: Float32Array,
  theirs: Outputs,
  { cropPx, loss }: Pick<ModelFacts, 'cropPx' | 'loss'>,
): Certificate['decoder'] {
  const seen = (theirs.resized ?? scaledPictures(whole, cropPx)).map((value) => (value + 1) * 127.5)
  const levels = new Gap()
  levels.see(square, seen)
  const total = seen.reduce((sum, value, index) => sum + Math.abs(value - (square[index] ?? NaN)), 0)
  const probabilities = new Gap()
  probabilities.see(probabilitiesOf(ours, loss), theirs.probabilities)
  return {
    greatestLevels: levels.absolute,
    meanLevels: total / seen.length,
    probabilities: probabilities.difference(),
    argMaxAgrees: argMax(ours) === argMax(theirs.logits),
  }
}
