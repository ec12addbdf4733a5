/** Slices: queries about predictions with a name, whose accuracy is followed from run to run. */
import { z } from 'zod'
import { queryTextSchema } from './dataset'
import { accuracySchema } from './run'

export const sliceSchema = z.object({
  id: z.int(),
  name: z.string(),
  query: queryTextSchema,
  /** The least accuracy that is good enough; null: none is asked for. */
  floor: z.number().min(0).max(1).nullable(),
  /** Of its images, right and wrong; null: it has none, or `fault`. */
  accuracy: accuracySchema.nullable(),
  /** Of the run before, on its own images. */
  before: accuracySchema.nullable(),
  /** Below its floor, or with one and without images. */
  fails: z.boolean(),
  /** Why its query is not understood; ''. */
  fault: z.string(),
})
export type Slice = z.infer<typeof sliceSchema>

export const slicesSchema = z.object({
  /** The newest older run of the dataset that was evaluated. */
  before: z.object({ runId: z.int(), name: z.string() }).nullable(),
  /** All of the set. */
  all: accuracySchema.nullable(),
  allBefore: accuracySchema.nullable(),
  slices: z.array(sliceSchema),
})
export type Slices = z.infer<typeof slicesSchema>
