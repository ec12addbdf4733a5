/** What someone set for this home. */
import { z } from 'zod'

/** What is told: a run is done (or was stopped and kept), it failed, or it needs someone (it was interrupted). */
export const noticeKinds = ['done', 'failed', 'needs-you'] as const
export type NoticeKind = (typeof noticeKinds)[number]

/** On which trainings run, one on each: GPUs by their places ("0,2"), or the processor in equal shares ("cpu,cpu"); null: every GPU, else the processor. */
export const devicesSchema = z
  .string()
  .max(200)
  .regex(/^(cpu(,cpu)*|\d{1,3}(,\d{1,3})*)$/)
  .nullable()

/** Gets the run as JSON by POST; null: none. */
export const webhookSchema = z
  .url({ protocol: /^https?$/ })
  .max(2000)
  .nullable()

/** 17,000 squares of 448 px, or a million images of 56 px. */
export const usualImageCacheBytes = 10e9

export const settingsSchema = z.object({
  /** Threads for arithmetic; null: every core. */
  threadCount: z.int().min(1).max(1024).nullable().default(null),
  devices: devicesSchema.default(null),
  /** The most that a training may take; null: what is free. */
  memoryBytes: z.number().min(256e6).max(1e15).nullable().default(null),
  /** What decoded images may take on disk, for later passes and later runs; 0: none are kept; null: `usualImageCacheBytes`. */
  imageCacheBytes: z.number().min(0).max(1e15).nullable().default(null),
  /** The machine does not sleep while it trains, where the window can prevent it. */
  keepsAwake: z.boolean().default(false),
  notices: z
    .object({
      kinds: z.array(z.enum(noticeKinds)).default(['done', 'failed', 'needs-you']),
      desktop: z.boolean().default(false),
      /** A program with its arguments, started without a shell; {run}, {state}, {dataset} and {accuracy} stand for the run's. null: none. */
      command: z
        .object({ program: z.string().min(1).max(4096), arguments: z.array(z.string().max(4096)).max(100) })
        .nullable()
        .default(null),
      webhook: webhookSchema.default(null),
    })
    .prefault({}),
})
export type Settings = z.infer<typeof settingsSchema>
