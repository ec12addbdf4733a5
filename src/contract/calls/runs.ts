import { z } from 'zod'
import { packedSchema } from '../packed'
import { queryTextSchema, splitPartSchema } from '../entities/dataset'
import {
  comparedPageSchema,
  comparedSliceSchema,
  comparisonGroupSchema,
  comparisonSchema,
} from '../entities/comparison'
import {
  accuracySchema,
  damagedRunSchema,
  checkpointSchema,
  evaluationSchema,
  logLineSchema,
  runSchema,
  stepMetricSchema,
} from '../entities/run'
import { predictionSetSchema, setPredictionSchema } from '../entities/prediction-set'
import { id, nothing, typedName } from './inputs'

export const runsCalls = {
  /** Without the damaged ones. */
  'runs.list': { input: nothing, output: z.array(runSchema) },
  /** Runs whose rows cannot be read any more; they can be deleted. */
  'runs.damaged': { input: nothing, output: z.array(damagedRunSchema) },
  /** Throws 'unsupported' for a run of another program, as every call does that needs more than 'exchange.other' has. */
  'runs.get': { input: id, output: runSchema },
  /** Of the classes that its predictions name by their places. */
  'runs.classNames': { input: id, output: z.array(z.string()) },
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
   * dataset. null where there are none. `query` finds those images; null: they are too many for one.
   */
  'runs.withoutTwins': {
    input: id,
    output: z
      .object({
        twinCount: z.int(),
        query: z.string().nullable(),
        accuracy: accuracySchema,
        knownAtStart: z.boolean(),
      })
      .nullable(),
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
  /** By slice: of the queries about predictions that have a name in the second run's dataset. Throws as 'runs.compare'. */
  'runs.compareSlices': {
    input: z.object({ first: z.int(), second: z.int(), part: splitPartSchema.optional() }),
    output: z.array(comparedSliceSchema),
  },
  /**
   * The images of a group, in the order of the second run's evaluation. `className`: only those with this label; `query`: only those that it finds among the
   * second run's predictions, right and wrong; `relabelled`: only those that `comparison.relabelled` counts. Throws as 'runs.compare', and 'bad-input' with the place that is not understood.
   */
  'runs.compared': {
    input: z.object({
      first: z.int(),
      second: z.int(),
      part: splitPartSchema.optional(),
      group: comparisonGroupSchema,
      className: z.string().max(10_000).optional(),
      query: queryTextSchema.optional(),
      relabelled: z.boolean().optional(),
      offset: z.int().min(0),
      limit: z.int().min(1).max(5000),
    }),
    output: comparedPageSchema,
  },
  /** Also one of another program. Answers with the name as it is kept. */
  'runs.rename': {
    input: z.object({ id: z.int(), name: typedName }),
    output: z.object({ name: z.string() }),
  },
  /** Throws 'busy' while it trains. */
  'runs.delete': { input: id, output: nothing },
} as const
