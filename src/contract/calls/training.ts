import { z } from 'zod'
import { planSchema, runSchema, trainRequestSchema } from '../entities/run'
import { id, nothing } from './inputs'

export const trainingCalls = {
  /**
   * What HyperRule chooses and why, with time and memory. Starts nothing but, where this engine was never measured, the task of
   * 'training.probe' in the background: later plans know better.
   */
  'training.plan': { input: trainRequestSchema, output: planSchema },
  /** Measures this machine, some seconds, unless it was measured before (then null): what every estimate rests on. */
  'training.probe': { input: nothing, output: z.object({ taskId: z.int().nullable() }) },
  /** Times a few real steps in a trainer of its own; later plans use the figure. */
  'training.measure': { input: trainRequestSchema, output: z.object({ taskId: z.int() }) },
  'training.start': { input: trainRequestSchema, output: runSchema },
  /** What would train the run again on its dataset as it is now, with the labels of now. Throws 'not-found'. */
  'training.again': { input: id, output: trainRequestSchema },
  /**
   * What would go on from a checkpoint of the run as a new run of its own; without `stepIndex` from the last one. `moreSteps`: so many after it, and
   * the schedule of the whole; else it keeps the run's recipe, to be changed. Throws 'not-found'.
   */
  'training.branch': {
    input: z.object({
      id: z.int(),
      stepIndex: z.int().min(0).optional(),
      moreSteps: z.int().min(1).max(10_000_000).optional(),
    }),
    output: trainRequestSchema,
  },
  /**
   * Ends after the current step, evaluates, keeps everything. 'best': evaluates the checkpoint that is best on the validation images, of those at
   * hand, and keeps none after it but those that are pinned or in use; also of a run that has ended before all its steps were done, where none after the
   * best is pinned or in use.
   */
  'training.stop': {
    input: z.object({ id: z.int(), keep: z.enum(['last', 'best']).default('last') }),
    output: nothing,
  },
  /** Ends after the current step with a checkpoint and no evaluation: it can be resumed, with the same numbers as if it had never paused. */
  'training.pause': { input: id, output: nothing },
  /** Goes on with an interrupted or stopped run from its last checkpoint, with the same numbers as if it had never stopped. */
  'training.resume': { input: id, output: runSchema },
} as const
