/** How the probabilities of a set hold, and what a temperature that is fitted on the val part makes of them. */
import type { Calibration } from '../../contract/entities/calibration'
import { coverageOf, reliabilityOf } from '../../domain/statistics/reliability'
import type { AllPredictions, Columns } from '../columns/columns'
import type { PredictionColumns } from '../columns/prediction-columns'
import { scaledOf } from '../columns/scaled'
import { surestFirst } from '../columns/surest-first'
import type { Db } from '../store/statement'

/** More than a screen has columns. */
const mostPoints = 1000

/** Answers once for each columns that there are, as long as they are kept; what has no temperature may have one later. */
export function createCalibrations(
  db: Db,
  columns: Pick<Columns, 'allPredictions'>,
): (runId: number, setId?: number) => Promise<Calibration> {
  const known = new WeakMap<PredictionColumns, Promise<Calibration>>()
  return async (runId, setId) => {
    const all = await columns.allPredictions(runId, setId)
    const made = known.get(all.predictions) ?? calibrate(db, runId, setId, all)
    known.set(all.predictions, made)
    const forget = (): boolean => known.delete(all.predictions)
    made.then(({ scaled }) => scaled === null && forget(), forget)
    return made
  }
}

async function calibrate(
  db: Db,
  runId: number,
  setId: number | undefined,
  { predictions }: AllPredictions,
): Promise<Calibration> {
  const { confidences, right } = surestFirst(predictions)
  const losses = predictions.numbers.get('loss')
  let loss = 0
  for (let row = 0; row < predictions.rowCount; row++) loss += losses?.[row] ?? 0
  const { brier, scaled, why } = await scaledOf(db, runId, setId, predictions)
  return {
    total: predictions.rowCount,
    reliability: reliabilityOf(confidences, right),
    coverage: coverageOf(confidences, right, mostPoints),
    nll: loss / Math.max(1, predictions.rowCount),
    brier,
    scaled: scaled && {
      ...{ temperature: scaled.temperature, fittedOn: 'val', fittedCount: scaled.fittedCount },
      reliability: reliabilityOf(scaled.confidences, scaled.right),
      ...{ nll: scaled.nll, brier: scaled.brier },
    },
    why,
  }
}
