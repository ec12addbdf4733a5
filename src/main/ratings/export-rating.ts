import type { ImageKey, ImageSize } from '../rpc/image-address'
import { WorkbenchError } from '../../contract/errors'
import { openStreamedFile } from '../report/streamed-file'
import { answerLog } from '../store/labels/rating-answers'
import { copyOf, getRatingRow, imageIdOf, ratingImages } from '../store/labels/ratings'
import type { Db } from '../store/statement'
import type { TaskWork } from '../tasks/tasks'
import { fileHead, fileVersion, lineWriter, mimeOf, mostCopyBytes, type ImageLine } from './rating-file'

/** Shows an image: see datasets/image-view.ts. */
export type ShowImage = (
  key: ImageKey,
  size: ImageSize,
  signal?: AbortSignal,
) => Promise<{ readonly bytes: Uint8Array; readonly mime: string }>

export interface RatingExport {
  readonly ratingId: number
  /** Whose answers; null: all. */
  readonly rater: string | null
  readonly path: string
  readonly withImages: boolean
}

/** Large enough to judge, small enough to be sent. */
const copyPx = 512

/** Writes the rating as one file, wholly or not at all; an earlier one of ours is replaced. Throws 'not-allowed', 'disk-full', 'cancelled'. */
export async function exportRating(
  db: Db,
  show: ShowImage,
  { ratingId, rater, path, withImages }: RatingExport,
  { signal, progress }: TaskWork,
): Promise<void> {
  const rating = getRatingRow(db, ratingId)
  const images = ratingImages(db, ratingId)
  const file = openStreamedFile(path, (head) => head.toString('utf8').startsWith(fileHead))
  try {
    const lines = lineWriter((text) => file.append(text))
    const { key, name, createdAtMs, imageCount, spec } = rating
    lines.line({ bitwRating: fileVersion, key, name, createdAtMs, imageCount, spec })
    for (const [position, image] of images.entries()) {
      signal.throwIfAborted()
      const copy = withImages
        ? await copyFor(
            db,
            show,
            { ratingId, position, imageId: imageIdOf(db, rating.datasetId, image) },
            signal,
          )
        : undefined
      lines.line({ image, ...(copy !== undefined && { copy }) })
      progress({ phase: 'Writing images', done: position + 1, total: imageCount })
    }
    for (const answer of answerLog(db, ratingId, rater)) {
      const { position, isControl, atMs, freeLabel, note } = answer
      lines.line({
        answer: { rater: answer.rater, position, isControl, atMs, answer: answer.answer, freeLabel, note },
      })
    }
    lines.end()
    file.finish()
  } finally {
    file.close()
  }
}

/** undefined where the image cannot be read: a rater elsewhere may have it. */
async function copyFor(
  db: Db,
  show: ShowImage,
  { ratingId, position, imageId }: { ratingId: number; position: number; imageId: number | null },
  signal: AbortSignal,
): Promise<ImageLine['copy']> {
  const copy = imageId === null ? copyOf(db, ratingId, position) : await shownOrNone(show, imageId, signal)
  if (copy === null || copy.bytes.length > mostCopyBytes) return undefined
  const mime = mimeOf(copy.bytes)
  return mime === null ? undefined : { mime, base64: Buffer.from(copy.bytes).toString('base64') }
}

async function shownOrNone(
  show: ShowImage,
  imageId: number,
  signal: AbortSignal,
): Promise<{ bytes: Uint8Array } | null> {
  try {
    return await show({ imageId }, copyPx, signal)
  } catch (thrown) {
    if (thrown instanceof WorkbenchError && thrown.code !== 'cancelled') return null
    throw thrown
  }
}
