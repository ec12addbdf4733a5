import { z } from 'zod'
import { labellingImageSchema, labellingOrderSchema, labellingStateSchema } from '../entities/labelling'

export const labellingCalls = {
  /** How far the labelling of a dataset is that came without labels. Throws 'unsupported' where it came with them, 'not-found'. */
  'labelling.state': { input: z.object({ datasetId: z.int() }), output: labellingStateSchema },
  /**
   * Images without a label, as they come best: by chance before there is a probe. 'sure': all of one class, of the one with the most images of
   * which the probe is sure enough; then `className` is that class, and null with no images where it is so of none. `skip`: without these. `inHand`: the image that
   * someone looks at comes first, for what is suggested for it now.
   */
  'labelling.next': {
    input: z.object({
      datasetId: z.int(),
      order: labellingOrderSchema,
      skip: z.array(z.int()).max(20_000).optional(),
      inHand: z.int().optional(),
      limit: z.int().min(1).max(200),
    }),
    output: z.object({ className: z.string().nullable(), images: z.array(labellingImageSchema) }),
  },
  /** Images without a label that look most like this one, which is not among them. Throws 'features-missing'. */
  'labelling.alike': {
    input: z.object({ datasetId: z.int(), imageId: z.int(), limit: z.int().min(1).max(200) }),
    output: z.array(labellingImageSchema.extend({ likeness: z.number() })),
  },
} as const
