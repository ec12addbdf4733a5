import { confusion, listPredictions } from '../store/predictions'
import type { ServiceContext } from '../app/context'
import type { DomainHandlers } from '../app/handlers'

export function predictionsHandlers({ db }: ServiceContext): DomainHandlers<'predictions'> {
  return {
    'predictions.list': async (input) => listPredictions(db, input),
    'predictions.confusion': async ({ runId }) => confusion(db, runId),
  }
}
