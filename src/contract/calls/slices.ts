import { z } from 'zod'
import { queryTextSchema } from '../entities/dataset'
import { slicesSchema } from '../entities/slice'
import { savedQuerySchema } from '../entities/saved-query'
import { ofPredictions, typedName } from './inputs'

export const slicesCalls = {
  /**
   * How right a run, or one of its sets, is on each slice of its dataset, and how right the run before was. `slices.save`: in the place of the one of that
   * name; 'views.delete' takes it away. Throws 'not-found', 'bad-input' with the place that is not understood.
   */
  'slices.list': { input: ofPredictions, output: slicesSchema },
  'slices.save': {
    input: z.object({
      datasetId: z.int(),
      name: typedName,
      query: queryTextSchema,
      floor: z.number().min(0).max(1).nullable(),
    }),
    output: savedQuerySchema,
  },
} as const
