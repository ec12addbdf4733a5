import { z } from 'zod'
import { packedSchema } from '../packed'
import { engineReportSchema, modelIdSchema, modelSpecSchema } from './model'
import { splitPartSchema } from './dataset'
import { wireErrorSchema } from '../errors'
import {
  lossNameSchema,
  overridesSchema,
  recipeSchema,
  ruleNameSchema,
  upstreamPresetSchema,
  type Recipe,
} from '../../domain/recipe/recipe'

export { lossNameSchema, overridesSchema, recipeSchema, ruleNameSchema, upstreamPresetSchema }
export type {
  Freeze,
  HyperRuleName,
  LossName,
  Overrides,
  Precision,
  Recipe,
  RuleName,
  UpstreamPreset,
} from '../../domain/recipe/recipe'

/** What `imagesPerSecond` of a run counts: a linear probe's steps take the features of images, which were computed before. */
export function rateName({ linearProbe }: Pick<Recipe, 'linearProbe'>): 'Images/s' | 'Features/s' {
  return linearProbe ? 'Features/s' : 'Images/s'
}

/** One line of "what the rule chose and why". `departure` where another value stands instead of the rule's. */
export const choiceSchema = z.object({
  key: z.string(),
  label: z.string(),
  value: z.string(),
  because: z.string(),
  /** `by`: who departs from the rule; absent: the user. again: the run that it trains again did. */
  departure: z
    .object({ ruleValue: z.string(), by: z.enum(['user', 'budget', 'again']).optional() })
    .nullable(),
})
export type Choice = z.infer<typeof choiceSchema>

export const estimateSchema = z.object({
  /** From the start of the run to its last evaluation, with everything between. */
  durationMs: z.number(),
  /** Of the steps alone. */
  imagesPerSecond: z.number(),
  /**
   * measured: this model at this crop on this machine. scaled: from another model or crop, measured on this machine. guessed: nothing was
   * measured on this machine yet.
   */
  certainty: z.enum(['measured', 'scaled', 'guessed']),
  /** How the time was found, a sentence. */
  timeBasis: z.string(),
  memoryBytes: z.number(),
  memoryBasis: z.string(),
  memoryAvailableBytes: z.number(),
  checkpointBytes: z.number(),
})
export type Estimate = z.infer<typeof estimateSchema>

/** In place of a model's size: the workbench chooses what to start from, and with it the size; `weights` is null then. */
export const autoModel = 'auto'

export const leastBudgetMs = 5_000
export const mostBudgetMs = 7 * 24 * 3_600_000

export const trainRequestSchema = z.object({
  datasetId: z.int(),
  /** R50x1 … or units:1-1-1-1,width:0.5, or 'auto': see `autoModel`. */
  model: z.string().max(100),
  rule: ruleNameSchema,
  /**
   * How long the run may take, from its start to its last evaluation: what is not set is chosen so that it ends then. null: the rule alone
   * decides. For fine-tuning only.
   */
  budgetMs: z.number().min(leastBudgetMs).max(mostBudgetMs).nullable().default(null),
  /** Which pre-training, for the rule 'upstream'; nothing to the others. */
  preset: upstreamPresetSchema.default('small'),
  overrides: overridesSchema,
  seed: z.int().min(0).max(0xffffffff),
  /** null starts from a seeded He initialization. */
  weights: modelIdSchema.nullable(),
  /** '' lets the workbench name the run. */
  name: z.string().max(10_000),
  /** Goes on from this checkpoint of a run, momenta included, on the split of that run. Absent: the training begins at step 0. */
  continues: z.object({ runId: z.int(), stepIndex: z.int().min(0) }).optional(),
  /** The run of this dataset that it trains again, as it was or with something changed. Nothing where there is no such run any more. */
  again: z.int().optional(),
})
export type TrainRequest = z.infer<typeof trainRequestSchema>

