import { z } from 'zod'
import { featuresOfSchema, featureStatusSchema } from '../entities/features'

export const featuresCalls = {
  /** How many images of a dataset have features of a model. Throws 'not-found', 'bad-weights'. */
  'features.status': { input: featuresOfSchema, output: featureStatusSchema },
  /** Computes those that are missing, in a task that rests while a run trains; what it has computed is kept when it is cancelled. */
  'features.compute': { input: featuresOfSchema, output: z.object({ taskId: z.int() }) },
} as const
