/** What a set takes each of its images for, as columns: for who draws all of them. */
import type { Output } from '../../contract/endpoints'
import type { AllPredictions } from '../columns/columns'
import { firstRows } from '../columns/bits'
import { packed, packedColumn } from '../columns/counts'

export function predictedClasses({
  predictions: { rowCount, imageIds, numbers },
  classNames,
}: AllPredictions): Output<'predictions.classes'> {
  const rows = firstRows(rowCount)
  const [predicted, wrong, losses] = ['predicted', 'wrong', 'loss'].map((name) => numbers.get(name))
  return {
    classNames: [...classNames],
    ids: packed(rows, imageIds),
    predicted: packedColumn(rows.map((row) => predicted?.[row] ?? 0)),
    right: packedColumn(rows.map((row) => (wrong?.[row] === 0 ? 1 : 0))),
    losses: packedColumn(Float32Array.from(rows, (row) => losses?.[row] ?? 0)),
  }
}
