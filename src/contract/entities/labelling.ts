/** Giving labels to images that came without: what is done, what comes next, and what a probe suggests. */
import { z } from 'zod'

/** Labels from which on a probe suggests. */
export const probeFromLabels = 30

const labellingClassSchema = z.object({ name: z.string(), count: z.int() })

export const labellingStateSchema = z.object({
  datasetId: z.int(),
  /** Without excluded ones. */
  imageCount: z.int(),
  labelledCount: z.int(),
  excludedCount: z.int(),
  /** Of these, those that the current version has, as `is:relabelled -is:excluded` and `is:excluded` find them. */
  inVersion: z.object({ labelled: z.int(), excluded: z.int() }),
  /** In the order in which they came. */
  classes: z.array(labellingClassSchema),
  /** Images without features: nothing is suggested for them. */
  missingCount: z.int(),
  /**
   * null before there are enough labels. `accuracy`: of images that it had not seen, in [0, 1]. `namesFrom`: the probability from which on a group of images
   * is named, in [0, 1].
   */
  probe: z.object({ trainedOn: z.int(), accuracy: z.number(), namesFrom: z.number() }).nullable(),
})
export type LabellingState = z.infer<typeof labellingStateSchema>

/** chance: in an order drawn by seed. unsure: where two classes are nearly as probable. sure: of one class, the most probable first. */
export const labellingOrderSchema = z.enum(['chance', 'unsure', 'sure'])

export const labellingImageSchema = z.object({
  imageId: z.int(),
  path: z.string(),
  aspect: z.number(),
  /** The most probable first; none before there is a probe. */
  suggestions: z.array(z.object({ className: z.string(), probability: z.number() })),
})
export type LabellingImage = z.infer<typeof labellingImageSchema>
