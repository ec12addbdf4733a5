import { z } from 'zod'
import { queryTextSchema } from '../entities/dataset'
import { calibrationSchema } from '../entities/calibration'
import { packedConfusionSchema } from '../entities/confusion'
import {
  predictionFilterSchema,
  predictionOrderSchema,
  predictionSchema,
  predictionsFoundSchema,
} from '../entities/run'
import { packedSchema } from '../packed'
import { imageHistorySchema } from '../entities/history'
import { openableSetSchema } from '../entities/prediction-set'
import { ofPredictions, page } from './inputs'

export const predictionsCalls = {
  'predictions.list': {
    input: z.object({
      runId: z.int(),
      filter: predictionFilterSchema,
      order: predictionOrderSchema,
      offset: z.int().min(0),
      limit: z.int().min(1).max(5000),
    }),
    output: z.object({ total: z.int(), predictions: z.array(predictionSchema) }),
  },
  /** As 'images.query', of a run; a query that says nothing of right or wrong asks for the wrong ones, and without sort: the highest loss comes first. */
  'predictions.query': {
    input: ofPredictions.extend({ query: queryTextSchema, ...page }),
    output: z.object({ total: z.int(), predictions: z.array(predictionSchema) }),
  },
  /** All of what it finds. */
  'predictions.find': {
    input: ofPredictions.extend({ query: queryTextSchema }),
    output: predictionsFoundSchema,
  },
  /** What the newest run of the dataset that was evaluated takes these images for, as far as it looked at them; `run` null: there is none. */
  'predictions.ofImages': {
    input: z.object({ datasetId: z.int(), imageIds: z.array(z.int()).max(1000) }),
    output: z.object({
      run: z.object({ id: z.int(), name: z.string() }).nullable(),
      predictions: z.array(
        z.object({ imageId: z.int(), className: z.string(), confidence: z.number(), isRight: z.boolean() }),
      ),
    }),
  },
  /** How many each of the queries finds; null where it is not understood. */
  'predictions.counts': {
    input: ofPredictions.extend({ queries: z.array(queryTextSchema).max(100) }),
    output: z.array(z.int().nullable()),
  },
  /** All sets that can be named as `setId` for a run: its own evaluations, its model elsewhere, and those out of fold. */
  'predictions.sets': { input: z.object({ runId: z.int() }), output: z.array(openableSetSchema) },
  /** How the answers for one image went over the checkpoints of the run, and over the runs of its dataset. */
  'predictions.history': { input: ofPredictions.extend({ imageId: z.int() }), output: imageHistorySchema },
  /** How their probabilities hold, and with a temperature that is fitted on the val part. */
  'predictions.calibration': { input: ofPredictions, output: calibrationSchema },
  /** Of every image that was evaluated, aligned: its number, the place of the predicted class in `classNames`, and 1 where that is right; uint32 each; the loss in nats, float32. */
  'predictions.classes': {
    input: ofPredictions,
    output: z.object({
      classNames: z.array(z.string()),
      ids: packedSchema,
      predicted: packedSchema,
      right: packedSchema,
      losses: packedSchema,
    }),
  },
  'predictions.confusion': { input: ofPredictions, output: packedConfusionSchema },
} as const
