/** The model in use of a dataset: who said so, when and why. */
import { z } from 'zod'
import { comparisonSchema } from './comparison'
import { sliceSchema } from './slice'

export const promotionSchema = z.object({
  id: z.int(),
  datasetId: z.int(),
  datasetName: z.string(),
  /** null: none is in use from here on, or the run is gone. */
  runId: z.int().nullable(),
  runName: z.string().nullable(),
  /** The checkpoint after so many steps; null: the last. */
  stepIndex: z.int().nullable(),
  atMs: z.number(),
  byWhom: z.string(),
  why: z.string(),
  /** Divides its scores; null: none was fitted. */
  temperature: z.number().nullable(),
  /** One that was stored and is not used: it lies where the fit ends, which says only that none was found. null: there is none. */
  unusedTemperature: z.number().nullable(),
  /** Predictions that are less probable are unsure; null: there is none. */
  threshold: z.number().nullable(),
  /** Whether it took one back instead of promoting one. */
  isBack: z.boolean(),
})
export type Promotion = z.infer<typeof promotionSchema>

/** What is worth knowing before a run's model is used. */
export const promotionCheckSchema = z.object({
  /** What is in use now. */
  before: promotionSchema.nullable(),
  /** With the one before; null where there is none, or they cannot be compared (`whyNot`). */
  comparison: comparisonSchema.nullable(),
  whyNot: z.string(),
  /** Below their floors. */
  failing: z.array(sliceSchema),
  temperature: z.number().nullable(),
  /** Why there is no temperature. */
  temperatureFault: z.string(),
})
export type PromotionCheck = z.infer<typeof promotionCheckSchema>
