import { firstRows } from './bits'
import type { PredictionColumns } from './prediction-columns'
import { sortRows } from './sort'

/** The probabilities of predictions, the highest first, and of each whether it is right (1). */
export function surestFirst({ numbers, rowCount }: PredictionColumns): {
  confidences: Float32Array
  right: Uint8Array
} {
  const [confidences, right] = [new Float32Array(rowCount), new Uint8Array(rowCount)]
  const [values, wrong] = [numbers.get('confidence'), numbers.get('wrong')]
  if (values === undefined) return { confidences, right }
  const rows = sortRows(firstRows(rowCount), { values, rows: null }, true)
  for (let at = 0; at < rowCount; at++) {
    const row = rows[at] ?? 0
    confidences[at] = values[row] ?? 0
    right[at] = wrong?.[row] === 0 ? 1 : 0
  }
  return { confidences, right }
}
