import { z } from 'zod'
import { modelEntrySchema, modelFactsSchema, modelIdSchema } from '../entities/model'
import { nothing, absolutePath } from './inputs'

export const modelsCalls = {
  /** The sizes that can be trained from zero. */
  'models.architectures': {
    input: z.object({ classCount: z.int().min(1), cropPx: z.int().min(16) }),
    output: z.array(modelFactsSchema),
  },
  /** The zoo: embedded, published, added files, runs with a checkpoint. `datasetId`: with the cost of fine-tuning each on it. */
  'models.list': {
    input: z.object({ datasetId: z.int().nullable() }),
    output: z.array(modelEntrySchema),
  },
  /**
   * The model in use of each dataset that has one, as `in-use:N`, named DATASET@in-use, its title the run's name; the last promoted first. Without those
   * whose run or checkpoint cannot be used: 'models.get' says why.
   */
  'models.inUse': { input: nothing, output: z.array(modelEntrySchema) },
  /** One of them with its card (recipe, data, licence, figures; plain text) and class names, null where not known. */
  'models.get': {
    input: z.object({ id: modelIdSchema }),
    output: z.object({
      model: modelEntrySchema,
      card: z.string(),
      classNames: z.array(z.string()).nullable(),
    }),
  },
  /** A .npz or .safetensors of this family, used where it lies. Checked first: throws 'bad-weights'. */
  'models.add': { input: z.object({ path: absolutePath }), output: modelEntrySchema },
  /** Forgets an added file; deletes a downloaded one. */
  'models.remove': { input: z.object({ id: modelIdSchema }), output: nothing },
  /** From the address of its publishers; goes on where it was interrupted. */
  'models.download': { input: z.object({ id: modelIdSchema }), output: z.object({ taskId: z.int() }) },
} as const
