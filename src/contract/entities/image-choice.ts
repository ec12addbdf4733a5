/** Images of a dataset that something is done to at once: a few by their numbers, or what a query finds, or some of that. */
import { z } from 'zod'
import { queryTextSchema } from './dataset'
import { askedPackedSchema } from '../packed'

export const imageChoiceSchema = z.union([
  z.object({ imageIds: z.array(z.int()).min(1).max(100_000) }),
  z.object({
    query: queryTextSchema,
    /** Then the query is of the predictions of that run. */
    runId: z.int().optional(),
    /** With `runId`: of this prediction set in place of the run's results. */
    setId: z.int().optional(),
    /**
     * Only these places in the order of what it finds, uint32: first, end, first, end …, ascending, each end behind its range. Without them all that it
     * finds.
     */
    places: askedPackedSchema.max(900_000).optional(),
    /** What was found when the places were chosen. Where it finds something else since, nothing is done. */
    stamp: z.string().max(100).optional(),
  }),
])
export type ImageChoice = z.infer<typeof imageChoiceSchema>
