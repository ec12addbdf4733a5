import { z } from 'zod'
import { checkpointSpaceSchema, keptCheckpointSchema } from '../entities/checkpoint'
import { id, nothing } from './inputs'

/** null: as it comes. */
const budgetBytesSchema = z.number().min(0).max(1e15).nullable()

export const checkpointsCalls = {
  /** Of a run, by step. */
  'checkpoints.list': { input: z.object({ runId: z.int() }), output: z.array(keptCheckpointSchema) },
  /** A pinned one is kept until it is unpinned. Throws 'not-found'. */
  'checkpoints.pin': { input: z.object({ id: z.int(), isPinned: z.boolean() }), output: nothing },
  /** Reads all of it and compares its hash. `reason` where it is not sound. Throws 'not-found'. */
  'checkpoints.verify': {
    input: id,
    output: z.object({ isSound: z.boolean(), reason: z.string().nullable() }),
  },
  /** Throws 'busy' of the last two of a run that trains, 'not-allowed' of one in use, 'not-found'. */
  'checkpoints.delete': { input: id, output: nothing },
  /** Gives the space of deleted ones back to the disk. */
  'checkpoints.giveBack': { input: nothing, output: z.object({ bytes: z.number() }) },
  'checkpoints.space': { input: nothing, output: checkpointSpaceSchema },
  /** What `setBudget` would delete. */
  'checkpoints.beyond': {
    input: z.object({ budgetBytes: budgetBytesSchema }),
    output: z.object({ count: z.int(), byteCount: z.number() }),
  },
  /** What is beyond the budget then is deleted: see domain/checkpoint-kinds.ts. */
  'checkpoints.setBudget': {
    input: z.object({
      budgetBytes: budgetBytesSchema,
      everySteps: z.int().min(0).max(1e9).optional(),
    }),
    output: checkpointSpaceSchema,
  },
} as const
