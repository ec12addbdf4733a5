import { z } from 'zod'
import { differenceCountsSchema } from '../entities/dataset'
import { imageChoiceSchema } from '../entities/image-choice'
import {
  bulkChangeSchema,
  imageLabelSchema,
  labelGroupSchema,
  labelChangeSchema,
  labelsSummarySchema,
  patchResultSchema,
} from '../entities/label'
import { textOrFile } from './inputs'

const turnedSchema = z.object({
  text: z.string().nullable(),
  imageIds: z.array(z.int()),
  summary: labelsSummarySchema,
})

export const labelsCalls = {
  /**
   * Corrects labels: files on disk never change. Each call is one entry of an append-only log, undone at once; the next training makes a version of the
   * dataset with the labels as they are then. `changed`: images for which it says something new. Throws 'not-found', 'bad-input'.
   */
  'labels.apply': {
    input: z.object({
      datasetId: z.int(),
      imageIds: z.array(z.int()).min(1).max(1_000_000),
      change: labelChangeSchema,
    }),
    output: z.object({ changed: z.int(), summary: labelsSummarySchema }),
  },
  /** The same to many: one entry, undone at once. Throws 'busy' where the query of the choice finds something else by now, too. */
  'labels.applyTo': {
    input: z.object({ datasetId: z.int(), choice: imageChoiceSchema, change: bulkChangeSchema }),
    output: z.object({ chosen: z.int(), changed: z.int(), summary: labelsSummarySchema }),
  },
  /** Takes the last correction or verdict back, or does it again. `text`: what it was; null: there is nothing. `imageIds`: some of its images. */
  'labels.undo': { input: z.object({ datasetId: z.int() }), output: turnedSchema },
  'labels.redo': { input: z.object({ datasetId: z.int() }), output: turnedSchema },
  /** What was corrected, and which verdicts were said in Mistakes, the newest first. */
  'labels.history': {
    input: z.object({ datasetId: z.int(), offset: z.int().min(0), limit: z.int().min(1).max(1000) }),
    output: z.object({ total: z.int(), groups: z.array(labelGroupSchema) }),
  },
  /** Takes back what was done at once, whatever was done since, or does it again where it was taken back. Throws 'not-found'. */
  'labels.turn': {
    input: z.object({ datasetId: z.int(), groupId: z.int(), stands: z.boolean() }),
    output: z.object({ text: z.string(), summary: labelsSummarySchema }),
  },
  'labels.summary': { input: z.object({ datasetId: z.int() }), output: labelsSummarySchema },
  /** Of these images, those of which the log says something. */
  'labels.ofImages': {
    input: z.object({ imageIds: z.array(z.int()).max(5000) }),
    output: z.array(imageLabelSchema),
  },
  /** Of a dataset, all of which the log says something, in the order in which they were first changed. */
  'labels.list': {
    input: z.object({ datasetId: z.int(), offset: z.int().min(0), limit: z.int().min(1).max(5000) }),
    output: z.object({ total: z.int(), labels: z.array(imageLabelSchema) }),
  },
  /** Makes a version of the dataset with the labels as they are now; null: it has them already. Throws 'dataset-too-few-images'. */
  'labels.takeIn': {
    input: z.object({ datasetId: z.int() }),
    output: z.object({ counts: differenceCountsSchema.nullable(), summary: labelsSummarySchema }),
  },
  /** What the log says now as CSV, a line a correction, images by their content. */
  'labels.patch': {
    input: z.object({ datasetId: z.int() }),
    output: z.object({ text: z.string(), count: z.int() }),
  },
  /** Does what such a CSV says to the images with the same contents; twice is once. Throws 'bad-input' where it is none, 'path-not-readable'. */
  'labels.applyPatch': {
    input: z.object({ datasetId: z.int() }).and(textOrFile),
    output: patchResultSchema.extend({ summary: labelsSummarySchema }),
  },
} as const
