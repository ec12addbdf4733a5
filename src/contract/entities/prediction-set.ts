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

/** A model's class, and the class of a dataset that it is; null: none. */
export const classMappingSchema = z.array(z.tuple([z.string(), z.string().nullable()])).max(100_000)

/** What can be looked at as the predictions of a run. */
export const openableSetSchema = predictionSetSchema.extend({
  /** Of its images. */
  datasetId: z.int(),
  datasetName: z.string(),
  /** null: an evaluation of the run itself. */
  other: z
    .object({
      /** elsewhere: the run's model on another dataset or part. out-of-fold: what probes that had not seen the images say of them. */
      kind: z.enum(['elsewhere', 'out-of-fold']),
      /** Images of all parts. */
      isWhole: z.boolean(),
      mapping: classMappingSchema,
      /** Images that were left out: the model does not have their class. */
      unmappedCount: z.int(),
      unreadCount: z.int(),
    })
    .nullable(),
})
export type OpenableSet = z.infer<typeof openableSetSchema>

/** Classes of a run's model beside those of a dataset. */
export const mappingPlanSchema = z.object({
  modelClasses: z.array(z.string()),
  /** With how many images each has in each part. */
  datasetClasses: z.array(z.object({ name: z.string(), train: z.int(), val: z.int(), test: z.int() })),
  /** By name. */
  mapping: classMappingSchema,
  /** Steps of the checkpoints that are there, the last first. */
  steps: z.array(z.int()),
  /** The one of them that is best on val; null where none was evaluated there. */
  bestStep: z.int().nullable(),
})
export type MappingPlan = z.infer<typeof mappingPlanSchema>

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
