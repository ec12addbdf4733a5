/** Features of a dataset's images: what a model's head would read, computed once and kept. */
import { z } from 'zod'
import { modelIdSchema } from './model'

/** Without a model: of BiT-Tiny, which is always there. */
export const featuresOfSchema = z.object({ datasetId: z.int(), modelId: modelIdSchema.optional() })

export const featureStatusSchema = z.object({
  datasetId: z.int(),
  modelId: modelIdSchema,
  modelName: z.string(),
  /** Side of the square that the model sees, px. */
  cropPx: z.int(),
  /** Numbers of each image. */
  width: z.int(),
  imageCount: z.int(),
  /** Images whose features are there. */
  computedCount: z.int(),
  /** The task that computes them; null: none does. */
  taskId: z.int().nullable(),
})
export type FeatureStatus = z.infer<typeof featureStatusSchema>
