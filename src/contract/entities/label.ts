/** Corrections of labels and verdicts: an append-only log beside the dataset. Files on disk never change. */
import { z } from 'zod'

/** What is done to images. `label`: of which class they are; `exclude`: they count nowhere until `restore`. */
export const labelChangeSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('label'), className: z.string().max(10_000) }),
  z.object({ kind: z.literal('exclude') }),
  z.object({ kind: z.literal('restore') }),
  /** '' takes the note away. */
  z.object({ kind: z.literal('note'), text: z.string().max(10_000) }),
  z.object({ kind: z.literal('tag'), tag: z.string().max(200) }),
  z.object({ kind: z.literal('untag'), tag: z.string().max(200) }),
])
export type LabelChange = z.infer<typeof labelChangeSchema>

/** What is done to many: as to one, or `prediction`: each has the class that the run of the choice takes it for. */
export const bulkChangeSchema = z.union([labelChangeSchema, z.object({ kind: z.literal('prediction') })])
export type BulkChange = z.infer<typeof bulkChangeSchema>

/** What the log says of an image now. */
export const imageLabelSchema = z.object({
  imageId: z.int(),
  path: z.string(),
  /** The class that it has now; null: the one that its version gives it. */
  className: z.string().nullable(),
  excluded: z.boolean(),
  note: z.string(),
  tags: z.array(z.string()),
})
export type ImageLabel = z.infer<typeof imageLabelSchema>

export const labelsSummarySchema = z.object({
  datasetId: z.int(),
  /** Grows with each entry of the log; 0: it is empty. */
  revision: z.int(),
  /** Images of the dataset's current version whose class is another than at the import, that are excluded, that have a note or a tag. */
  relabelled: z.int(),
  excluded: z.int(),
  noted: z.int(),
  /** Those that are relabelled, excluded, or both. */
  corrected: z.int(),
  /** Excluded images that the current version does not have any more. */
  excludedGone: z.int(),
  /** The tags that images have, by name: at most 1,000. */
  tags: z.array(z.object({ tag: z.string(), count: z.int() })),
  /** Images of the dataset's current version that the next one will have under another class, not at all, or again. */
  pending: z.int(),
  /** Whether one of these is more than another known class for an image of the test part, or its exclusion: a training would come out otherwise. */
  changesTraining: z.boolean(),
  /** What "undo" would take back, and "redo" do again, e.g. `"Iris" for 3 images`; null: nothing. */
  undo: z.string().nullable(),
  redo: z.string().nullable(),
})
export type LabelsSummary = z.infer<typeof labelsSummarySchema>

/** What was done to labels at once, or a verdict. */
export const labelGroupSchema = z.object({
  id: z.int(),
  atMs: z.number(),
  byWhom: z.string(),
  /** E.g. `"Iris" for 3 images`. */
  text: z.string(),
  /** Some of its images. */
  imageIds: z.array(z.int()),
  /** null: it stands. */
  undone: z.object({ atMs: z.number(), byWhom: z.string() }).nullable(),
})
export type LabelGroupEntry = z.infer<typeof labelGroupSchema>

/** What a patch of labels did. */
export const patchResultSchema = z.object({
  changed: z.int(),
  /** Lines that say what holds already. */
  already: z.int(),
  /** What did not fit, at most 1,000 of `misfitCount`. `line`: of the file, from 1. */
  misfits: z.array(z.object({ line: z.int(), path: z.string(), reason: z.string() })),
  misfitCount: z.int(),
})
export type PatchResult = z.infer<typeof patchResultSchema>
