import { z } from 'zod'
import { imageExportFormatSchema } from '../entities/image-export'
import { imageChoiceSchema } from '../entities/image-choice'
import { absolutePath } from './inputs'

export const imageExportsCalls = {
  /**
   * Writes chosen images out, with the classes that they have now: a new file, or a new folder with a folder of each class. Throws 'name-taken' where
   * something is at `path`, 'bad-input', and as 'labels.applyTo'.
   */
  'imageExports.start': {
    input: z.object({
      datasetId: z.int(),
      choice: imageChoiceSchema,
      format: imageExportFormatSchema,
      path: absolutePath,
    }),
    output: z.object({ taskId: z.int() }),
  },
} as const
