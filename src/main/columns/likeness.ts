/** How alike images are: the cosine of their features. An exact pass over all images of a split, from memory where they have room there. */
import { WorkbenchError } from '../../contract/errors'
import { cosine, lengthOf } from '../../domain/vectors'
import { contentPage } from '../store/content-pages'
import { contentHashes, imageByPath } from '../store/stored-images'
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

/** Of unit length, in 8 bits each: the cosines are right to about a thousandth. */
interface Rows {
  /** [rows, width] */
  readonly values: Int8Array
  /** What a row's values are to be multiplied by; 0 where there are none. */
  readonly scales: Float32Array
  readonly width: number
  readonly byteCount: number
}

const pageRows = 500
const mostBytesInMemory = 160e6

export function createLikeness(
  db: Db,
  features: FeatureReader,
  cache: ColumnCache,
  pause: () => Promise<void>,
): Likeness {
  /** The features of each image, row by row. */
  async function eachRow(
    split: Split,
    images: ImageColumns,
    key: string,
    visit: (row: number, features: Float32Array) => void,
    isWanted: () => boolean = () => true,
  ): Promise<void> {
    const rowOf = rowFinder(images)
    for (let afterId = 0; ;) {
      const page = contentPage(db, split.splitId, afterId, pageRows)
      const last = page.at(-1)
      if (last === undefined) return
      for (const { id, contentHash } of page) {
        const row = rowOf(id)
        const found = row === null ? null : features.get(key, contentHash)
        if (row !== null && found !== null) visit(row, found)
      }
      afterId = last.id
      await pause()
      if (!isWanted()) throw superseded()
    }
  }

  async function readRows(split: Split, images: ImageColumns, key: string, width: number): Promise<Rows> {
    const rowCount = images.ids.length
    const values = new Int8Array(rowCount * width)
    const scales = new Float32Array(rowCount)
    await eachRow(split, images, key, (row, found) => {
      const length = lengthOf(found)
      let most = 0
      for (const value of found) most = Math.max(most, Math.abs(value))
      if (length === 0) return
      const offset = row * width
      for (let x = 0; x < width; x++) values[offset + x] = Math.round(((found[x] ?? 0) * 127) / most)
      scales[row] = most / 127 / length
    })
    return { values, scales, width, byteCount: values.byteLength + scales.byteLength }
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
      const wanted = features.get(key, contentHash)
      if (wanted === null) throw missing()
      const cosines = new Float32Array(images.ids.length).fill(NaN)
      const width = wanted.length
      const length = lengthOf(wanted) || 1
      if (images.ids.length * width > mostBytesInMemory) {
        await eachRow(
          split,
          images,
          key,
          (row, found) => {
            cosines[row] = cosine(found, wanted)
          },
          isWanted,
        )
        return cosines
      }
      const kept = `features ${String(split.splitId)} ${key} ${String(features.revision())}`
      const rows = await cache.get(kept, () => readRows(split, images, key, width))
      for (let row = 0; row < cosines.length; row++) {
        const scale = rows.scales[row] ?? 0
        if (scale === 0) continue
        let sum = 0
        const offset = row * width
        for (let x = 0; x < width; x++) sum += (rows.values[offset + x] ?? 0) * (wanted[x] ?? 0)
        cosines[row] = (sum * scale) / length
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
