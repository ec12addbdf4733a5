/** From the id of a dataset's model in use to that of the run whose model it is: the one place where it is resolved. */
import { WorkbenchError } from '../../contract/errors'
import { promotionInUse } from '../store/runs/promotions'
import type { Db } from '../store/statement'
import { splitModelId } from './model-places'

export interface ResolvedModel {
  readonly id: string
  /** Divides its scores; null: none was fitted. */
  readonly temperature: number | null
  /** Predictions that are less probable are unsure. */
  readonly threshold: number | null
}

/** Ids of other models as they are. Throws 'not-found' where the dataset has none in use. */
export function resolveModel(db: Db, id: string): ResolvedModel {
  const [origin, rest] = splitModelId(id)
  if (origin !== 'in-use') return { id, temperature: null, threshold: null }
  const promotion = promotionInUse(db, Number(rest))
  if (promotion?.runId === null || promotion?.runId === undefined)
    throw new WorkbenchError(
      'not-found',
      'No model of this dataset is in use.',
      'Promote a run: bitw promote RUN',
    )
  const { runId, stepIndex, temperature, threshold } = promotion
  const at = stepIndex === null ? '' : `@${String(stepIndex)}`
  return { id: `run:${String(runId)}${at}`, temperature, threshold }
}
