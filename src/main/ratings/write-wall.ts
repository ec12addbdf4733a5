/** Writes a wall of mistakes into a file. */
import type { Wall, WallImage } from '../report/wall'
import { wallHtml, wallMark, wallSvg } from '../report/wall'
import type { Answer, WallFormat } from '../../contract/entities/rating'
import { WorkbenchError } from '../../contract/errors'
import { startWords } from '../../domain/model/model-names'
import type { Columns } from '../columns/columns'
import { asJpeg, svgAsPng } from '../images/wall-image'
import { openStreamedFile } from '../report/streamed-file'
import { evaluatedImages } from '../store/runs/evaluated-images'
import { copyOf, getRatingRow, imageIdOf } from '../store/labels/ratings'
import { getRun } from '../store/runs/runs'
import type { Db } from '../store/statement'
import { verdictsOfDataset } from '../store/labels/verdicts'
import type { TaskWork } from '../tasks/tasks'
import type { ShowImage } from './export-rating'
import { judgedImages } from './judged'
import { setImmediate as nextTurn } from 'node:timers/promises'

export interface WallRequest {
  /** The mistakes of a rating, or what a query finds among the predictions of a run. */
  readonly of:
    | { readonly ratingId: number; readonly runId?: undefined }
    | { readonly runId: number; readonly query: string; readonly ratingId?: undefined }
  readonly format: WallFormat
  readonly plain: boolean
  readonly path: string
}

type Placed = Omit<WallImage, 'image'> & {
  readonly read: (signal: AbortSignal) => Promise<WallImage['image']>
}

const mostImages = 5000
const imagePx = 256

/** A PNG has no place for the mark: one that is there stays. */
function isOurs(head: Buffer): boolean {
  return head.toString('latin1').includes(wallMark)
}

/** Whole or not at all. Throws 'not-found' where there is nothing to show, 'bad-input' where it is too much, 'not-allowed', 'disk-full', 'cancelled'. */
export async function writeWall(
  db: Db,
  columns: Columns,
  show: ShowImage,
  request: WallRequest,
  task: TaskWork,
): Promise<number> {
  const { title, about, placed } =
    request.of.ratingId === undefined
      ? await ofRun(db, columns, show, request.of)
      : ofRating(db, show, request.of.ratingId)
  if (placed.length === 0)
    throw new WorkbenchError(
      'not-found',
      'There is no mistake to show.',
      'Ask for others. Nothing was written.',
    )
  if (placed.length > mostImages)
    throw new WorkbenchError(
      'bad-input',
      `A wall of ${placed.length} images is more than a file can show: at most ${mostImages}.`,
      'Narrow it by a query. Nothing was written.',
    )
  const images: WallImage[] = []
  for (const { read, ...image } of placed) {
    task.signal.throwIfAborted()
    images.push({
      ...image,
      verdict: request.plain ? null : image.verdict,
      image: await read(task.signal),
    })
    task.progress({ phase: 'Reading images', done: images.length, total: placed.length })
  }
  const wall: Wall = { title, about, isPlain: request.plain, images }
  const content = request.format === 'html' ? wallHtml(wall) : wallSvg(wall)
  const file = openStreamedFile(request.path, isOurs)
  try {
    file.append(request.format === 'png' ? await svgAsPng(content) : content)
    file.finish()
  } finally {
    file.close()
  }
  return images.length
}

function ofRating(db: Db, show: ShowImage, ratingId: number) {
  const rating = getRatingRow(db, ratingId)
  const { spec } = rating
  const placed = judgedImages(db, ratingId)
    .filter(({ image }) => image.prediction !== image.label)
    .map(({ image, position, path, aspect, prediction, label, verdict }): Placed => {
      const imageId = imageIdOf(db, rating.datasetId, image)
      return {
        ...{ path, aspect, prediction, label, verdict },
        read: async (signal) =>
          imageId === null ? jpegOf(copyOf(db, ratingId, position)) : read(show, imageId, signal),
      }
    })
  return {
    title: rating.name,
    about: `${placed.length} mistakes of ${spec.runName} (${spec.model}, step ${spec.step}) on the ${spec.part} part of ${spec.datasetName}`,
    placed,
  }
}

async function ofRun(
  db: Db,
  columns: Columns,
  show: ShowImage,
  { runId, query }: { runId: number; query: string },
) {
  const run = getRun(db, runId)
  const { predictions, classNames, rows } = await columns.predictions(runId, query)
  const said = new Map<string, Answer>()
  for (const { imageId, prediction, label, verdict } of await verdictsOfDataset(db, run.datasetId, nextTurn))
    said.set(JSON.stringify([imageId, prediction, label]), verdict)
  const nameOf = (column: string, row: number): string =>
    classNames[predictions.numbers.get(column)?.[row] ?? -1] ?? '?'
  const placed: Placed[] = []
  for (const row of rows.subarray(0, mostImages + 1)) {
    const [image] = evaluatedImages(db, [predictions.imageIds[row] ?? 0])
    if (image === undefined) continue
    const [prediction, label] = [nameOf('predicted', row), nameOf('label', row)]
    placed.push({
      ...{ path: image.key, aspect: image.aspect, prediction, label },
      verdict: said.get(JSON.stringify([image.imageId, prediction, label])) ?? null,
      read: async (signal) => read(show, image.imageId, signal),
    })
  }
  const what = query === '' ? 'mistakes' : `predictions (${query})`
  return {
    title: run.name,
    about: `${rows.length} ${what} of ${run.name} (${startWords(run)}, step ${run.resultStep ?? run.stepsDone}) on the ${run.evaluatedOn ?? ''} part of ${run.datasetName}`,
    placed,
  }
}

/** null where it cannot be read any more: the figure is still worth having. */
async function read(show: ShowImage, imageId: number, signal: AbortSignal): Promise<WallImage['image']> {
  try {
    return await jpegOf(await show({ imageId }, imagePx, signal))
  } catch (thrown) {
    if (thrown instanceof WorkbenchError && thrown.code !== 'cancelled') return null
    throw thrown
  }
}

async function jpegOf(
  image: { readonly bytes: Uint8Array; readonly mime: string } | null,
): Promise<WallImage['image']> {
  if (image === null) return null
  if (image.mime === 'image/jpeg') return image
  return { bytes: await asJpeg(image.bytes), mime: 'image/jpeg' }
}
