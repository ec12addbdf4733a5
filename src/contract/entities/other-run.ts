/** Runs of other programs: their settings and curves. They stand in the history, and their numbers are no others' there. */
import { z } from 'zod'

const otherPrograms = ['tensorboard', 'mlflow', 'wandb', 'csv'] as const
export const otherProgramSchema = z.enum(otherPrograms)
export type OtherProgram = z.infer<typeof otherProgramSchema>

export const programWords: Readonly<Record<OtherProgram, string>> = {
  tensorboard: 'TensorBoard',
  mlflow: 'MLflow',
  wandb: 'W&B',
  csv: 'a CSV file',
}

export const otherStateSchema = z.enum(['done', 'failed', 'stopped', 'unknown'])
export type OtherState = z.infer<typeof otherStateSchema>

const pairs = z.array(z.tuple([z.string(), z.string()]))

export const otherRunSchema = z.object({
  id: z.int(),
  program: otherProgramSchema,
  name: z.string(),
  /** Where it was found. */
  path: z.string(),
  startedAtMs: z.number().nullable(),
  endedAtMs: z.number().nullable(),
  state: otherStateSchema,
  importedAtMs: z.number(),
  settings: pairs,
  /** As its program has them, with names. */
  loggedTags: pairs,
  /** What is said of it here. */
  tags: z.array(z.string()),
  /** Markdown. */
  note: z.string(),
  isStarred: z.boolean(),
  isArchived: z.boolean(),
  deletedAtMs: z.number().nullable(),
  metrics: z.array(z.object({ name: z.string(), pointCount: z.int(), last: z.number().nullable() })),
})
export type OtherRun = z.infer<typeof otherRunSchema>
