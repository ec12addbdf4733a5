/** Every call that a client can make: one table gives IPC, HTTP, WebSocket and CLI their calls. */
import { z } from 'zod'
import {
  damagedDatasetSchema,
  datasetCheckSchema,
  datasetDetailSchema,
  datasetSchema,
  datasetVersionSchema,
  differenceCountsSchema,
  differenceKindSchema,
  differenceSchema,
  folderChoiceSchema,
  foundImageSchema,
  imageFilterSchema,
  imageLayoutSchema,
  imageSchema,
  imagesFoundSchema,
  problemSchema,
  queryTextSchema,
  splitOptionsSchema,
  splitPartSchema,
  tableColumnsSchema,
} from './entities/dataset'
import { calibrationSchema } from './entities/calibration'
import { featuresOfSchema, featureStatusSchema } from './entities/features'
import { importPreviewSchema } from './entities/import-preview'
import { exportFormatSchema, exportResultSchema } from './entities/export'
import { imageExportFormatSchema } from './entities/image-export'
import { imageChoiceSchema } from './entities/image-choice'
import {
  bulkChangeSchema,
  imageLabelSchema,
  labelGroupSchema,
  labelChangeSchema,
  labelsSummarySchema,
  patchResultSchema,
} from './entities/label'
import { labellingImageSchema, labellingOrderSchema, labellingStateSchema } from './entities/labelling'
import { engineReportSchema, modelEntrySchema, modelFactsSchema, modelIdSchema } from './entities/model'
import { findingKindSchema, foundGroupSchema, preflightSchema } from './entities/preflight'
import { comparedSchema, comparisonGroupSchema, comparisonSchema } from './entities/comparison'
import { evidenceSchema, predictRowSchema, uploadSchema } from './entities/predict'
import {
  accuracySchema,
  damagedRunSchema,
  checkpointSchema,
  confusionSchema,
  evaluationSchema,
  logLineSchema,
  lossNameSchema,
  planSchema,
  predictionFilterSchema,
  predictionOrderSchema,
  predictionSchema,
  predictionsFoundSchema,
  runSchema,
  stepMetricSchema,
  trainRequestSchema,
} from './entities/run'
import {
  answerSchema,
  imageVerdictSchema,
  judgedImageSchema,
  outcomeSchema,
  ratingChoiceSchema,
  ratingSchema,
  ratingSlotSchema,
  shownSchema,
  wallFormatSchema,
} from './entities/rating'
import { imageHistorySchema } from './entities/history'
import { slicesSchema } from './entities/slice'
import {
  classMappingSchema,
  mappingPlanSchema,
  openableSetSchema,
  predictionSetSchema,
  setPredictionSchema,
} from './entities/prediction-set'
import { packedSchema } from './packed'
import { querySubjectSchema, savedQuerySchema } from './entities/saved-query'
import { databaseCheckSchema, taskSchema } from './events'

const id = z.object({ id: z.int() })
const nothing = z.object({})
/** `setId`: of this prediction set (a checkpoint, another part, another dataset) in place of the run's results. */
const ofPredictions = z.object({ runId: z.int(), setId: z.int().optional() })
const page = { offset: z.int().min(0), limit: z.int().min(1).max(5000) }
/** Longer ones are refused by the calls themselves, in words. */
const typedName = z.string().max(10_000)
const absolutePath = z
  .string()
  .max(4096)
  .refine((path) => path.trim() !== '', 'it is empty')
  .refine((path) => !path.includes('\0'), 'it contains the character U+0000')

/** Something that lies on the disk, by what it is and never by its path: the core alone knows where it is. */
const placeSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('home') }),
  z.object({ kind: z.enum(['dataset', 'image', 'run']), id: z.int() }),
])
export type Place = z.infer<typeof placeSchema>

