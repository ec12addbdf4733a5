/** How alike images are: the cosine of their features in the space of their dataset. An exact pass over all images of a split, from memory. */
import { WorkbenchError } from '../../contract/errors'
import { likenessRows, type LikenessRows } from '../../domain/alike/likeness-rows'
import { contentPage } from '../store/datasets/content-pages'
import { contentHashes, imageByPath } from '../store/datasets/stored-images'
import type { Db } from '../store/statement'
import type { ColumnCache } from './column-cache'
import { rowFinder, type ImageColumns } from './image-columns'

/** Features of one model, as something else computes and keeps them. */
export interface FeatureReader {
  /** What they are kept under for this dataset. */
  key(datasetId: number): Promise<string>
  /** Another number once more were computed. */
  revision(): number
  /** null where they were not computed. */
  get(key: string, contentHash: string): Float32Array | null
}

export interface Likeness {
  /** By row: the cosine to the image, NaN where features are missing. `image`: its number, or its path in the split. Throws 'not-found', 'features-missing', and 'cancelled' once `isWanted` says no. */
  to(split: Split, images: ImageColumns, image: string, isWanted?: () => boolean): Promise<Float32Array>
}

interface Split {
  readonly datasetId: number
  readonly splitId: number
}

/** Of all images of a split. */
interface Rows extends LikenessRows {
  readonly byteCount: number
}

/** Of about ten milliseconds. */
const pageRows = 150

export function createLikeness(
  db: Db,
  features: FeatureReader,
  cache: ColumnCache,
  pause: () => Promise<void>,
): Likeness {
  /** Of each image of the split, page by page. */
  async function eachContent(
    split: Split,
    visit: (imageId: number, contentHash: string) => void,
  ): Promise<void> {
    for (let afterId = 0; ;) {
      const page = contentPage(db, split.splitId, afterId, pageRows)
      const last = page.at(-1)
      if (last === undefined) return
      for (const { id, contentHash } of page) visit(id, contentHash)
      afterId = last.id
      await pause()
    }
  }

  async function readRows(split: Split, images: ImageColumns, key: string, width: number): Promise<Rows> {
    const rows = await likenessRows(
      {
        ...{ count: images.ids.length, width },
        each: async (visit) => {
          const rowOf = rowFinder(images)
          await eachContent(split, (imageId, contentHash) => {
            const row = rowOf(imageId)
            if (row !== null) visit(row, contentHash)
          })
        },
        features: (contentHash) => features.get(key, contentHash),
      },
      pause,
    )
    return { ...rows, byteCount: rows.packed.byteCount }
  }

  return {
    async to(split, images, image, isWanted = () => true) {
      const id = /^\d+$/.test(image) ? Number(image) : imageByPath(db, split, image)
      const [contentHash = ''] = id === null ? [] : contentHashes(db, [id])
      if (contentHash === '')
        throw new WorkbenchError(
          'not-found',
          `The dataset has no image "${image}".`,
          'Give its number, or its path within the dataset.',
        )
      const key = await features.key(split.datasetId)
      const found = features.get(key, contentHash)
      if (found === null) throw missing()
      const kept = `features ${String(split.splitId)} ${key} ${String(features.revision())}`
      const { space, packed } = await cache.get(kept, () => readRows(split, images, key, found.length))
      const wanted = space.row(found)
      const cosines = new Float32Array(images.ids.length)
      for (let row = 0; row < cosines.length; row++) {
        cosines[row] = packed.cosine(row, wanted)
        if (row % rowsBetweenPauses !== rowsBetweenPauses - 1) continue
        await pause()
        if (!isWanted()) throw superseded()
      }
      return cosines
    },
  }
}

/** Of about ten milliseconds. */
const rowsBetweenPauses = 8192

function superseded(): WorkbenchError {
  return new WorkbenchError('cancelled', 'What is like another image was asked for.')
}

function missing(): WorkbenchError {
  return new WorkbenchError(
    'features-missing',
    'The features that show which images are alike were not computed yet.',
    'Compute them: "Compute features" beside the image, or "bitw features DATASET".',
  )
}
