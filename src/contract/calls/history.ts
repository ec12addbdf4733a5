import { z } from 'zod'
import { queryTextSchema } from '../entities/dataset'
import { runGroupingSchema, runMarksSchema, runRowSchema, runsFoundSchema } from '../entities/run-list'
import { nothing } from './inputs'

const ids = z.array(z.int()).min(1).max(100_000)

export const historyCalls = {
  /**
   * Which runs a query finds (docs/query.md), in its order, else by the field `sort` ('-accuracy' from the highest), else newest first; by groups where
   * there is a grouping. Throws 'bad-input' with the place that is not understood.
   */
  'history.find': {
    input: z.object({
      query: queryTextSchema.default(''),
      sort: z.string().max(100).default(''),
      groupBy: runGroupingSchema.default('none'),
    }),
    output: runsFoundSchema,
  },
  /** What a list shows of these, as they are asked for; without those that are gone. */
  'history.rows': {
    input: z.object({ ids: z.array(z.int()).max(2000) }),
    output: z.array(runRowSchema),
  },
  /** Stars, tags, notes, the archive. All of them, or none. Throws 'not-found', 'bad-input' for a tag that is none. */
  'history.mark': { input: z.object({ ids, marks: runMarksSchema }), output: nothing },
  /** Into the trash, for 30 days. Throws 'busy' while one trains, 'needs-consent' where one is in use and `evenInUse` is not set. */
  'history.trash': {
    input: z.object({ ids, evenInUse: z.boolean().default(false) }),
    output: nothing,
  },
  /** Out of the trash. Throws 'not-found'. */
  'history.restore': { input: z.object({ ids }), output: nothing },
  /** For good, from the trash; `ids` absent: all that is in it. */
  'history.purge': { input: z.object({ ids: ids.optional() }), output: z.object({ count: z.int() }) },
  /** Bytes of the checkpoints and predictions of these runs; `ids` absent: of those in the trash. */
  'history.space': {
    input: z.object({ ids: ids.optional() }),
    output: z.object({ count: z.int(), byteCount: z.number() }),
  },
} as const