export const endpoints = {
  /** What this core is: shown in Settings and in the status bar. `startNotes` says what the last start found (interrupted runs). */
  'app.info': {
    input: nothing,
    output: z.object({
      version: z.string(),
      homePath: z.string(),
      processId: z.int(),
      startNotes: z.array(z.string()),
      databaseBytes: z.number(),
      databaseCheck: databaseCheckSchema,
      /** Whether this core can open a file manager on the screen in front of the user (folders.reveal). */
      canReveal: z.boolean(),
    }),
  },
  /** Starts a trainer once to ask; remembered until the core ends. */
  'engine.report': { input: nothing, output: engineReportSchema },
  /**
   * Folders of a folder, for the path field; '' is the user's own. Hidden ones left out. `files`: the files too whose names end so ('npz', 'images' for
   * every format that the import reads, or 'datasets' for every file that can be imported), at most 5,000, and `filesLeftOut` how many more there are.
   */
  'folders.list': {
    input: z.object({
      path: z.string().max(4096),
      files: z
        .union([z.enum(['images', 'datasets']), z.array(z.string().regex(/^[a-z\d]{1,20}$/)).max(20)])
        .optional(),
    }),
    output: z.object({
      path: z.string(),
      parent: z.string().nullable(),
      /** The user's own folder. */
      ownPath: z.string(),
      folders: z.array(z.string()),
      files: z.array(z.string()),
      filesLeftOut: z.int(),
      imageCount: z.int(),
    }),
  },
  /** Makes an empty folder. Throws 'bad-input' for a name that is none, 'name-taken', 'path-not-found', 'not-allowed'. */
  'folders.make': {
    input: z.object({ parent: absolutePath, name: z.string().min(1).max(255) }),
    output: z.object({ path: z.string() }),
  },
  /** Where it lies; for a run, the database that holds it. Throws 'not-found'. */
  'folders.locate': { input: placeSchema, output: z.object({ path: z.string() }) },
  /** Shows it in the file manager of the machine that the core runs on. Throws 'unsupported' where app.info says that it cannot, 'path-not-found'. */
  'folders.reveal': { input: placeSchema, output: nothing },

  'tasks.list': { input: nothing, output: z.array(taskSchema) },
  'tasks.cancel': { input: id, output: nothing },

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
  /** Makes a new split; runs keep the one they used. Throws 'unsupported' where the folders decide all three parts. */
  'datasets.setSplit': {
    input: z.object({ id: z.int(), split: splitOptionsSchema }),
    output: datasetDetailSchema,
  },
  /** The current split as a list of images, a line `path class part` each, parted by tabs; `leftOutCount` images cannot be on a line. */
  'datasets.splitList': {
    input: id,
    output: z.object({ text: z.string(), imageCount: z.int(), leftOutCount: z.int() }),
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

  /** How many images of a dataset have features of a model. Throws 'not-found', 'bad-weights'. */
  'features.status': { input: featuresOfSchema, output: featureStatusSchema },
  /** Computes those that are missing, in a task that rests while a run trains; what it has computed is kept when it is cancelled. */
  'features.compute': { input: featuresOfSchema, output: z.object({ taskId: z.int() }) },

  'images.layout': {
    input: z.object({ datasetId: z.int(), filter: imageFilterSchema }),
    output: imageLayoutSchema,
  },
  /** A page of what a query finds (docs/query.md). Throws 'bad-input' with the place that is not understood, 'not-found'. */
  'images.query': {
    input: z.object({ datasetId: z.int(), query: queryTextSchema, ...page }),
    output: z.object({ total: z.int(), images: z.array(foundImageSchema) }),
  },
  /** All of what it finds. */
  'images.find': {
    input: z.object({ datasetId: z.int(), query: queryTextSchema }),
    output: imagesFoundSchema,
  },
  /**
   * Images that look most like this one, which is not among them: of its dataset's current version, or of the version of a run; `part`: of that alone. Only
   * the newest question is worth its time: one before it ends ('cancelled'). Throws 'not-found', 'features-missing'.
   */
  'images.alike': {
    input: z.object({
      imageId: z.int(),
      runId: z.int().optional(),
      part: splitPartSchema.optional(),
      limit: z.int().min(1).max(1000),
    }),
    /** `likeness`: the cosine of their features. */
    output: z.array(foundImageSchema.extend({ likeness: z.number() })),
  },
  /** The tags alone of what it finds, as 'images.find' counts them. */
  'images.tags': {
    input: z.object({ datasetId: z.int(), query: queryTextSchema }),
    output: imagesFoundSchema.shape.tagCounts,
  },
  'images.get': { input: id, output: imageSchema },

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
  /** Takes the last change back, or does it again. `text`: what it was; null: there is nothing. */
  'labels.undo': {
    input: z.object({ datasetId: z.int() }),
    output: z.object({ text: z.string().nullable(), summary: labelsSummarySchema }),
  },
  'labels.redo': {
    input: z.object({ datasetId: z.int() }),
    output: z.object({ text: z.string().nullable(), summary: labelsSummarySchema }),
  },
  /** What was done to labels, the newest first. */
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
  /** Does what such a CSV says to the images with the same contents; twice is once. Throws 'bad-input' where it is none. */
  'labels.applyPatch': {
    input: z.object({ datasetId: z.int(), text: z.string().max(50_000_000) }),
    output: patchResultSchema.extend({ summary: labelsSummarySchema }),
  },

  /**
   * The images of a dataset's current version that its map has, those that look alike together; null before there is a map. Of more than 10,000 images, a
   * map has a sample. Aligned: ids, classes and parts (0 train, 1 val, 2 test), uint32; points, two float32 each.
   */
  'map.get': {
    input: z.object({ datasetId: z.int() }),
    output: z
      .object({
        imageCount: z.int(),
        ids: packedSchema,
        classes: packedSchema,
        parts: packedSchema,
        points: packedSchema,
      })
      .nullable(),
  },
  /** Lays it out (again); computes features first where they are missing. Rests while a run trains. */
  'map.compute': { input: z.object({ datasetId: z.int() }), output: z.object({ taskId: z.int() }) },

  /** How far the labelling of a dataset is that came without labels. Throws 'unsupported' where it came with them, 'not-found'. */
  'labelling.state': { input: z.object({ datasetId: z.int() }), output: labellingStateSchema },
  /**
   * Images without a label, as they come best: by chance before there is a probe. 'sure': all of one class, of `className` or of the one with the most
   * images; then `className` is that class.
   */
  'labelling.next': {
    input: z.object({
      datasetId: z.int(),
      order: labellingOrderSchema,
      className: typedName.optional(),
      limit: z.int().min(1).max(200),
    }),
    output: z.object({ className: z.string().nullable(), images: z.array(labellingImageSchema) }),
  },
  /** Images without a label that look most like this one, which is not among them. Throws 'features-missing'. */
  'labelling.alike': {
    input: z.object({ datasetId: z.int(), imageId: z.int(), limit: z.int().min(1).max(200) }),
    output: z.array(labellingImageSchema.extend({ likeness: z.number() })),
  },

  /**
   * Writes chosen images out, with the classes that they have now: a new file, or a new folder with a folder of each class. Throws 'name-taken' where
   * something is at `path`, 'bad-input', and as 'labels.applyTo'.
   */
  'imageExports.start': {
    input: z.object({
      datasetId: z.int(),
      choice: imageChoiceSchema,
      format: imageExportFormatSchema,
      path: absolutePath,
    }),
    output: z.object({ taskId: z.int() }),
  },

  /** Queries with a name, by name. `datasetId`: null of runs. */
  'views.list': {
    input: z.object({ subject: querySubjectSchema, datasetId: z.int().nullable() }),
    output: z.array(savedQuerySchema),
  },
  /** Throws 'name-taken' where there is one of that name, unless `overwrite`; its floor stays. */
  'views.save': {
    input: savedQuerySchema
      .pick({ subject: true, datasetId: true, query: true, layout: true, rowPx: true })
      .extend({ name: typedName, overwrite: z.boolean().default(false) }),
    output: savedQuerySchema,
  },
  'views.delete': { input: id, output: nothing },

  /** The sizes that can be trained from zero. */
  'models.architectures': {
    input: z.object({ classCount: z.int().min(1), cropPx: z.int().min(16) }),
    output: z.array(modelFactsSchema),
  },
  /** The zoo: embedded, published, added files, runs with a checkpoint. `datasetId`: with the cost of fine-tuning each on it. */
  'models.list': {
    input: z.object({ datasetId: z.int().nullable() }),
    output: z.array(modelEntrySchema),
  },
  /** One of them with its card (recipe, data, licence, figures; plain text) and class names, null where not known. */
  'models.get': {
    input: z.object({ id: modelIdSchema }),
    output: z.object({
      model: modelEntrySchema,
      card: z.string(),
      classNames: z.array(z.string()).nullable(),
    }),
  },
  /** A .npz or .safetensors of this family, used where it lies. Checked first: throws 'bad-weights'. */
  'models.add': { input: z.object({ path: absolutePath }), output: modelEntrySchema },
  /** Forgets an added file; deletes a downloaded one. */
  'models.remove': { input: z.object({ id: modelIdSchema }), output: nothing },
  /** From the address of its publishers; goes on where it was interrupted. */
  'models.download': { input: z.object({ id: modelIdSchema }), output: z.object({ taskId: z.int() }) },

  /**
   * What HyperRule chooses and why, with time and memory. Starts nothing but, where this engine was never measured, the task of
   * 'training.probe' in the background: later plans know better.
   */
  'training.plan': { input: trainRequestSchema, output: planSchema },
  /** Measures this machine, some seconds, unless it was measured before (then null): what every estimate rests on. */
  'training.probe': { input: nothing, output: z.object({ taskId: z.int().nullable() }) },
  /** Times a few real steps in a trainer of its own; later plans use the figure. */
  'training.measure': { input: trainRequestSchema, output: z.object({ taskId: z.int() }) },
  'training.start': { input: trainRequestSchema, output: runSchema },
  /** What would train the run again on its dataset as it is now, with the labels of now. Throws 'not-found'. */
  'training.again': { input: id, output: trainRequestSchema },
  /** Ends after the current step, evaluates, keeps everything. */
  'training.stop': { input: id, output: nothing },
  /** Goes on with an interrupted or stopped run from its last checkpoint, with the same numbers as if it had never stopped. */
  'training.resume': { input: id, output: runSchema },

  /** Without the damaged ones. */
  'runs.list': { input: nothing, output: z.array(runSchema) },
  /** Runs whose rows cannot be read any more; they can be deleted. */
  'runs.damaged': { input: nothing, output: z.array(damagedRunSchema) },
  'runs.get': { input: id, output: runSchema },
  'runs.steps': {
    input: z.object({ id: z.int(), fromStep: z.int().min(0) }),
    output: z.array(stepMetricSchema),
  },
  /** The same, packed for curves: blocks as domain/steps/step-block.ts reads them, which may begin before `fromStep`. */
  'runs.curves': {
    input: z.object({ id: z.int(), fromStep: z.int().min(0) }),
    output: z.object({ blocks: z.array(packedSchema) }),
  },
  'runs.evaluations': { input: id, output: z.array(evaluationSchema) },
  /** The last `limit` lines, oldest first. */
  'runs.log': {
    input: z.object({ id: z.int(), limit: z.int().min(1).max(10_000) }),
    output: z.array(logLineSchema),
  },
  'runs.checkpoints': { input: id, output: z.array(checkpointSchema) },
  /** One for each evaluation, by step, then part: of the held-out parts, and at the end of a sample of the training part. */
  'runs.predictionSets': { input: id, output: z.array(predictionSetSchema) },
  /** A page of a set, in the order of the evaluation, under its labels. Throws 'not-found'. */
  'runs.setPredictions': {
    input: z.object({ setId: z.int(), offset: z.int().min(0), limit: z.int().min(1).max(5000) }),
    output: z.object({ total: z.int(), predictions: z.array(setPredictionSchema) }),
  },
  /**
   * The accuracy of the run's results without the images that its train part has a twin of, as known at its start, else by the last check of its
   * dataset. null where there are none.
   */
  'runs.withoutTwins': {
    input: id,
    output: z.object({ twinCount: z.int(), accuracy: accuracySchema, knownAtStart: z.boolean() }).nullable(),
  },
  /** Bytes that go with the run. */
  'runs.space': {
    input: id,
    output: z.object({ checkpointBytes: z.number(), predictionBytes: z.number() }),
  },
  /**
   * Two runs on the images that both evaluated (`part`: else that of the second run's results), told by their contents, both under the labels of now.
   * Throws 'not-found' where one has no predictions of that part.
   */
  'runs.compare': {
    input: z.object({ first: z.int(), second: z.int(), part: splitPartSchema.optional() }),
    output: comparisonSchema,
  },
  /** The images of a group, in the order of the second run's evaluation. `className`: only those with this label. */
  'runs.compared': {
    input: z.object({
      first: z.int(),
      second: z.int(),
      part: splitPartSchema.optional(),
      group: comparisonGroupSchema,
      className: z.string().max(10_000).optional(),
      offset: z.int().min(0),
      limit: z.int().min(1).max(5000),
    }),
    output: z.object({ total: z.int(), images: z.array(comparedSchema) }),
  },
  'runs.rename': { input: z.object({ id: z.int(), name: typedName }), output: runSchema },
  /** Throws 'busy' while it trains. */
  'runs.delete': { input: id, output: nothing },

  /**
   * Writes the folder `path` and holds what lies there to the model, image by image; nothing stays of an export that differs ('export-differs').
   * `overwrite`: an export that lies there is replaced, anything else never. `cropPx`: side of the images, `loss`: what turns logits into
   * probabilities, else the model's own. Throws 'not-found', 'name-taken' where the folder exists.
   */
  'exports.start': {
    input: z.object({
      modelId: modelIdSchema,
      format: exportFormatSchema,
      path: absolutePath,
      overwrite: z.boolean().default(false),
      cropPx: z.int().min(32).max(1024).optional(),
      loss: lossNameSchema.optional(),
    }),
    output: z.object({ taskId: z.int() }),
  },
  /** Of a task that is done; kept until the core ends, of the last few dozen. Throws 'not-found'. */
  'exports.result': { input: z.object({ taskId: z.int() }), output: exportResultSchema },

  'predictions.list': {
    input: z.object({
      runId: z.int(),
      filter: predictionFilterSchema,
      order: predictionOrderSchema,
      offset: z.int().min(0),
      limit: z.int().min(1).max(5000),
    }),
    output: z.object({ total: z.int(), predictions: z.array(predictionSchema) }),
  },
  /** As 'images.query', of a run; a query that says nothing of right or wrong asks for the wrong ones, and without sort: the highest loss comes first. */
  'predictions.query': {
    input: ofPredictions.extend({ query: queryTextSchema, ...page }),
    output: z.object({ total: z.int(), predictions: z.array(predictionSchema) }),
  },
  /** All of what it finds. */
  'predictions.find': {
    input: ofPredictions.extend({ query: queryTextSchema }),
    output: predictionsFoundSchema,
  },
  /** What the newest run of the dataset that was evaluated takes these images for, as far as it looked at them; `run` null: there is none. */
  'predictions.ofImages': {
    input: z.object({ datasetId: z.int(), imageIds: z.array(z.int()).max(1000) }),
    output: z.object({
      run: z.object({ id: z.int(), name: z.string() }).nullable(),
      predictions: z.array(
        z.object({ imageId: z.int(), className: z.string(), confidence: z.number(), isRight: z.boolean() }),
      ),
    }),
  },
  /** How many each of the queries finds; null where it is not understood. */
  'predictions.counts': {
    input: ofPredictions.extend({ queries: z.array(queryTextSchema).max(100) }),
    output: z.array(z.int().nullable()),
  },
  /** All sets that can be named as `setId` for a run: its own evaluations, its model elsewhere, and those out of fold. */
  'predictions.sets': { input: z.object({ runId: z.int() }), output: z.array(openableSetSchema) },
  /** How the answers for one image went over the checkpoints of the run, and over the runs of its dataset. */
  'predictions.history': { input: ofPredictions.extend({ imageId: z.int() }), output: imageHistorySchema },
  /** What would be asked of a run's model on a dataset: which class is which, by name. Throws 'not-found'. */
  'evaluate.plan': {
    input: z.object({ runId: z.int(), datasetId: z.int() }),
    output: mappingPlanSchema,
  },
  /**
   * The run's model on a dataset: predictions among the dataset's classes that the model has; images of others are left out and counted. `part`: null for
   * all images. `step`: of a checkpoint, else the last. `mapping`: else by name. The task's result is the number of the set. Throws 'not-found', and
   * 'bad-input' where no image is left or a class is none.
   */
  'evaluate.start': {
    input: z.object({
      runId: z.int(),
      datasetId: z.int(),
      part: splitPartSchema.nullable(),
      step: z.int().min(0).optional(),
      mapping: classMappingSchema.optional(),
    }),
    output: z.object({ taskId: z.int() }),
  },
  /**
   * How right a run, or one of its sets, is on each slice of its dataset, and how right the run before was. `slices.save`: in the place of the one of that
   * name; 'views.delete' takes it away. Throws 'not-found', 'bad-input' with the place that is not understood.
   */
  'slices.list': { input: ofPredictions, output: slicesSchema },
  'slices.save': {
    input: z.object({
      datasetId: z.int(),
      name: typedName,
      query: queryTextSchema,
      floor: z.number().min(0).max(1).nullable(),
    }),
    output: savedQuerySchema,
  },
  /** How their probabilities hold, and with a temperature that is fitted on the val part. */
  'predictions.calibration': { input: ofPredictions, output: calibrationSchema },
  'predictions.confusion': { input: ofPredictions, output: confusionSchema },

  /** The newest first. `runId`: only those of its predictions. */
  'ratings.list': {
    input: z.object({ runId: z.int().nullable().default(null) }),
    output: z.array(ratingSchema),
  },
  /** Throws 'not-found'. */
  'ratings.get': { input: id, output: ratingSchema },
  /**
   * Freezes what raters will see: the images, with what the run says of them now. `name` '' takes the run's. Throws 'not-found' where there is nothing
   * to rate, 'bad-input'.
   */
  'ratings.start': {
    input: z.object({
      runId: z.int(),
      name: typedName,
      choice: ratingChoiceSchema,
      shown: shownSchema,
      controls: z.number().min(0).max(0.3).default(0.05),
    }),
    output: ratingSchema,
  },
  /** With all answers. */
  'ratings.delete': { input: id, output: nothing },
  /** What a rater sees at a place of their own order, from 0. */
  'ratings.slot': {
    input: z.object({ id: z.int(), rater: typedName, at: z.int().min(0) }),
    output: ratingSlotSchema,
  },
  /** Keeps what they say of it; on disk when it answers. `choice` null takes it back. */
  'ratings.answer': {
    input: z.object({
      id: z.int(),
      rater: typedName,
      at: z.int().min(0),
      choice: z.enum(['first', 'second', 'both', 'neither', 'unsure']).nullable(),
      freeLabel: z.string().max(200).default(''),
      note: z.string().max(10_000).default(''),
    }),
    output: ratingSlotSchema,
  },
  /**
   * Writes the paper's wall into a file: the prediction above each mistake, the label below; in the raters' colours (Figure 8), or `plain` (Figures 12 and
   * 13). Of a rating, or of what a query finds in a run. The note says how many. Another program's file is never replaced ('not-allowed').
   */
  'ratings.wall': {
    input: z.object({
      of: z.union([z.object({ ratingId: z.int() }), z.object({ runId: z.int(), query: queryTextSchema })]),
      format: wallFormatSchema,
      plain: z.boolean(),
      path: absolutePath,
    }),
    output: z.object({ taskId: z.int() }),
  },
  /** The copy of an image that came with the rating's file; null: none did. */
  'ratings.copy': {
    input: z.object({ id: z.int(), position: z.int().min(0) }),
    output: z.object({ mime: z.string(), base64: z.string() }).nullable(),
  },
  /**
   * Writes the rating as one file, for a rater on another machine or for their answers to come back: with the answers so far, of `rater` alone where one is
   * named, and `withImages` small copies of the images, for who has no dataset with them. A file that is no rating is never replaced ('not-allowed').
   */
  'ratings.export': {
    input: z.object({
      id: z.int(),
      rater: typedName.nullable(),
      path: absolutePath,
      withImages: z.boolean().default(true),
    }),
    output: z.object({ taskId: z.int() }),
  },
  /** Takes such a file in: a new rating, or answers to one that is here; twice is once. The task's `resultId` is the rating, its note says what came. */
  'ratings.import': { input: z.object({ path: absolutePath }), output: z.object({ taskId: z.int() }) },
  'ratings.classNames': { input: id, output: z.array(z.string()) },
  /** What raters say of images of a dataset, in all ratings. */
  'ratings.verdicts': { input: z.object({ datasetId: z.int() }), output: z.array(imageVerdictSchema) },
  'ratings.outcome': { input: id, output: outcomeSchema },
  /**
   * Corrects the labels that the raters together call wrong, to the prediction or to the class that at least half of them wrote: one entry of the log of
   * labels, undone as 'labels.undo' does. Throws 'not-found' where the rating has no dataset here.
   */
  'ratings.correct': { input: id, output: z.object({ changed: z.int(), summary: labelsSummarySchema }) },
  /** Its images with what was said; `verdict`: only the wrong predictions of which the raters together say so, 'none': those that nobody judged. */
  'ratings.judged': {
    input: z.object({ id: z.int(), verdict: answerSchema.or(z.literal('none')).optional(), ...page }),
    output: z.object({ total: z.int(), images: z.array(judgedImageSchema) }),
  },

  /**
   * What a model sees in images that belong to no dataset: files, and folders with everything below them; hidden ones and what is no image left
   * out. `uploads`: images sent as bytes. `cropPx`: side of the images, else the model's own. `loss`: what turns logits into probabilities, else
   * the model's own. Rows can be asked for while it runs
   * (event 'predict-rows'); `/predicted/TASK/ROW?px=N` shows a row's image. Throws 'not-found', and 'unsupported' for a model without a head.
   */
  'predict.start': {
    input: z.object({
      modelId: modelIdSchema,
      paths: z.array(absolutePath).max(10_000),
      uploads: z.array(uploadSchema.shape.uploadId).max(10_000).optional(),
      cropPx: z.int().min(32).max(1024).optional(),
      loss: lossNameSchema.optional(),
    }),
    output: z.object({ taskId: z.int() }),
  },
  /** In the order of the images. `total`: the rows so far. Kept until the core ends, of the last few dozen predictions. */
  'predict.rows': {
    input: z.object({ taskId: z.int(), offset: z.int().min(0), limit: z.int().min(1).max(1000) }),
    output: z.object({
      total: z.int(),
      modelName: z.string(),
      classCount: z.int(),
      /** Else the classes have numbers only; 'models.get' gives all the names. */
      hasClassNames: z.boolean(),
      cropPx: z.int(),
      /** softmax: the probabilities of an image sum to 1. sigmoid: each is of its class alone. */
      loss: lossNameSchema,
      rows: z.array(predictRowSchema),
    }),
  },
  /**
   * What the places of a dataset's image say for these classes in a model. Only the newest question of a client is worth its time: one that waits is
   * given up for it ('cancelled'). Throws 'not-found', 'bad-image', and 'unsupported' for a model without a head.
   */
  'predict.evidence': {
    input: z.object({
      modelId: modelIdSchema,
      imageId: z.int(),
      classes: z.array(z.int().min(0)).min(1).max(5),
    }),
    output: evidenceSchema,
  },
  /**
   * The features that the head reads (after the last norm and ReLU, averaged over the image; 2048 · width numbers), written to `file`: .npz
   * (`features` float32 [N,C], `paths` [N]), .csv or .jsonl. Images as in 'predict.start'; those that cannot be read are left out and counted
   * in the task's note. An earlier file of features of that name is replaced, another file never ('not-allowed').
   */
  'predict.embed': {
    input: z.object({
      modelId: modelIdSchema,
      paths: z.array(absolutePath).max(10_000),
      uploads: z.array(uploadSchema.shape.uploadId).max(10_000).optional(),
      cropPx: z.int().min(32).max(1024).optional(),
      file: absolutePath,
    }),
    output: z.object({ taskId: z.int() }),
  },
} as const

export type EndpointName = keyof typeof endpoints
export type Input<N extends EndpointName> = z.input<(typeof endpoints)[N]['input']>
export type Output<N extends EndpointName> = z.output<(typeof endpoints)[N]['output']>

export function isEndpointName(name: string): name is EndpointName {
  return Object.hasOwn(endpoints, name)
}

/** A client's side of the calls: transports and the core itself have this shape. */
export type Call = <N extends EndpointName>(name: N, input: Input<N>) => Promise<Output<N>>
