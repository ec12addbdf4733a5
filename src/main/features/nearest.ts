/** The images whose features are nearest to those of one, by their cosine. */
import { WorkbenchError } from '../../contract/errors'
import { cosine } from '../../domain/vectors'
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
