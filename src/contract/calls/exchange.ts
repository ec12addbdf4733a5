import { z } from 'zod'
import { bundleFactsSchema } from '../entities/bundle-facts'
import { otherRunSchema } from '../entities/other-run'
import { absolutePath, id } from './inputs'

const task = z.object({ taskId: z.int() })

export const exchangeCalls = {
  /**
   * Writes a run with its curves, predictions, last weights, and the list of its images as one file (docs/bundle.md). An earlier bundle of that name is
   * replaced, another file never ('not-allowed'). Throws 'busy' while it trains, 'not-found'.
   */
  'exchange.saveRun': { input: z.object({ id: z.int(), path: absolutePath }), output: task },
  /** What such a file has in it; nothing is kept. Throws 'bad-input' where it is no bundle or is damaged, 'path-not-found'. */
  'exchange.lookAt': { input: z.object({ path: absolutePath }), output: bundleFactsSchema },
  /**
   * Takes such a file in; twice is once. The task's `resultId` is the run. Where none of the datasets here has its images, one is made whose images are
   * missing until it is located. The task fails with 'bad-input' where the file is no bundle or is damaged.
   */
  'exchange.takeRun': { input: z.object({ path: absolutePath }), output: task },
  /**
   * Opens such a file to look at, beside the home and without a change of it. The task's `resultId` is the number of the opened bundle, which holds until
   * it is closed or the workbench ends. Its images are shown where a dataset here has them. The task fails as that of `exchange.takeRun`.
   */
  'exchange.open': { input: z.object({ path: absolutePath }), output: task },
  /** Which file an opened bundle is, and its run's number there. Throws 'not-found' where it is not open any more. */
  'exchange.opened': {
    input: z.object({ bundleId: z.int() }),
    output: z.object({ path: z.string(), runId: z.int(), runName: z.string() }),
  },
  /**
   * Asks an opened bundle instead of the home: a call of this contract that only looks, with its input, and its answer. Throws 'not-found' where the bundle
   * is not open any more, 'unsupported' where the call would change something or is not there, and what the call throws.
   */
  'exchange.ask': {
    input: z.object({ bundleId: z.int(), name: z.string().max(60), input: z.unknown() }),
    output: z.unknown(),
  },
  /** Nothing happens where it is not open. */
  'exchange.close': { input: z.object({ bundleId: z.int() }), output: z.object({}) },
  /**
   * Takes in the runs of other programs that are at a path, with their settings and curves alone: TensorBoard's event files, MLflow's mlruns, W&B's
   * offline .wandb files, a CSV file of metrics. What was taken in before from the same place is brought up to date. The task's note counts them; it
   * fails with 'bad-input' naming the first file where none can be read, 'not-found' where there is none.
   */
  'exchange.takeOthers': { input: z.object({ path: absolutePath }), output: task },
  /** Throws 'not-found' where no run of another program has this number. */
  'exchange.other': { input: id, output: otherRunSchema },
  /** The curve of one of their metrics, at most about `most` points: of each stretch the least and the greatest. `atMs` null: not known. */
  'exchange.otherCurve': {
    input: z.object({
      id: z.int(),
      name: z.string().max(500),
      most: z.int().min(2).max(100_000).default(2000),
    }),
    output: z.object({
      steps: z.array(z.number()),
      values: z.array(z.number()),
      atMs: z.array(z.number().nullable()),
    }),
  },
  /** Writes the curves of runs into a folder as the other program keeps them; what is there of the same runs is replaced. */
  'exchange.saveCurves': {
    input: z.object({
      ids: z.array(z.int()).min(1).max(10_000),
      format: z.enum(['tensorboard', 'mlruns']),
      path: absolutePath,
    }),
    output: task,
  },
  /**
   * Writes one offline HTML file about a run, about several (compared with the first), or about a rating: settings, curves, tables with intervals, and
   * small copies of images. An earlier report of that name is replaced, another file never ('not-allowed').
   */
  'exchange.saveReport': {
    input: z.object({
      of: z.union([z.object({ runIds: z.array(z.int()).min(1).max(20) }), z.object({ ratingId: z.int() })]),
      path: absolutePath,
    }),
    output: task,
  },
}
