import { z } from 'zod'
import { packedSchema } from '../packed'

export const mapCalls = {
  /**
   * The images of a dataset's current version that its map has, those that look alike together; null before there is a map. Of more than 10,000 images, a
   * map has a sample. Aligned: ids, classes and parts (0 train, 1 val, 2 test), uint32; points, two float32 each.
   */
  'map.get': {
    input: z.object({ datasetId: z.int() }),
    output: z
      .object({
        imageCount: z.int(),
        ids: packedSchema,
        classes: packedSchema,
        parts: packedSchema,
        points: packedSchema,
      })
      .nullable(),
  },
  /** Lays it out (again); computes features first where they are missing. Rests while a run trains. */
  'map.compute': { input: z.object({ datasetId: z.int() }), output: z.object({ taskId: z.int() }) },
} as const
