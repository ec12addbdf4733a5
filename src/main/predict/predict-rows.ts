/** The predictions whose rows can still be asked for, and the images in them. */
import { realpath } from 'node:fs/promises'
import { WorkbenchError } from '../../contract/errors'
import { isOpened } from '../datasets/find-images'
import { savedAs } from '../images/refusal'
import type { ImageAnswer } from '../protocol/messages'
import type { PredictModel } from './predict-model'
import type { RowFile, StoredRow } from './row-file'

export interface Prediction {
  readonly model: PredictModel
  readonly cropPx: number
  readonly rows: RowFile
  /** Real paths of what was given, see find-images.ts. */
  opened: ReadonlySet<string>
  ended: boolean
}

export interface Predictions {
  add(taskId: number, prediction: Prediction): void
  /** Throws 'not-found'. */
  get(taskId: number): Prediction
  /** The real path of a row's image. Throws 'not-found', 'path-not-found', 'not-allowed'. */
  imageFile(taskId: number, row: number): Promise<string>
  close(): void
}

/** More that have ended are forgotten, the oldest first. */
const keptCount = 30

export function createPredictions(): Predictions {
  const predictions = new Map<number, Prediction>()

  const get = (taskId: number): Prediction => {
    const found = predictions.get(taskId)
    if (found !== undefined) return found
    throw new WorkbenchError(
      'not-found',
      'The results of this prediction are no longer available.',
      'Predict again.',
    )
  }
  return {
    add(taskId, prediction) {
      predictions.set(taskId, prediction)
      const ended = [...predictions].filter((entry) => entry[1].ended)
      for (const [oldId, { rows }] of ended.slice(0, Math.max(0, predictions.size - keptCount))) {
        predictions.delete(oldId)
        rows.close()
      }
    },
    get,
    async imageFile(taskId, row) {
      const { rows, opened } = get(taskId)
      const [found] = rows.read(row, 1)
      if (found === undefined) throw new WorkbenchError('not-found', `Row ${row} is not available yet.`)
      const real = await realpath(found.file).catch((cause: unknown) => {
        const message = `${found.path} is no longer there.`
        throw new WorkbenchError('path-not-found', message, 'Put it back, or predict again.', { cause })
      })
      // A link that was put there meanwhile must not open the rest of the disk.
      if (isOpened(opened, real)) return real
      throw new WorkbenchError(
        'not-allowed',
        `${found.path} is a link to ${real}, outside the folder that you opened.`,
        'Predict that image itself.',
      )
    },
    close() {
      for (const { rows } of predictions.values()) rows.close()
      predictions.clear()
    },
  }
}

/** `path`: how the image at `file` is called. */
export function rowOf(
  { widthPx, heightPx, topIndices, topProbabilities, problem }: ImageAnswer,
  file: string,
  path: string,
  { classNames }: PredictModel,
): StoredRow {
  return {
    path,
    file,
    widthPx,
    heightPx,
    top: topIndices.map((classIndex, place) => ({
      classIndex,
      name: classNames?.[classIndex] ?? `class ${classIndex}`,
      probability: topProbabilities[place] ?? 0,
    })),
    error:
      problem === null
        ? null
        : {
            code: 'bad-image',
            message: problem.replaceAll(file, path),
            wayOut: `${problem.includes('not supported: ') ? savedAs : 'Open the file in an image viewer.'} The other images are not affected.`,
          },
  }
}
