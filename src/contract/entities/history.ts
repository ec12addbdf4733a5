/** How the answers for one image went. */
import { z } from 'zod'
import { splitPartSchema } from './dataset'

export const imageHistorySchema = z.object({
  /** Over the checkpoints that were evaluated on it, in the training or later ("Evaluate on …"), by step: each once. */
  checkpoints: z.array(
    z.object({
      setId: z.int(),
      stepIndex: z.int(),
      label: z.string(),
      predicted: z.string(),
      confidence: z.number(),
      labelProbability: z.number(),
    }),
  ),
  /** The part that the image is in; null: the run was not evaluated. */
  part: splitPartSchema.nullable(),
  /** Steps after which the run was evaluated, but not on this image: nothing is known of them. */
  missingSteps: z.array(z.int()),
  /** Over the runs of the dataset whose results have it. */
  runs: z.object({ evaluated: z.int(), wrong: z.int() }),
})
export type ImageHistory = z.infer<typeof imageHistorySchema>
