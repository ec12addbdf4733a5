/** What raters say of each prediction, as a column: 0 nothing, else the place of the verdict among the answers, from 1. */
import { answers } from '../../contract/entities/rating'
import { verdictsOfDataset } from '../store/labels/verdicts'
import type { Db } from '../store/statement'
import type { PredictionColumns } from './prediction-columns'

/** A verdict is of an image under a prediction and a label: that of another run counts here where it said the same. */
export async function verdictColumn(
  db: Db,
  datasetId: number,
  { rowCount, imageIds, numbers }: PredictionColumns,
  classNames: readonly string[],
  pause: () => Promise<void>,
): Promise<Uint8Array> {
  const column = new Uint8Array(rowCount)
  const [labels, predicted] = [numbers.get('label'), numbers.get('predicted')]
  for (const { imageId, prediction, label, verdict } of await verdictsOfDataset(db, datasetId, pause)) {
    const row = rowOf(imageIds, imageId)
    if (row === null) continue
    const isSame =
      classNames[labels?.[row] ?? -1] === label && classNames[predicted?.[row] ?? -1] === prediction
    if (isSame) column[row] = 1 + answers.indexOf(verdict)
  }
  return column
}

/** Ids are ascending. */
function rowOf(ids: Uint32Array, id: number): number | null {
  let [low, high] = [0, ids.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((ids[middle] ?? 0) < id) low = middle + 1
    else high = middle
  }
  return ids[low] === id ? low : null
}
