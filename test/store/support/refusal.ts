import { WorkbenchError } from '../../../src/contract/errors'

/** What `work` throws, which it must. */
export function refusal(work: () => unknown): WorkbenchError {
  try {
    work()
  } catch (thrown) {
    if (thrown instanceof WorkbenchError) return thrown
    throw thrown
  }
  throw new Error('It was not refused')
}
