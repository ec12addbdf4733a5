/** A query with a name, and how its images are shown. */
import { z } from 'zod'
import { queryTextSchema } from './dataset'
import { runGroupingSchema } from './run-list'

export const querySubjectSchema = z.enum(['images', 'predictions', 'runs'])

/** How a list of runs is shown. */
export const runTableSchema = z.object({
  /** By their ids, as the Runs screen has them; what it does not know is left out. */
  columns: z.array(z.string().max(100)).max(200),
  /** As 'history.find' takes it. */
  sort: z.string().max(100),
  groupBy: runGroupingSchema,
})

export const savedQuerySchema = z.object({
  id: z.int(),
  subject: querySubjectSchema,
  /** null: of runs, which may be of any dataset. */
  datasetId: z.int().nullable(),
  name: z.string(),
  /** With its order. */
  query: queryTextSchema,
  /** null: as the images are shown then. */
  layout: z.enum(['grid', 'list']).nullable(),
  rowPx: z.int().min(16).max(2000).nullable(),
  /** Of runs; null: as they are shown then. */
  table: runTableSchema.nullable(),
  /** The least accuracy that is good enough, of a query about predictions; null: none is asked for. */
  floor: z.number().min(0).max(1).nullable(),
  createdAtMs: z.number(),
})
export type SavedQuery = z.infer<typeof savedQuerySchema>
