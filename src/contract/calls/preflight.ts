import { z } from 'zod'
import {
  findingKindSchema,
  foundGroupSchema,
  imageCheckSchema,
  preflightSchema,
  thresholdsSchema,
} from '../entities/preflight'

export const preflightCalls = {
  /**
   * Looks at all images of a dataset, those whose content was not looked at before, and compares them; takes second place to a training. `labels`: then
   * looks for wrong labels, too, which takes longer.
   */
  'preflight.start': {
    input: z.object({ datasetId: z.int(), labels: z.boolean().default(false) }),
    output: z.object({ taskId: z.int() }),
  },
  /** What the last check found, under the current split. Throws 'not-found'. */
  'preflight.findings': { input: z.object({ datasetId: z.int() }), output: preflightSchema },
  /** Groups of a finding, those that are open or those that are ignored. None of a finding about classes: 'preflight.findings' names them. */
  'preflight.images': {
    input: z.object({
      datasetId: z.int(),
      kind: findingKindSchema,
      which: z.enum(['open', 'ignored']).default('open'),
      offset: z.int().min(0),
      limit: z.int().min(1).max(500),
    }),
    output: z.object({ total: z.int(), groups: z.array(foundGroupSchema) }),
  },
  /** What the last check says of one image: its duplicates, and whether its label is likely right. Throws 'not-found'. */
  'preflight.ofImage': { input: z.object({ imageId: z.int() }), output: imageCheckSchema },
  /** From which likeness two images count as the same one, and what other thresholds would find. Throws 'not-found'. */
  'preflight.thresholds': { input: z.object({ datasetId: z.int() }), output: thresholdsSchema },
  /** Counts again under another one, also after later checks. Throws 'not-found' where the last check kept no pairs. */
  'preflight.setThreshold': {
    input: z.object({ datasetId: z.int(), likeness: z.number().min(0.985).max(1) }),
    output: preflightSchema,
  },
  /**
   * What is ignored is counted no longer, until a check finds more in the same group. `items`: only the groups with these images (or classes); else all.
   * Throws 'not-found' where there is no such group.
   */
  'preflight.ignore': {
    input: z.object({
      datasetId: z.int(),
      kind: findingKindSchema,
      items: z.array(z.int()).min(1).max(100_000).optional(),
      reason: z.string().max(1000),
    }),
    output: preflightSchema,
  },
  'preflight.unignore': {
    input: z.object({
      datasetId: z.int(),
      kind: findingKindSchema,
      items: z.array(z.int()).min(1).max(100_000).optional(),
    }),
    output: preflightSchema,
  },
  /** Makes a new split in which each group of a leak is in one part. `items`: only the groups with these images. Throws 'not-found'. */
  'preflight.moveTogether': {
    input: z.object({ datasetId: z.int(), items: z.array(z.int()).min(1).max(100_000).optional() }),
    output: z.object({ previousSplitId: z.int(), movedCount: z.int(), preflight: preflightSchema }),
  },
  /**
   * Excludes images of a finding, as 'labels.apply' does: `copies` all but one of each group, the held-out one where there is one, else the largest; `all`
   * all of them. `items`: only the groups with these images. Throws 'not-found'.
   */
  'preflight.exclude': {
    input: z.object({
      datasetId: z.int(),
      kind: findingKindSchema,
      what: z.enum(['copies', 'all']),
      items: z.array(z.int()).min(1).max(100_000).optional(),
    }),
    output: z.object({ excludedCount: z.int(), preflight: preflightSchema }),
  },
  /** Takes an earlier split again. Throws 'not-found', 'busy' where the dataset has other images now. */
  'preflight.undoMove': {
    input: z.object({ datasetId: z.int(), splitId: z.int() }),
    output: preflightSchema,
  },
} as const
