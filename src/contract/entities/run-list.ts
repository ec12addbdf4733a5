/** Runs as a list shows them: no more of each than its row, so that thousands are listed in an instant. */
import { z } from 'zod'
import { packedSchema } from '../packed'
import { modelIdSchema } from './model'
import { otherProgramSchema } from './other-run'
import { splitPartSchema } from './dataset'
import { accuracySchema, recipeSchema, runStateSchema } from './run'

export const runRowSchema = z.object({
  id: z.int(),
  name: z.string(),
  /** Of another program, with the settings that its log has; null: it was trained by a workbench. What only those have is null, or ''. */
  imported: z
    .object({ program: otherProgramSchema, settings: z.array(z.tuple([z.string(), z.string()])) })
    .nullable(),
  datasetId: z.int().nullable(),
  datasetName: z.string(),
  state: runStateSchema,
  model: z.string(),
  /** As that of a run. */
  origin: modelIdSchema.nullable(),
  recipe: recipeSchema.nullable(),
  departureCount: z.int(),
  /** Of its dataset, and how many images of it were for training; null: another program's, or versions were not kept yet. */
  datasetVersion: z.int().nullable(),
  exampleCount: z.int().nullable(),
  createdAtMs: z.number(),
  endedAtMs: z.number().nullable(),
  stepsDone: z.int(),
  lastLoss: z.number().nullable(),
  accuracy: accuracySchema.nullable(),
  /** Shares in [0, 1]; null where they were not measured. */
  topFive: z.number().nullable(),
  balanced: z.number().nullable(),
  evaluatedOn: splitPartSchema.nullable(),
  /** As that of a run. */
  resultStep: z.int().nullable(),
  wrongCount: z.int().nullable(),
  trainingMs: z.number().nullable(),
  engineWords: z.string(),
  tags: z.array(z.string()),
  /** The beginning of the note. */
  note: z.string(),
  isStarred: z.boolean(),
  isArchived: z.boolean(),
  deletedAtMs: z.number().nullable(),
  /** Whether its dataset has its model in use. */
  isInUse: z.boolean(),
  groupId: z.int().nullable(),
  groupName: z.string().nullable(),
  /** The run that it went on from, or whose weights it started from; `name`: null where that is gone. */
  parent: z.object({ id: z.int(), name: z.string().nullable() }).nullable(),
  /** The run that it trains again. */
  again: z.object({ id: z.int(), name: z.string().nullable() }).nullable(),
})
export type RunRow = z.infer<typeof runRowSchema>

/** Of the runs of a group that have the figure. `sd`: of a sample; null of one run. */
const spreadSchema = z.object({ count: z.int(), mean: z.number(), sd: z.number().nullable() })
export type Spread = z.infer<typeof spreadSchema>

export const runGroupSchema = z.object({
  /** The same from question to question. */
  key: z.string(),
  label: z.string(),
  count: z.int(),
  accuracy: spreadSchema.nullable(),
  loss: spreadSchema.nullable(),
  timeMs: spreadSchema.nullable(),
})
export type RunGroup = z.infer<typeof runGroupSchema>

/** `settings`: runs that differ in nothing but their seed. `setting:NAME`: by a setting, as queries name it. */
export const runGroupingSchema = z
  .string()
  .max(100)
  .regex(/^(?:none|settings|group|dataset|model|state|parent|setting:[a-z\d-]+)$/)

export const runsFoundSchema = z.object({
  /** All there are, but for the archive and the trash. */
  total: z.int(),
  archivedCount: z.int(),
  deletedCount: z.int(),
  /** uint32, group by group. */
  ids: packedSchema,
  /** Empty without a grouping. */
  groups: z.array(runGroupSchema),
  /** Of all of what was found, the most frequent first. */
  tagCounts: z.array(z.object({ tag: z.string(), count: z.int() })),
})
export type RunsFound = z.infer<typeof runsFoundSchema>

export const mostNoteCharacters = 100_000
export const mostTagCharacters = 100

/** What is said of runs; an absent key leaves it as it is. */
export const runMarksSchema = z.object({
  starred: z.boolean().optional(),
  archived: z.boolean().optional(),
  addTags: z.array(z.string().max(10_000)).max(100).optional(),
  removeTags: z.array(z.string().max(10_000)).max(100).optional(),
  /** In place of the one before. */
  note: z.string().max(mostNoteCharacters).optional(),
})
export type RunMarks = z.infer<typeof runMarksSchema>

/** Days that a run stays in the trash. */
export const trashDays = 30
