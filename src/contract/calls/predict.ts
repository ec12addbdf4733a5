import { z } from 'zod'
import { modelIdSchema } from '../entities/model'
import { evidenceSchema, predictRowSchema, uploadSchema } from '../entities/predict'
import { lossNameSchema } from '../entities/run'
import { absolutePath } from './inputs'

export const predictCalls = {
  /**
   * What a model sees in images that belong to no dataset: files, and folders with everything below them; hidden ones and what is no image left
   * out. `uploads`: images sent as bytes. `cropPx`: side of the images, else the model's own. `loss`: what turns logits into probabilities, else
   * the model's own. Rows can be asked for while it runs
   * (event 'predict-rows'); `/predicted/TASK/ROW?px=N` shows a row's image. Throws 'not-found', and 'unsupported' for a model without a head.
   */
  'predict.start': {
    input: z.object({
      modelId: modelIdSchema,
      paths: z.array(absolutePath).max(10_000),
      uploads: z.array(uploadSchema.shape.uploadId).max(10_000).optional(),
      cropPx: z.int().min(32).max(1024).optional(),
      loss: lossNameSchema.optional(),
    }),
    output: z.object({ taskId: z.int() }),
  },
  /** In the order of the images. `total`: the rows so far. Kept until the core ends, of the last few dozen predictions. */
  'predict.rows': {
    input: z.object({ taskId: z.int(), offset: z.int().min(0), limit: z.int().min(1).max(1000) }),
    output: z.object({
      total: z.int(),
      modelName: z.string(),
      classCount: z.int(),
      /** Else the classes have numbers only; 'models.get' gives all the names. */
      hasClassNames: z.boolean(),
      cropPx: z.int(),
      /** softmax: the probabilities of an image sum to 1. sigmoid: each is of its class alone. */
      loss: lossNameSchema,
      /** Of the model in use, of its own loss: an image whose most probable class is below it is unsure; null: there is none. */
      threshold: z.number().nullable(),
      rows: z.array(predictRowSchema),
    }),
  },
  /**
   * What the places of a dataset's image say for these classes in a model. Only the newest question of a client is worth its time: one that waits is
   * given up for it ('cancelled'). Throws 'not-found', 'bad-image', and 'unsupported' for a model without a head.
   */
  'predict.evidence': {
    input: z.object({
      modelId: modelIdSchema,
      imageId: z.int(),
      classes: z.array(z.int().min(0)).min(1).max(5),
    }),
    output: evidenceSchema,
  },
  /**
   * The features that the head reads (after the last norm and ReLU, averaged over the image; 2048 · width numbers), written to `file`: .npz
   * (`features` float32 [N,C], `paths` [N]), .csv or .jsonl. Images as in 'predict.start'; those that cannot be read are left out and counted
   * in the task's note. An earlier file of features of that name is replaced, another file never ('not-allowed').
   */
  'predict.embed': {
    input: z.object({
      modelId: modelIdSchema,
      paths: z.array(absolutePath).max(10_000),
      uploads: z.array(uploadSchema.shape.uploadId).max(10_000).optional(),
      cropPx: z.int().min(32).max(1024).optional(),
      file: absolutePath,
    }),
    output: z.object({ taskId: z.int() }),
  },
} as const
