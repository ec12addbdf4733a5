import type { Columns } from '../columns/columns'
import { confusion, listPredictions, predictionsOf } from '../store/predictions'
import type { ServiceContext } from '../app/context'
import type { DomainHandlers } from '../app/handlers'

export function predictionsHandlers({ db }: ServiceContext, columns: Columns): DomainHandlers<'predictions'> {
  return {
    'predictions.list': async (input) => listPredictions(db, input),
    'predictions.query': async ({ runId, query, offset, limit }) => {
      const { predictions, rows } = await columns.predictions(runId, query)
      const shown = rows.subarray(offset, offset + limit)
      const ids = Array.from(shown, (row) => predictions.imageIds[row] ?? 0)
      return { total: rows.length, predictions: predictionsOf(db, runId, ids) }
    },
    'predictions.confusion': async ({ runId }) => confusion(db, runId),
  }
}
