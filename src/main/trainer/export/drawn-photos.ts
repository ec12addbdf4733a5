/** How photos look to the workbench's own decoder, beside what an exported graph makes of the same photos. */
import type { Certificate } from '../../../contract/entities/export'
import { decodeSquare } from '../../images/decode'
import { sharp } from '../../images/image-library'
import { argMax, Gap } from './certify'
import { probabilitiesOf } from './distribution'
import type { ImageBatch } from './golden-images'
import type { ModelFacts } from '../../../domain/model/model-facts'
import { drawPhotoLike } from './photo-like'
import { scaledImages } from './reference-resize'
import type { Outputs } from './runtimes/runtime'

export interface DrawnPhoto {
  /** All its pixels, as any program decodes them. */
  readonly whole: ImageBatch
  /** What the workbench brings it to, uint8 [px,px,3]. */
  readonly square: Uint8Array
}

type ComparedPhoto = Certificate['decoder']['photos'][number]

/** Times the crop's side that their shorter sides are: enlarged, made smaller from all pixels, from a half, a quarter and an eighth. */
const shorterSides = [0.7, 1.2, 1.7, 2.4, 3.4, 4.8, 6.3, 9.1, 13.2, 19.5]
const aspect = 4 / 3
/** As cameras give them; above it the graph's own resize takes seconds. */
const mostPixels = 12.3e6
const qualities = [75, 85, 90, 95]

/** Photo-like images as JPEGs, each decoded in both ways. */
export async function* drawPhotos(cropPx: number): AsyncGenerator<DrawnPhoto> {
  for (const [number, times] of shorterSides.entries()) {
    const short = Math.round(cropPx * times)
    const long = Math.round(short * aspect)
    if (short * long > mostPixels) continue
    const [widthPx, heightPx] = number % 2 === 0 ? [long, short] : [short, long]
    const raw = { width: widthPx, height: heightPx, channels: 3 } as const
    const jpeg = await sharp(drawPhotoLike(widthPx, heightPx, number), { raw })
      .blur(0.6) // a lens
      .jpeg({
        quality: qualities[number % qualities.length] ?? 90,
        chromaSubsampling: number % 3 === 0 ? '4:4:4' : '4:2:0',
      })
      .toBuffer()
    const square = await decodeSquare('drawn for the certificate', cropPx, jpeg)
    const pixelsNhwc = await sharp(jpeg).raw().toBuffer()
    yield { whole: { count: 1, widthPx, heightPx, pixelsNhwc }, square }
  }
}

/** `ours` are our logits of the square, `theirs` the runtime's outputs for the whole photo. */
export function comparePhoto(
  { whole, square }: DrawnPhoto,
  ours: Float32Array,
  theirs: Outputs,
  { cropPx, loss }: Pick<ModelFacts, 'cropPx' | 'loss'>,
): ComparedPhoto {
  const seen = (theirs.resized ?? scaledImages(whole, cropPx)).map((value) => (value + 1) * 127.5)
  const levels = new Gap()
  levels.see(square, seen)
  const total = seen.reduce((sum, value, index) => sum + Math.abs(value - (square[index] ?? NaN)), 0)
  const probabilities = new Gap()
  probabilities.see(probabilitiesOf(ours, loss), theirs.probabilities)
  return {
    widthPx: whole.widthPx,
    heightPx: whole.heightPx,
    meanLevels: total / seen.length,
    greatestLevels: levels.absolute,
    probabilities: probabilities.difference().absolute,
    argMaxAgrees: argMax(ours) === argMax(theirs.logits),
  }
}

/** At least one photo. */
export function summary(photos: readonly ComparedPhoto[]): Certificate['decoder'] {
  return {
    photos: [...photos],
    meanLevels: spread(photos.map(({ meanLevels }) => meanLevels)),
    probabilities: spread(photos.map(({ probabilities }) => probabilities)),
  }
}

function spread(values: readonly number[]): { median: number; worst: number } {
  const sorted = [...values].sort((one, other) => one - other)
  const at = (index: number): number => sorted[index] ?? 0
  const middle = (sorted.length - 1) / 2
  return {
    median: (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2,
    worst: at(sorted.length - 1),
  }
}
