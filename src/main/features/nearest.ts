/** The images that are most like one, by their features: over images that no split need have. */
import { WorkbenchError } from '../../contract/errors'
import { likenessRows, type LikenessRows } from '../../domain/alike/likeness-rows'
import type { FeatureStore } from '../store/features'
import type { UnlabelledImage } from '../store/datasets/unlabelled-images'
import type { Pace } from '../tasks/pace'

export interface Nearest {
  /** Among those of `all` that are in `among`, without the image itself; the most alike first. Throws 'features-missing'. */
  to(
    key: string,
    asked: UnlabelledImage,
    all: readonly UnlabelledImage[],
    among: readonly UnlabelledImage[],
    limit: number,
    pace: Pace,
  ): Promise<{ readonly image: UnlabelledImage; readonly likeness: number }[]>
}

interface Kept extends LikenessRows {
  readonly key: string
  readonly all: readonly UnlabelledImage[]
  readonly revision: number
  readonly rowOf: ReadonlyMap<number, number>
}

/** What was made of the last images that were asked about stays. */
export function createNearest(store: Pick<FeatureStore, 'get' | 'revision'>): Nearest {
  let kept: Kept | null = null

  async function made(
    key: string,
    all: readonly UnlabelledImage[],
    width: number,
    pace: Pace,
  ): Promise<Kept> {
    const { revision } = store
    if (kept?.key === key && kept.all === all && kept.revision === revision) return kept
    const rows = await likenessRows(
      {
        ...{ count: all.length, width },
        each: async (visit) => {
          for (const [row, { contentHash }] of all.entries()) {
            visit(row, contentHash)
            await pace.between()
          }
        },
        features: (contentHash) => store.get(key, contentHash),
      },
      () => pace.between(),
    )
    const rowOf = new Map(all.map(({ imageId }, row) => [imageId, row]))
    return (kept = { key, all, revision, rowOf, ...rows })
  }

  return {
    async to(key, asked, all, among, limit, pace) {
      const features = store.get(key, asked.contentHash)
      if (features === null) {
        throw new WorkbenchError(
          'features-missing',
          'The features that show which images are alike were not computed yet.',
          'They are computed in the background; try again in a moment.',
        )
      }
      const { space, packed, rowOf } = await made(key, all, features.length, pace)
      const wanted = space.row(features)
      const found: { image: UnlabelledImage; likeness: number }[] = []
      for (const image of among) {
        const likeness = packed.cosine(rowOf.get(image.imageId) ?? -1, wanted)
        if (image.imageId !== asked.imageId && !Number.isNaN(likeness)) found.push({ image, likeness })
        await pace.between()
      }
      return found.sort((one, other) => other.likeness - one.likeness).slice(0, limit)
    },
  }
}
