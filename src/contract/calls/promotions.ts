import { z } from 'zod'
import { promotionCheckSchema, promotionSchema } from '../entities/promotion'

export const promotionsCalls = {
  /** Of a dataset, the newest first; the first is what is in use. Throws 'not-found'. */
  'promotions.list': { input: z.object({ datasetId: z.int() }), output: z.array(promotionSchema) },
  /** What a promotion would change. Throws 'not-found' where the run has no checkpoint. */
  'promotions.check': { input: z.object({ runId: z.int() }), output: promotionCheckSchema },
  /**
   * The run's model is the one in use of its dataset from now on, with the temperature that is fitted on val. Throws 'needs-consent' where a slice is below
   * its floor and `despiteFloors` is not set, 'not-found' where the run has no checkpoint.
   */
  'promotions.promote': {
    input: z.object({
      runId: z.int(),
      why: z.string().max(10_000).default(''),
      threshold: z.number().min(0).max(1).nullable().default(null),
      despiteFloors: z.boolean().default(false),
    }),
    output: promotionSchema,
  },
  /** The one before is in use again, or none. Throws 'not-found' where none is in use. */
  'promotions.takeBack': { input: z.object({ datasetId: z.int() }), output: promotionSchema },
} as const