/** Where the plan has a time budget. */
export const planBudgetSchema = z.object({
  budgetMs: z.number(),
  expectedMs: z.number(),
  /** The model that was chosen to start from; null: random weights. */
  weights: modelIdSchema.nullable(),
  /** Of each value that the budget decided, by the key of its line; 'model' for what it starts from. */
  reasons: z.array(z.object({ key: z.string(), text: z.string() })),
})
export type PlanBudget = z.infer<typeof planBudgetSchema>

export const planSchema = z.object({
  suggestedName: z.string(),
  /** What would be trained: R50x1 … or units:… */
  model: z.string(),
  /** What it starts from; null: random weights. */
  weights: modelIdSchema.nullable(),
  recipe: recipeSchema,
  budget: planBudgetSchema.nullable(),
  /** The same with the rule alone, nothing set and no budget, from the same weights. */
  byRule: z.object({ recipe: recipeSchema, durationMs: z.number() }),
  choices: z.array(choiceSchema),
  departureCount: z.int(),
  estimate: estimateSchema,
  parameterCount: z.number(),
  convGmac: z.number(),
  /** Reasons why it cannot start now; empty when it can. */
  obstacles: z.array(wireErrorSchema),
  /** What is worth knowing before the start and prevents nothing. */
  cautions: z.array(wireErrorSchema.omit({ code: true }).extend({ about: z.literal('leak').optional() })),
  /** Whether the dataset was checked as it is, see 'preflight.start'. */
  isChecked: z.boolean(),
})
export type Plan = z.infer<typeof planSchema>

/**
 * `interrupted`: the trainer or the core went away; what was committed stands. `stopped`: the user stopped it; it was evaluated and kept. `paused`:
 * the user, or a search, let it rest at a checkpoint; it is not evaluated and goes on when it is resumed.
 */
export const runStateSchema = z.enum([
  'starting',
  'training',
  'evaluating',
  'done',
  'stopped',
  'failed',
  'interrupted',
  'paused',
])
export type RunState = z.infer<typeof runStateSchema>
export const activeRunStates: readonly RunState[] = ['starting', 'training', 'evaluating']

/** A proportion with its 95 % Wilson interval, all in [0, 1]. */
export const accuracySchema = z.object({
  correct: z.int(),
  total: z.int(),
  value: z.number(),
  low: z.number(),
  high: z.number(),
})
export type Accuracy = z.infer<typeof accuracySchema>

/** What stands beside an accuracy. */
export const measuresSchema = z.object({
  /** Images of the part; fewer were evaluated where some could not be read. */
  partCount: z.int(),
  /** The label is among the five most probable classes. null: there are five classes or fewer, or an older version evaluated. */
  topFive: accuracySchema.nullable(),
  /** null: an older version evaluated. */
  balanced: z
    .object({
      /** Mean over the classes with images of the share of their images that are right, in [0, 1]. */
      value: z.number(),
      classCount: z.int(),
      /** Images of the class with the fewest and with the most. */
      leastCount: z.int(),
      mostCount: z.int(),
    })
    .nullable(),
})
export type Measures = z.infer<typeof measuresSchema>

/** Whether the dataset has other images or labels by now than the run had. */
export function hasOlderData({
  datasetVersion,
  currentVersion,
}: Pick<Run, 'datasetVersion' | 'currentVersion'>): boolean {
  return datasetVersion !== null && currentVersion !== null && datasetVersion < currentVersion
}

/** How lines of a run's log begin that name what its `unreadable` counts. */
export const unreadableLead = 'Could not read: '

/** How the line of a run's log begins that says that it was resumed. */
export const resumedLead = 'Resumed from the checkpoint after step '

/** How the line of a run's log begins that says that it was resumed where it had no checkpoint yet. */
export const restartedLead = 'Started again from step 0'

export const unreadableImageSchema = z.object({
  /** Relative to the dataset's folder. */
  path: z.string(),
  part: splitPartSchema,
  reason: z.string(),
})
export type UnreadableImage = z.infer<typeof unreadableImageSchema>

