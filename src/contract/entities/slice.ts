/** Slices: queries about predictions with a name, whose accuracy is followed from run to run. */
import { z } from 'zod'
import { queryTextSchema } from './dataset'
import { accuracySchema } from './run'

/** Of the images that the run before evaluated too, both under the labels of the run in view; null: there are none. */
const sinceSchema = z.object({ now: accuracySchema, before: accuracySchema }).nullable()
export type SinceBefore = z.infer<typeof sinceSchema>

export const sliceSchema = z.object({
  id: z.int(),
  name: z.string(),
  query: queryTextSchema,
  /** The least accuracy that is good enough; null: none is asked for. */
  floor: z.number().min(0).max(1).nullable(),
  /** Of its images, right and wrong; null: it has none, or `fault`. */
  accuracy: accuracySchema.nullable(),
  since: sinceSchema,
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
  allSince: sinceSchema,
  slices: z.array(sliceSchema),
})
export type Slices = z.infer<typeof slicesSchema>
