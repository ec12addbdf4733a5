/** A list answers several queries; one that cannot be answered says so in its place and leaves the others theirs. */
import { WorkbenchError } from '../../contract/errors'

/** What keeps a query from its answer, for the user: a word that is not understood, a run or features that are not there. Throws what is no such reason. */
export function queryFault(thrown: unknown): string {
  if (!(thrown instanceof WorkbenchError) || thrown.code === 'cancelled') throw thrown
  return thrown.message
}
