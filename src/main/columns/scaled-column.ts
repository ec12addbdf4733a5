/** The confidence of each prediction after the temperature, as a column. */
import { WorkbenchError } from '../../contract/errors'
import type { Db } from '../store/statement'
import type { PredictionColumns } from './prediction-columns'
import { scaledOf } from './scaled'

/** Throws 'bad-input' where there is no temperature. */
export async function scaledColumn(
  db: Db,
  runId: number,
  setId: number | undefined,
  predictions: PredictionColumns,
): Promise<Float32Array> {
  const { scaled, why } = await scaledOf(db, runId, setId, predictions)
  if (scaled === null) throw new WorkbenchError('bad-input', why, 'Ask for "confidence" instead of "scaled".')
  return Float32Array.from(predictions.places, (place) => scaled.confidences[place] ?? 0)
}
