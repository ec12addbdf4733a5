/** How the probabilities of predictions hold. */
import { z } from 'zod'
import { splitPartSchema } from './dataset'

const reliabilitySchema = z.object({
  /** Equal bins of the probability of the prediction, each over (from, to]. */
  bins: z.array(
    z.object({
      from: z.number(),
      to: z.number(),
      count: z.int(),
      correct: z.int(),
      /** Mean of the probabilities; 0 without images. */
      confidence: z.number(),
    }),
  ),
  /** Expected calibration error over these bins. */
  ece: z.number(),
})

/** Where only predictions of at least some probability are answered, from the fewest to all. */
const coverageSchema = z.object({
  points: z.array(z.object({ threshold: z.number(), answered: z.int(), correct: z.int() })),
  /** Mean over all coverages of the share that is wrong. */
  aurc: z.number(),
})

export const calibrationSchema = z.object({
  total: z.int(),
  reliability: reliabilitySchema,
  coverage: coverageSchema,
  /** Mean loss, nats. */
  nll: z.number(),
  /** Sum over the classes, mean over the images; null where the set keeps only the most probable classes. */
  brier: z.number().nullable(),
  /** What one temperature makes of these images, fitted on others; null: `why`. */
  scaled: z
    .object({
      temperature: z.number(),
      fittedOn: splitPartSchema,
      fittedCount: z.int(),
      reliability: reliabilitySchema,
      nll: z.number(),
      brier: z.number(),
    })
    .nullable(),
  /** A sentence; '' where there is one. */
  why: z.string(),
})
export type Calibration = z.infer<typeof calibrationSchema>
export type CoveragePoint = z.infer<typeof coverageSchema>['points'][number]
export type Reliability = z.infer<typeof reliabilitySchema>
