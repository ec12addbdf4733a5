/** Checkpoints as people see them: what each is kept for, and what all of them take. */
import { z } from 'zod'
import { checkpointSchema } from './run'

const checkpointKinds = ['last', 'before', 'best', 'every', 'pinned', 'in-use'] as const

export const keptCheckpointSchema = checkpointSchema.extend({
  /** As which model it is used: run:12@400 */
  modelId: z.string(),
  /** What it is kept for: domain/checkpoint-kinds.ts. Empty: for nothing. */
  kinds: z.array(z.enum(checkpointKinds)),
  /** Share of the val images that are right after this step; null where they were not evaluated then. */
  valAccuracy: z.number().nullable(),
})
export type KeptCheckpoint = z.infer<typeof keptCheckpointSchema>

/** Bytes. */
export const checkpointSpaceSchema = z.object({
  count: z.int(),
  /** Of all checkpoints as they were saved. */
  checkpointBytes: z.number(),
  /** Of checkpoints.db. */
  fileBytes: z.number(),
  /** Of these, what deleted ones left: new ones use it, or it can be given back. */
  freeBytes: z.number(),
  budgetBytes: z.number(),
  /** The user set no budget. */
  isDefaultBudget: z.boolean(),
  /** The budget where the user sets none. */
  defaultBudgetBytes: z.number(),
  /** What must be kept is more than the budget by so much. */
  overBytes: z.number(),
  /** Those of every so many steps are kept; 0: none for that. */
  everySteps: z.int(),
})
export type CheckpointSpaceFacts = z.infer<typeof checkpointSpaceSchema>
