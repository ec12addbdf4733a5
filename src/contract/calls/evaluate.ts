import { z } from 'zod'
import { splitPartSchema } from '../entities/dataset'
import { classMappingSchema, mappingPlanSchema } from '../entities/prediction-set'

export const evaluateCalls = {
  /** What would be asked of a run's model on a dataset: which class is which, by name. Throws 'not-found'. */
  'evaluate.plan': {
    input: z.object({ runId: z.int(), datasetId: z.int() }),
    output: mappingPlanSchema,
  },
  /**
   * The run's model on a dataset: predictions among the dataset's classes that the model has; images of others are left out and counted. `part`: null for
   * all images. `step`: of a checkpoint that is kept. `mapping`: else by name. The task's result is the number of the set. Throws 'not-found', and
   * 'bad-input' where no image is left or a class is none.
   */
  'evaluate.start': {
    input: z.object({
      runId: z.int(),
      datasetId: z.int(),
      part: splitPartSchema.nullable(),
      step: z.union([z.int().min(0), z.enum(['last', 'best'])]).default('last'),
      mapping: classMappingSchema.optional(),
    }),
    output: z.object({ taskId: z.int() }),
  },
} as const
