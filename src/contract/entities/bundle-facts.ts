/** What a run bundle has in it, as its file says. */
import { z } from 'zod'
import { accuracySchema, runSchema } from './run'

export const bundleFactsSchema = z.object({
  name: z.string(),
  state: runSchema.shape.state,
  model: z.string(),
  createdAtMs: z.number(),
  stepsDone: z.int(),
  accuracy: accuracySchema.nullable(),
  evaluatedOn: runSchema.shape.evaluatedOn,
  tags: z.array(z.string()),
  /** Markdown. */
  note: z.string(),
  /** Steps that its weights have seen; null: it has none. */
  weightsStep: z.int().nullable(),
  /** Sets of predictions. */
  setCount: z.int(),
  datasetName: z.string(),
  imageCount: z.int(),
  classCount: z.int(),
  /** Of the dataset here with just its images, classes and parts; null: there is none, one would be made without its images. */
  datasetHere: z.string().nullable(),
  writtenBy: z.string(),
  byteCount: z.number(),
})
export type BundleFacts = z.infer<typeof bundleFactsSchema>
