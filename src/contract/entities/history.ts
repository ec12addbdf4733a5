/** How the answers for one image went. */
import { z } from 'zod'

export const imageHistorySchema = z.object({
  /** Over the evaluated checkpoints, of the same part, by step. */
  checkpoints: z.array(
    z.object({
      setId: z.int(),
      stepIndex: z.int(),
      labelIndex: z.int(),
      predictedIndex: z.int(),
      confidence: z.number(),
      labelProbability: z.number(),
    }),
  ),
  /** Over the runs of the dataset whose results have it. */
  runs: z.object({ evaluated: z.int(), wrong: z.int() }),
})
export type ImageHistory = z.infer<typeof imageHistorySchema>
