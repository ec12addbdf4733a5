/** Models written for other programs. */
import { WorkbenchError } from '../../contract/errors'
import type { DomainHandlers } from './handlers'

export function exportsHandlers(): DomainHandlers<'exports'> {
  const later = async (): Promise<never> => {
    throw new WorkbenchError('unsupported', 'Not yet.')
  }
  return { 'exports.start': later, 'exports.result': later }
}
