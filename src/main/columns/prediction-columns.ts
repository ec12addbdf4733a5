/** The predictions of a run as columns, in the order of the images' ids. */
import { predictionCount, predictionPage } from '../store/column-pages'
import type { Db } from '../store/statement'
import type { Numbers } from './table'

export interface PredictionColumns {
  readonly rowCount: number
  readonly imageIds: Uint32Array
  readonly numbers: ReadonlyMap<string, Numbers>
  readonly byteCount: number
}

const pageRows = 4000

export async function buildPredictionColumns(
  db: Db,
  runId: number,
  pause: () => Promise<void>,
): Promise<PredictionColumns> {
  const count = predictionCount(db, runId)
  const imageIds = new Uint32Array(count)
  const [labels, predicted, ranks] = [new Uint32Array(count), new Uint32Array(count), new Uint32Array(count)]
  const [losses, confidences, margins] = [
    new Float32Array(count),
    new Float32Array(count),
    new Float32Array(count),
  ]
  const wrong = new Uint8Array(count)
  let row = 0
  for (let afterId: number | null = 0; afterId !== null;) {
    const page = predictionPage(db, runId, afterId, pageRows)
    for (const [imageId, label, prediction, loss, rank, confidence, second] of page) {
      imageIds[row] = imageId
      labels[row] = label
      predicted[row] = prediction
      losses[row] = loss
      ranks[row] = rank
      confidences[row] = confidence
      margins[row] = confidence - (second === null ? 0 : second.readFloatLE(0))
      wrong[row] = label === prediction ? 0 : 1
      row++
    }
    afterId = page.length < pageRows || row >= count ? null : (page.at(-1)?.[0] ?? null)
    await pause()
  }
  const numbers = new Map<string, Numbers>([
    ['label', labels],
    ['predicted', predicted],
    ['rank', ranks],
    ['loss', losses],
    ['confidence', confidences],
    ['margin', margins],
    ['wrong', wrong],
  ])
  let byteCount = imageIds.byteLength
  for (const values of numbers.values()) byteCount += values.byteLength
  return { rowCount: count, imageIds, numbers, byteCount }
}
