import { z } from 'zod'
import {
  damagedDatasetSchema,
  datasetCheckSchema,
  datasetDetailSchema,
  datasetSchema,
  datasetVersionSchema,
  differenceKindSchema,
  differenceSchema,
  folderChoiceSchema,
  givenSplitSchema,
  problemSchema,
  splitOptionsSchema,
  splitTogetherSchema,
  tableColumnsSchema,
} from '../entities/dataset'
import { importPreviewSchema } from '../entities/import-preview'
import { id, nothing, textOrFile, typedName, absolutePath } from './inputs'

export const datasetsCalls = {
  /** Without the damaged ones. */
  'datasets.list': { input: nothing, output: z.array(datasetSchema) },
  /** Those whose rows cannot be read; the others are not affected. */
  'datasets.damaged': { input: nothing, output: z.array(damagedDatasetSchema) },
  'datasets.get': { input: id, output: datasetDetailSchema },
  /**
   * Answers at once; the task's `resultId` is the dataset. `path`: a folder, or a list of images, or the file:// address of one. name '' takes its
   * name. `folders` says how a folder's folders are read; without it the task fails with 'layout-unclear' where they can be read in two ways.
   * `columns` says what the columns of a table are; without it, it fails with 'columns-unclear' where they do not show it.
   */
  'datasets.import': {
    input: z.object({
      path: absolutePath,
      name: typedName,
      split: splitOptionsSchema.optional(),
      folders: folderChoiceSchema.optional(),
      columns: tableColumnsSchema.optional(),
    }),
    output: z.object({ taskId: z.int() }),
  },
  /**
   * What 'datasets.import' would make of the path; nothing is stored. With `most`, no more files than that are looked for. Only the newest
   * question is worth its time: one before it ends ('cancelled'). Throws what the import throws where there is nothing to show.
   */
  'datasets.preview': {
    input: z.object({
      path: absolutePath,
      folders: folderChoiceSchema.optional(),
      columns: tableColumnsSchema.optional(),
      most: z.int().min(1).optional(),
    }),
    output: importPreviewSchema,
  },
  /** Draws the sample dataset (again) under the home and imports it as "sample". */
  'datasets.importSample': { input: nothing, output: z.object({ taskId: z.int() }) },
  /**
   * Makes a new split; runs keep the one they used. Without `together` it keeps copies together. Throws 'unsupported' where the folders decide all three
   * parts, 'bad-input' where images are to be kept together of which nobody knows yet, or so many that a part gets none.
   */
  'datasets.setSplit': {
    input: z.object({ id: z.int(), split: splitOptionsSchema, together: splitTogetherSchema.optional() }),
    output: datasetDetailSchema,
  },
  /** The current split as a list of images, a line `path class part` each, parted by tabs; `leftOutCount` images cannot be on a line. */
  'datasets.splitList': {
    input: id,
    output: z.object({ text: z.string(), imageCount: z.int(), leftOutCount: z.int() }),
  },
  /**
   * Makes a new split from such a list, or from lines `path part`; images that it does not name keep their part, runs keep their split. Throws 'bad-input'
   * where it names no image, or leaves none to train on, 'path-not-readable'.
   */
  'datasets.applySplitList': {
    input: id.and(textOrFile),
    output: givenSplitSchema,
  },
  'datasets.problems': {
    input: z.object({ id: z.int(), offset: z.int().min(0), limit: z.int().min(1).max(1000) }),
    output: z.object({ total: z.int(), problems: z.array(problemSchema) }),
  },
  /** Oldest first. */
  'datasets.versions': { input: id, output: z.array(datasetVersionSchema) },
  /** Holds the source to the current version; changes nothing. Throws 'busy' while the dataset is checked already. */
  'datasets.check': { input: id, output: z.object({ taskId: z.int() }) },
  /** The last check of this core, unless the dataset has another version since; else null. */
  'datasets.checked': { input: id, output: datasetCheckSchema.nullable() },
  /** What the last check found. Throws 'not-found' where there is none. */
  'datasets.differences': {
    input: z.object({
      id: z.int(),
      kind: differenceKindSchema.optional(),
      offset: z.int().min(0),
      limit: z.int().min(1).max(1000),
    }),
    output: z.object({ total: z.int(), differences: z.array(differenceSchema) }),
  },
  /**
   * Checks again and makes a new version of what is there now; none where nothing differs (the task's note says so). Images that stay keep their part,
   * runs keep their version. Throws 'busy' as 'datasets.check'.
   */
  'datasets.takeIn': { input: id, output: z.object({ taskId: z.int() }) },
  /**
   * Says where the images are now: `path` as for 'datasets.import', of the same kind. The task compares sizes, and the contents of a sample, and refuses
   * another folder ('images-differ'). Throws 'busy' while a run uses it.
   */
  'datasets.move': {
    input: z.object({ id: z.int(), path: absolutePath }),
    output: z.object({ taskId: z.int() }),
  },
  /** Forgets the dataset and its runs; the images are not touched. Throws 'busy' while a run uses it. */
  'datasets.delete': { input: id, output: nothing },
} as const
