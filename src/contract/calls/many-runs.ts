import { z } from 'zod'
import { queryTextSchema, splitPartSchema } from '../entities/dataset'
import { lineageSchema, manyImageSchema, manyRunsSchema, mostCompared } from '../entities/many-runs'

const question = {
  ids: z.array(z.int()).min(2).max(mostCompared),
  part: splitPartSchema.optional(),
}

export const manyRunsCalls = {
  /**
   * Any number of runs on the images that all evaluated (`part`: else that of the first run's results), told by their contents, under the labels of now.
   * Throws 'not-found' where one has no predictions of that part, or they have no image in common.
   */
  'many.compare': { input: z.object(question), output: manyRunsSchema },
  /**
   * The images that a query finds, e.g. 'right:0..1 label:Iris': `right` is how many runs have it right. Throws as 'many.compare', and 'bad-input' with
   * the place that is not understood.
   */
  'many.images': {
    input: z.object({
      ...question,
      query: queryTextSchema,
      offset: z.int().min(0),
      limit: z.int().min(1).max(5000),
    }),
    output: z.object({ total: z.int(), images: z.array(manyImageSchema) }),
  },
  /** What led to these runs. Throws 'not-found'. */
  'many.lineage': {
    input: z.object({ ids: z.array(z.int()).min(1).max(mostCompared) }),
    output: lineageSchema,
  },
} as const
