import { z } from 'zod'
import { exportFormatSchema, exportResultSchema } from '../entities/export'
import { modelIdSchema } from '../entities/model'
import { lossNameSchema } from '../entities/run'
import { absolutePath } from './inputs'

export const exportsCalls = {
  /**
   * Writes the folder `path` and holds what lies there to the model, image by image; nothing stays of an export that differs ('export-differs').
   * `overwrite`: an export that lies there is replaced, anything else never. `cropPx`: side of the images, `loss`: what turns logits into
   * probabilities, else the model's own. Throws 'not-found', 'name-taken' where the folder exists.
   */
  'exports.start': {
    input: z.object({
      modelId: modelIdSchema,
      format: exportFormatSchema,
      path: absolutePath,
      overwrite: z.boolean().default(false),
      cropPx: z.int().min(32).max(1024).optional(),
      loss: lossNameSchema.optional(),
    }),
    output: z.object({ taskId: z.int() }),
  },
  /** Of a task that is done; kept until the core ends, of the last few dozen. Throws 'not-found'. */
  'exports.result': { input: z.object({ taskId: z.int() }), output: exportResultSchema },
} as const