export const runSchema = z.object({
  id: z.int(),
  name: z.string(),
  datasetId: z.int(),
  datasetName: z.string(),
  splitId: z.int(),
  splitHash: z.string(),
  state: runStateSchema,
  model: z.string(),
  spec: modelSpecSchema,
  recipe: recipeSchema,
  choices: z.array(choiceSchema),
  departureCount: z.int(),
  /** What it started from; null: random weights. */
  weights: modelIdSchema.nullable(),
  /**
   * Where its weights began: `weights`, or where that is a run, what that one began from. null: from zero. It stays run:N where that run is gone.
   * model-names.ts makes words of it.
   */
  origin: modelIdSchema.nullable(),
  /** What the user gave it; null: as long as the rule takes. */
  budgetMs: z.number().nullable(),
  /** What the plan expected from the start to the last evaluation; null in runs of older versions. */
  expectedMs: z.number().nullable(),
  exampleCount: z.int(),
  /** Images of its split that are held out. */
  heldOut: z.object({ val: z.int(), test: z.int() }),
  classCount: z.int(),
  parameterCount: z.number(),
  createdAtMs: z.number(),
  endedAtMs: z.number().nullable(),
  /** Steps whose metrics are committed. */
  stepsDone: z.int(),
  lastLoss: z.number().nullable(),
  /** Of training alone: decoding, evaluation and start-up left out. `rateName` says of what. */
  imagesPerSecond: z.number().nullable(),
  /** Share of the training time in which the trainer waited for images, in [0, 1]. */
  waitFraction: z.number().nullable(),
  trainingMs: z.number().nullable(),
  peakMemoryBytes: z.number().nullable(),
  engine: engineReportSchema.nullable(),
  /** On the part `evaluatedOn`, with the last weights. */
  accuracy: accuracySchema.nullable(),
  /** Of the same evaluation. */
  measures: measuresSchema.nullable(),
  evaluatedOn: splitPartSchema.nullable(),
  wrongCount: z.int().nullable(),
  /** How many steps the weights had seen that accuracy, wrongCount and the predictions are of; null where there are none. */
  resultStep: z.int().nullable(),
  checkpointStep: z.int().nullable(),
  /**
   * Images that could not be read. They keep their place in the order at weight zero, from where they failed to the end of the run, and are left
   * out of evaluations. `first`: the first few of them.
   */
  unreadable: z.object({ count: z.int(), first: z.array(unreadableImageSchema) }),
  /** Images whose file had another content at the start or at a resumption than at the import; they were used as they were then. */
  changedCount: z.int(),
  /** The first few of them. `fromStep`: steps that were done when it was found. */
  changedFirst: z.array(z.object({ path: z.string(), part: splitPartSchema, fromStep: z.int() })),
  /** Of its dataset, counted from 1; null in runs of older versions. `currentVersion`: that of the dataset now. */
  datasetVersion: z.int().nullable(),
  currentVersion: z.int().nullable(),
  isStarred: z.boolean(),
  isArchived: z.boolean(),
  /** In the trash since then; null: it is not. */
  deletedAtMs: z.number().nullable(),
  /** Markdown. */
  note: z.string(),
  /** By their code units. */
  tags: z.array(z.string()),
  /** The run that it went on from, and after which of its steps; null where it began by itself, or that run is gone. */
  parent: z.object({ runId: z.int(), stepIndex: z.int() }).nullable(),
  /** The run that it trains again; null: none, or it was deleted for good. */
  again: z.object({ id: z.int(), name: z.string().nullable() }).nullable(),
  /** Of repeats over seeds, or of a sweep. */
  groupId: z.int().nullable(),
  error: wireErrorSchema.nullable(),
})
export type Run = z.infer<typeof runSchema>

