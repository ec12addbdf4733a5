import { z } from 'zod'
import {
  foundImageSchema,
  imageFilterSchema,
  imageLayoutSchema,
  imageSchema,
  imagesFoundSchema,
  queryTextSchema,
  splitPartSchema,
} from '../entities/dataset'
import { id, page } from './inputs'

export const imagesCalls = {
  /** Some from all over a dataset, as many as there are up to `count`: of its test part, and of the others where that has fewer. */
  'images.sample': {
    input: z.object({ datasetId: z.int(), count: z.int().min(1).max(100) }),
    output: z.array(z.int()),
  },
  'images.layout': {
    input: z.object({ datasetId: z.int(), filter: imageFilterSchema }),
    output: imageLayoutSchema,
  },
  /** A page of what a query finds (docs/query.md). Throws 'bad-input' with the place that is not understood, 'not-found'. */
  'images.query': {
    input: z.object({ datasetId: z.int(), query: queryTextSchema, ...page }),
    output: z.object({ total: z.int(), images: z.array(foundImageSchema) }),
  },
  /** All of what it finds. */
  'images.find': {
    input: z.object({ datasetId: z.int(), query: queryTextSchema }),
    output: imagesFoundSchema,
  },
  /**
   * Images that look most like this one, which is not among them: of its dataset's current version, or of the version of a run; `part`: of that alone. Only
   * the newest question is worth its time: one before it ends ('cancelled'). Throws 'not-found', 'features-missing'.
   */
  'images.alike': {
    input: z.object({
      imageId: z.int(),
      runId: z.int().optional(),
      part: splitPartSchema.optional(),
      limit: z.int().min(1).max(1000),
    }),
    /** `likeness`: the cosine of their features in the space of the dataset, in [−1, 1]. */
    output: z.array(foundImageSchema.extend({ likeness: z.number() })),
  },
  /** The tags alone of what it finds, as 'images.find' counts them. */
  'images.tags': {
    input: z.object({ datasetId: z.int(), query: queryTextSchema }),
    output: imagesFoundSchema.shape.tagCounts,
  },
  'images.get': { input: id, output: imageSchema },
} as const
