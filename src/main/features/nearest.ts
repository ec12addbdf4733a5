/** The images whose features are nearest to those of one, by their cosine. */
import { WorkbenchError } from '../../contract/errors'
import type { FeatureStore } from '../store/features'
import type { UnlabelledImage } from '../store/unlabelled-images'
import type { Pace } from '../tasks/pace'

/** Among `images`, without the image itself; the nearest first. Throws 'features-missing'. */
export async function nearestTo(
  store: Pick<FeatureStore, 'get'>,
  key: string,
  asked: UnlabelledImage,
  images: readonly UnlabelledImage[],
  limit: number,
  pace: Pace,
): Promise<{ readonly image: UnlabelledImage; readonly likeness: number }[]> {
  const wanted = store.get(key, asked.contentHash)
  if (wanted === null) {
    throw new WorkbenchError(
      'features-missing',
      'The features that show which images are alike were not computed yet.',
      'They are computed in the background; try again in a moment.',
    )
  }
  const found: { image: UnlabelledImage; likeness: number }[] = []
  for (const image of images) {
    await pace.between()
    const features = image.imageId === asked.imageId ? null : store.get(key, image.contentHash)
    if (features !== null) found.push({ image, likeness: cosine(wanted, features) })
  }
  return found.sort((one, other) => other.likeness - one.likeness).slice(0, limit)
}

function cosine(one: Float32Array, other: Float32Array): number {
  let [product, ofOne, ofOther] = [0, 0, 0]
  for (let x = 0; x < one.length; x++) {
    const [a, b] = [one[x] ?? 0, other[x] ?? 0]
    product += a * b
    ofOne += a * a
    ofOther += b * b
  }
  return ofOne === 0 || ofOther === 0 ? 0 : product / Math.sqrt(ofOne * ofOther)
}
