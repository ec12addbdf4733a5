/** A query with a name, and how its images are shown. */
import { z } from 'zod'
import { queryTextSchema } from './dataset'

export const querySubjectSchema = z.enum(['images', 'predictions', 'runs'])

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
  /** The least accuracy that is good enough, of a query about predictions; null: none is asked for. */
  floor: z.number().min(0).max(1).nullable(),
  createdAtMs: z.number(),
})
export type SavedQuery = z.infer<typeof savedQuerySchema>
