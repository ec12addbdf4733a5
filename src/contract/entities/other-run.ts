/** Runs of other programs: their settings and curves. */
import { z } from 'zod'

const otherPrograms = ['tensorboard', 'mlflow', 'wandb', 'csv'] as const
export const otherProgramSchema = z.enum(otherPrograms)
export type OtherProgram = z.infer<typeof otherProgramSchema>

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
  tags: pairs,
  metrics: z.array(z.object({ name: z.string(), pointCount: z.int(), last: z.number().nullable() })),
})
export type OtherRun = z.infer<typeof otherRunSchema>
