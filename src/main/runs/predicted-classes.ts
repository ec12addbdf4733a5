/** What a set takes each of its images for, as columns: for who draws all of them. */
import type { Output } from '../../contract/endpoints'
import type { AllPredictions } from '../columns/columns'
import { firstRows } from '../columns/bits'
import { packed } from '../columns/counts'

export function predictedClasses({
  predictions: { rowCount, imageIds, numbers },
  classNames,
}: AllPredictions): Output<'predictions.classes'> {
  const rows = firstRows(rowCount)
  const [predicted, wrong] = [numbers.get('predicted'), numbers.get('wrong')]
  return {
    classNames: [...classNames],
    ids: packed(rows, imageIds),
    predicted: packed(
      rows,
      rows.map((row) => predicted?.[row] ?? 0),
    ),
    right: packed(
      rows,
      rows.map((row) => (wrong?.[row] === 0 ? 1 : 0)),
    ),
    losses: packed(rows, Float32Array.from(numbers.get('loss') ?? [])),
  }
}
