import { confusion, listPredictions } from '../store/predictions'
import type { ServiceContext } from './context'
import type { DomainHandlers } from './handlers'

export function predictionsHandlers({ db }: ServiceContext): DomainHandlers<'predictions'> {
  return {
    'predictions.list': async (input) => listPredictions(db, input),
    'predictions.confusion': async ({ runId }) => confusion(db, runId),
  }
}