/** A run whose row is damaged: what can still be said of it. */
export const damagedRunSchema = z.object({
  id: z.int(),
  name: z.string(),
  /** What cannot be read, half a sentence. */
  reason: z.string(),
})
export type DamagedRun = z.infer<typeof damagedRunSchema>

/** Of which step the results are where the run went on since and has no new ones yet; null where they are of its end, or there are none. */
export function earlierResultStep({ state, resultStep }: Pick<Run, 'state' | 'resultStep'>): number | null {
  return state === 'done' || state === 'stopped' ? null : resultStep
}

export const stepMetricSchema = z.object({
  stepIndex: z.int(),
  /** Mean cross-entropy over the effective batch, nats. */
  loss: z.number(),
  /** Share of the batch whose arg-max is the (heavier) label, in [0, 1]. */
  batchAccuracy: z.number(),
  learningRate: z.number(),
  stepMs: z.number(),
  /** Of stepMs, how long the trainer waited for images. */
  waitMs: z.number(),
  atMs: z.number(),
  /** Of the trainer at the end of the step, resident. Absent in runs of older versions; so is what follows. */
  memoryBytes: z.number().optional(),
  /** Share of the last second or so in which the GPU worked, in [0, 1]; absent where no GPU trains or its driver does not say. */
  gpuUse: z.number().optional(),
})
export type StepMetric = z.infer<typeof stepMetricSchema>

export const evaluationSchema = z.object({
  /** How many steps the weights had seen. */
  stepIndex: z.int(),
  part: splitPartSchema,
  loss: z.number(),
  accuracy: accuracySchema,
  measures: measuresSchema,
  atMs: z.number(),
})
export type Evaluation = z.infer<typeof evaluationSchema>

export const logLineSchema = z.object({
  atMs: z.number(),
  kind: z.enum(['info', 'eval', 'rate', 'save', 'warn', 'error']),
  text: z.string(),
})
export type LogLine = z.infer<typeof logLineSchema>

export const checkpointSchema = z.object({
  id: z.int(),
  runId: z.int(),
  stepIndex: z.int(),
  createdAtMs: z.number(),
  byteCount: z.number(),
  /** Kept until the user says otherwise. */
  isPinned: z.boolean(),
})
export type Checkpoint = z.infer<typeof checkpointSchema>

export const predictionSchema = z.object({
  imageId: z.int(),
  path: z.string(),
  aspect: z.number(),
  labelIndex: z.int(),
  predictedIndex: z.int(),
  /** Cross-entropy of the label, nats. */
  loss: z.number(),
  /** 1 is the prediction itself. */
  labelRank: z.int(),
  labelProbability: z.number(),
  /** At most five, most probable first. */
  top: z.array(z.object({ classIndex: z.int(), probability: z.number() })),
})
export type Prediction = z.infer<typeof predictionSchema>

/** All that a query found, as columns, and how many it would find without what it says of confidence, of the label, and of the prediction. */
export const predictionsFoundSchema = z.object({
  /** uint32: of the images. */
  ids: packedSchema,
  /** float32: width ÷ height of each. */
  aspects: packedSchema,
  /** Equal bins of the confidence from `from` to 1, of which each has its lower end. */
  confidence: z.object({ from: z.number(), counts: z.array(z.int()) }),
  labelCounts: z.array(z.int()),
  predictedCounts: z.array(z.int()),
  /** Another where it finds others, or in another order: see imageChoiceSchema. */
  stamp: z.string(),
})
export type PredictionsFound = z.infer<typeof predictionsFoundSchema>

export const predictionFilterSchema = z.object({
  which: z.enum(['wrong', 'right', 'all']),
  labelIndex: z.int().optional(),
  predictedIndex: z.int().optional(),
})
export type PredictionFilter = z.infer<typeof predictionFilterSchema>

export const predictionOrderSchema = z.enum(['loss', 'confidence', 'path'])
export type PredictionOrder = z.infer<typeof predictionOrderSchema>
