/** What a model sees in pictures that belong to no dataset. */
import { WorkbenchError } from '../../contract/errors'
import type { DomainHandlers } from './handlers'

export function predictHandlers(): DomainHandlers<'predict'> {
  const later = async (): Promise<never> => {
    throw new WorkbenchError('unsupported', 'Not yet.')
  }
  return { 'predict.start': later, 'predict.rows': later, 'predict.embed': later }
}
