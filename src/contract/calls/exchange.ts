import { z } from 'zod'
import { absolutePath } from './inputs'

const task = z.object({ taskId: z.int() })

export const exchangeCalls = {
  /**
   * Writes a run with its curves, predictions, last weights, and the list of its images as one file (docs/bundle.md). An earlier bundle of that name is
   * replaced, another file never ('not-allowed'). Throws 'busy' while it trains, 'not-found'.
   */
  'exchange.saveRun': { input: z.object({ id: z.int(), path: absolutePath }), output: task },
  /**
   * Takes such a file in; twice is once. The task's `resultId` is the run. Where none of the datasets here has its images, one is made whose images are
   * missing until it is located. The task fails with 'bad-input' where the file is no bundle or is damaged.
   */
  'exchange.takeRun': { input: z.object({ path: absolutePath }), output: task },
}
