/** What a model said of each image of a part: one set for each evaluation. */
import { z } from 'zod'
import { splitPartSchema } from './dataset'
import { lossNameSchema, predictionSchema } from './run'

export const predictionSetSchema = z.object({
  id: z.int(),
  /** Whose it is: a run's, or else that of the model `modelId`. */
  runId: z.int().nullable(),
  modelId: z.string().nullable(),
  /** How many steps the weights had seen. */
  checkpointStep: z.int(),
  /** The list of images, labels and parts that it was made from. */
  versionId: z.int(),
  part: splitPartSchema,
  createdAtMs: z.number(),
  /** scores: what each class got, so that rank and loss follow any label; top: the five most probable classes. */
  kind: z.enum(['scores', 'top']),
  loss: lossNameSchema,
  classCount: z.int(),
  /** Images of the part; those of `rowCount` are in the set: fewer in a sample, and where images could not be read. */
  partCount: z.int(),
  rowCount: z.int(),
  byteCount: z.number(),
  /** Whether the run's mistakes are those of this set. */
  isResult: z.boolean(),
})
export type PredictionSet = z.infer<typeof predictionSetSchema>

/** Loss, rank and probability are those of the label. */
export const setPredictionSchema = z.object({
  imageId: z.int(),
  labelIndex: z.int(),
  predictedIndex: z.int(),
  confidence: z.number(),
  loss: z.number().nullable(),
  labelRank: z.int().nullable(),
  labelProbability: z.number().nullable(),
  top: predictionSchema.shape.top,
})
export type SetPrediction = z.infer<typeof setPredictionSchema>
