/** What the core pushes to its clients. Nothing polls. */
import { z } from 'zod'
import { wireErrorSchema } from './errors'
import { labelsSummarySchema } from './entities/label'
import { querySubjectSchema } from './entities/saved-query'
import { evaluationSchema, logLineSchema, runSchema, stepMetricSchema } from './entities/run'

/** A piece of long work other than a run: an import, a measurement, the look at a run's files before it starts (`check`), at those of a dataset. `probe` measures the machine for all later estimates. */
export const taskSchema = z.object({
  id: z.int(),
  kind: z.enum([
    'import',
    'measure',
    'probe',
    'sample',
    'download',
    'predict',
    'embed',
    'export',
    'bundle',
    'curves',
    'report',
    'check',
    'check-dataset',
    'take-in',
    'move',
    'preflight',
    'rating',
    'features',
    'map',
    'evaluate',
  ]),
  label: z.string(),
  state: z.enum(['running', 'done', 'failed', 'cancelled']),
  /** What it is doing now, e.g. "Looking for images". */
  phase: z.string(),
  done: z.number(),
  /** null while it is not known. */
  total: z.number().nullable(),
  ratePerSecond: z.number().nullable(),
  etaMs: z.number().nullable(),
  /** E.g. "17 unreadable, 204 turned by EXIF". */
  note: z.string(),
  /** The id of what it made (a dataset). */
  resultId: z.int().nullable(),
  error: wireErrorSchema.nullable(),
})
export type Task = z.infer<typeof taskSchema>

/** The look through the database at the start. `unknown`: it could not be done. `error` where it is damaged or unknown. */
export const databaseCheckSchema = z.object({
  state: z.enum(['checking', 'sound', 'damaged', 'unknown']),
  error: wireErrorSchema.nullable(),
})
export type DatabaseCheck = z.infer<typeof databaseCheckSchema>

const coreEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('task'), task: taskSchema }),
  z.object({ type: z.literal('database-checked'), check: databaseCheckSchema }),
  z.object({ type: z.literal('datasets-changed') }),
  /** What was found in a dataset, or what of it is ignored. */
  z.object({ type: z.literal('preflight-changed'), datasetId: z.int() }),
  /** Features of a dataset's images were computed. */
  z.object({ type: z.literal('features-changed'), datasetId: z.int() }),
  /** A map was laid out. */
  z.object({ type: z.literal('map-changed'), datasetId: z.int() }),
  /** Other labels are suggested for a dataset. */
  z.object({ type: z.literal('labelling-changed'), datasetId: z.int() }),
  /** Labels of a dataset were corrected, or a version took them in. */
  z.object({ type: z.literal('labels-changed'), summary: labelsSummarySchema }),
  /** A rating was started, answered, merged or deleted; null: somebody said in Mistakes who is right. */
  z.object({ type: z.literal('ratings-changed'), ratingId: z.int().nullable() }),
  /** A query was given a name, or one with a name is gone. */
  z.object({
    type: z.literal('views-changed'),
    subject: querySubjectSchema,
    datasetId: z.int().nullable(),
  }),
  /** A model was added, downloaded or removed. */
  z.object({ type: z.literal('models-changed') }),
  /** A prediction has rows up to `total` (exclusive). */
  z.object({ type: z.literal('predict-rows'), taskId: z.int(), total: z.int() }),
  /** A run was made, changed its state or its figures. */
  z.object({ type: z.literal('run'), run: runSchema }),
  /** Something came into the queue, went out of it, or it was held; or a group has other trials. */
  z.object({ type: z.literal('queue-changed') }),
  /** One of its checkpoints was pinned, unpinned or deleted. */
  z.object({ type: z.literal('checkpoints-changed'), runId: z.int() }),
  z.object({ type: z.literal('run-deleted'), runId: z.int() }),
  /** What is said of runs, or which there are: lists ask again. */
  z.object({ type: z.literal('runs-changed') }),
  z.object({ type: z.literal('settings-changed') }),
  /** Another model of a dataset is in use, or none. */
  z.object({ type: z.literal('promotions-changed'), datasetId: z.int() }),
  z.object({ type: z.literal('run-steps'), runId: z.int(), steps: z.array(stepMetricSchema) }),
  z.object({ type: z.literal('run-evaluation'), runId: z.int(), evaluation: evaluationSchema }),
  z.object({ type: z.literal('run-log'), runId: z.int(), line: logLineSchema }),
])
export type CoreEvent = z.infer<typeof coreEventSchema>

/** `sequence` counts from 1 in each core; a gap means that the client must ask again. */
export const sequencedEventSchema = z.object({ sequence: z.int(), event: coreEventSchema })
export type SequencedEvent = z.infer<typeof sequencedEventSchema>
