/** Every call that a client can make: one table gives IPC, HTTP, WebSocket and CLI their calls. */
import { z } from 'zod'
import {
  datasetCheckSchema,
  datasetDetailSchema,
  datasetSchema,
  datasetVersionSchema,
  differenceKindSchema,
  differenceSchema,
  folderChoiceSchema,
  imageFilterSchema,
  imageLayoutSchema,
  imageSchema,
  problemSchema,
  splitOptionsSchema,
  tableColumnsSchema,
} from './entities/dataset'
import { importPreviewSchema } from './entities/import-preview'
import { exportFormatSchema, exportResultSchema } from './entities/export'
import { engineReportSchema, modelEntrySchema, modelFactsSchema, modelIdSchema } from './entities/model'
import { evidenceSchema, predictRowSchema, uploadSchema } from './entities/predict'
import {
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
  runSchema,
  stepMetricSchema,
  trainRequestSchema,
} from './entities/run'
import { predictionSetSchema, setPredictionSchema } from './entities/prediction-set'
import { databaseCheckSchema, taskSchema } from './events'

const id = z.object({ id: z.int() })
const nothing = z.object({})
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

  'datasets.list': { input: nothing, output: z.array(datasetSchema) },
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

  'images.layout': {
    input: z.object({ datasetId: z.int(), filter: imageFilterSchema }),
    output: imageLayoutSchema,
  },
  'images.get': { input: id, output: imageSchema },

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
  /** Bytes that go with the run. */
  'runs.space': {
    input: id,
    output: z.object({ checkpointBytes: z.number(), predictionBytes: z.number() }),
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
  'predictions.confusion': { input: z.object({ runId: z.int() }), output: confusionSchema },

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
