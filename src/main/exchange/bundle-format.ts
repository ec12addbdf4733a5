/** What is in a run bundle; docs/bundle.md says it for people. */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { splitOptionsSchema, splitPartSchema } from '../../contract/entities/dataset'
import { mostNoteCharacters, mostTagCharacters } from '../../contract/entities/run-list'
import { predictionSetSchema } from '../../contract/entities/prediction-set'
import {
  evaluationSchema,
  logLineSchema,
  runSchema,
  type Evaluation,
  type StepMetric,
} from '../../contract/entities/run'

export const bundleVersion = 1

/** The fixed members; each set of predictions has one of its own, see `setName`. */
export const members = {
  manifest: 'bundle.json',
  run: 'run.json',
  dataset: 'dataset.json',
  images: 'images.jsonl',
  steps: 'steps.csv',
  evaluations: 'evaluations.jsonl',
  log: 'log.jsonl',
  predictions: 'predictions.jsonl',
  weights: 'checkpoint.safetensors',
} as const

export function setName(index: number): string {
  return `predictions/${index}.bin`
}

const sha256 = z.string().regex(/^[0-9a-f]{64}$/)
const count = z.int().min(0)
const word = z.string().max(10_000)

export const manifestSchema = z.object({
  format: z.literal('bitw-run'),
  version: z.int(),
  writtenBy: z.string().max(100),
  files: z.record(z.string().max(100), z.object({ byteCount: count, sha256 })),
})
export type Manifest = z.infer<typeof manifestSchema>

export const bundleRunSchema = z.object({
  run: runSchema.pick({
    name: true,
    state: true,
    model: true,
    spec: true,
    recipe: true,
    choices: true,
    departureCount: true,
    weights: true,
    budgetMs: true,
    expectedMs: true,
    exampleCount: true,
    classCount: true,
    parameterCount: true,
    createdAtMs: true,
    endedAtMs: true,
    stepsDone: true,
    imagesPerSecond: true,
    waitFraction: true,
    trainingMs: true,
    peakMemoryBytes: true,
    engine: true,
    accuracy: true,
    evaluatedOn: true,
    wrongCount: true,
    resultStep: true,
    changedCount: true,
    error: true,
  }),
  /** What people say of it; bundles of earlier workbenches have none. */
  marks: z
    .object({
      tags: z
        .array(
          z
            .string()
            .max(mostTagCharacters)
            .regex(/^[^\p{Cc}]+$/u),
        )
        .max(1000)
        .default([]),
      note: z.string().max(mostNoteCharacters).default(''),
    })
    .prefault({}),
  /** Steps that the weights in the bundle have seen; null: it has none. */
  weightsStep: count.nullable(),
  /** In the order of their files. */
  sets: z
    .array(
      predictionSetSchema.pick({
        checkpointStep: true,
        part: true,
        createdAtMs: true,
        kind: true,
        loss: true,
        classCount: true,
        partCount: true,
        rowCount: true,
        isResult: true,
      }),
    )
    .max(100_000),
})
export type BundleRun = z.infer<typeof bundleRunSchema>

export const bundleDatasetSchema = z.object({
  name: word,
  /** How its images were told apart: folder, zip, … */
  sourceKind: z.string().max(50),
  classNames: z.array(z.string().min(1).max(1000)).min(1).max(200_000),
  imageCount: z.int().min(1).max(5_000_000),
  split: z.object({ origin: z.enum(['folders', 'mixed', 'seeded']), options: splitOptionsSchema }),
  /** Of the list of [path, content, class, part] of all images, as JSON, a line each. */
  versionSha256: sha256,
})
export type BundleDataset = z.infer<typeof bundleDatasetSchema>

export const bundleImageSchema = z.object({
  path: z.string().min(1).max(4096),
  /** xxh3-128 or sha-256 of the file's bytes. */
  contentHash: z.string().regex(/^(?:[0-9a-f]{2}){4,64}$/),
  classIndex: count,
  part: splitPartSchema,
  widthPx: z.int().min(1),
  heightPx: z.int().min(1),
  byteCount: count,
  format: z.string().max(20),
  colourSpace: z.string().max(30),
  bitsPerSample: count,
  hasAlpha: z.boolean(),
  orientation: z.int().min(1).max(8),
  modifiedMs: z.number(),
})
export type BundleImage = z.infer<typeof bundleImageSchema>

/** Of one image, by its line in images.jsonl, counted from 0. */
export const bundlePredictionSchema = z.object({
  image: count,
  label: count,
  loss: z.number(),
  labelRank: z.int().min(1),
  labelProbability: z.number().min(0).max(1),
  top: z
    .array(z.tuple([count, z.number().min(0).max(1)]))
    .min(1)
    .max(5),
})

export const bundleEvaluationSchema = evaluationSchema
export const bundleLogSchema = logLineSchema

export const stepColumns = [
  ...(['step', 'loss', 'batch_accuracy', 'learning_rate', 'step_ms', 'wait_ms', 'at_ms'] as const),
  ...(['memory_bytes', 'gpu_use'] as const),
] as const
/** The last two are empty where they are not known. */
export const knownStepColumns = 7

export function stepLine(step: StepMetric): string {
  const {
    stepIndex,
    loss,
    batchAccuracy,
    learningRate,
    stepMs,
    waitMs,
    atMs,
    memoryBytes = '',
    gpuUse = '',
  } = step
  return `${[stepIndex, loss, batchAccuracy, learningRate, stepMs, waitMs, atMs, memoryBytes, gpuUse].join(',')}\n`
}

/** What makes two runs the same: when it began, what it was to do with which images, and all that it measured. Not its name, and not what people say of it. */
export function runKey(
  run: Pick<BundleRun['run'], 'createdAtMs' | 'model' | 'recipe'>,
  versionSha256: string,
  steps: Iterable<StepMetric>,
  evaluations: readonly Evaluation[],
): string {
  const hash = createHash('sha256')
  const { createdAtMs, model, recipe } = run
  const settings = Object.entries(recipe).sort(([a], [b]) => (a < b ? -1 : 1))
  hash.update(JSON.stringify([bundleVersion, createdAtMs, model, settings, versionSha256]))
  // Rounded as a float32: that is what the trainer computed.
  for (const { stepIndex, loss, learningRate } of steps)
    hash.update(`${stepIndex} ${Math.fround(loss)} ${Math.fround(learningRate)}\n`)
  for (const { stepIndex, part, loss, accuracy } of evaluations)
    hash.update(JSON.stringify([stepIndex, part, loss, accuracy.correct, accuracy.total]))
  return hash.digest('hex')
}
