import { z } from 'zod'
import { querySubjectSchema, runTableSchema, savedQuerySchema } from '../entities/saved-query'
import { id, nothing, typedName } from './inputs'

export const viewsCalls = {
  /** Queries with a name, by name. `datasetId`: null of runs. */
  'views.list': {
    input: z.object({ subject: querySubjectSchema, datasetId: z.int().nullable() }),
    output: z.array(savedQuerySchema),
  },
  /** Throws 'name-taken' where there is one of that name, unless `overwrite`; its floor stays. */
  'views.save': {
    input: savedQuerySchema
      .pick({ subject: true, datasetId: true, query: true, layout: true, rowPx: true })
      .extend({
        table: runTableSchema.nullable().default(null),
        name: typedName,
        overwrite: z.boolean().default(false),
      }),
    output: savedQuerySchema,
  },
  'views.delete': { input: id, output: nothing },
} as const
