/** What waits to be trained, and runs that belong together: repeats over seeds, and the trials of a search. */
import { z } from 'zod'
import { wireErrorSchema } from '../errors'
import { overridesSchema, trainRequestSchema } from './run'

/** A training from its start, or a run that goes on. */
export const queuedWorkSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('start'), request: trainRequestSchema }),
  z.object({ kind: z.literal('resume'), runId: z.int() }),
])
export type QueuedWork = z.infer<typeof queuedWorkSchema>

/** `started`: it has its run. `skipped`: someone took it out. */
const queueStateSchema = z.enum(['waiting', 'started', 'failed', 'skipped'])

export const queueEntrySchema = z.object({
  id: z.int(),
  state: queueStateSchema,
  work: queuedWorkSchema,
  /** What to call it in a list. */
  title: z.string(),
  datasetId: z.int(),
  datasetName: z.string(),
  addedAtMs: z.number(),
  groupId: z.int().nullable(),
  /** Counted from 0 within its group. */
  trialIndex: z.int().nullable(),
  runId: z.int().nullable(),
  /** Why it could not start. */
  error: wireErrorSchema.nullable(),
})
export type QueueEntry = z.infer<typeof queueEntrySchema>

export const queueSchema = z.object({
  /** Whether the next one begins by itself. */
  isRunning: z.boolean(),
  /** A run trains, or the next one is being begun. */
  isBusy: z.boolean(),
  /** Why the queue holds, where nobody asked for that. */
  heldBecause: wireErrorSchema.nullable(),
  /** What waits, in its order, and what could not start. */
  entries: z.array(queueEntrySchema),
})
export type Queue = z.infer<typeof queueSchema>

const valueSchema = z.union([z.number(), z.string(), z.boolean()])
const axisSchema = z.object({ key: z.string().max(60), values: z.array(valueSchema).min(1).max(100) })
export type SweepAxis = z.infer<typeof axisSchema>

/** ASHA (Li et al. 2020): trials pause at rungs of steps, and the best 1/eta of a rung go on to the next. */
export const ashaSchema = z.object({
  eta: z.int().min(2).max(10),
  /** Of the first rung; null: two rungs below the whole. */
  leastSteps: z.int().min(1).nullable().default(null),
})
export type Asha = z.infer<typeof ashaSchema>

/**
 * What is varied. grid: every combination of the axes. random: so many trials from the paper's ranges (Supplementary A); an axis narrows one of them
 * to its values, and what the request sets itself is varied by none.
 */
export const sweepSchema = z.object({
  kind: z.enum(['grid', 'random']),
  axes: z.array(axisSchema).max(12),
  /** Of a random search. */
  count: z.int().min(1).max(1000).default(40),
  seed: z.int().min(0).max(0xffffffff).default(0),
  asha: ashaSchema.nullable().default(null),
})
export type Sweep = z.infer<typeof sweepSchema>

export const trialStateSchema = z.enum(['waiting', 'running', 'paused', 'ended', 'failed', 'skipped'])
export type TrialState = z.infer<typeof trialStateSchema>

export const trialSchema = z.object({
  index: z.int(),
  state: trialStateSchema,
  /** What it sets beside the request that all have in common. */
  values: overridesSchema,
  seed: z.int(),
  runId: z.int().nullable(),
  stepsDone: z.int(),
  stepCount: z.int().nullable(),
  /** In [0, 1]: what is chosen by, and what is told; null where there is none yet. */
  valAccuracy: z.number().nullable(),
  testAccuracy: z.number().nullable(),
  durationMs: z.number().nullable(),
  error: wireErrorSchema.nullable(),
})
export type Trial = z.infer<typeof trialSchema>

export const runGroupSchema = z.object({
  id: z.int(),
  kind: z.enum(['seeds', 'sweep']),
  name: z.string(),
  datasetId: z.int(),
  datasetName: z.string(),
  createdAtMs: z.number(),
  isPaused: z.boolean(),
  trialCount: z.int(),
  endedCount: z.int(),
})
export type RunGroup = z.infer<typeof runGroupSchema>

/** Of several runs: over seeds the sample standard deviation (n − 1), null of fewer than two. */
const spreadSchema = z.object({
  mean: z.number(),
  sd: z.number().nullable(),
  count: z.int(),
  least: z.number(),
  most: z.number(),
})
export type Spread = z.infer<typeof spreadSchema>

export const groupDetailSchema = runGroupSchema.extend({
  request: trainRequestSchema,
  sweep: sweepSchema.nullable(),
  trials: z.array(trialSchema),
  val: spreadSchema.nullable(),
  test: spreadSchema.nullable(),
  /** By step: accuracy and loss on val, over the runs that have them. */
  curve: z.array(
    z.object({ stepIndex: z.int(), val: spreadSchema.nullable(), valLoss: spreadSchema.nullable() }),
  ),
  /** After 1, 2, … trials, over random orders: the test accuracy of the trial that is best on val, with its standard error; and the same on val. */
  bestSoFar: z.array(z.object({ mean: z.number(), standardError: z.number(), heldOut: z.number() })),
})
export type GroupDetail = z.infer<typeof groupDetailSchema>

/** A search before it starts. */
export const sweepPlanSchema = z.object({
  trials: z.array(
    z.object({ index: z.int(), values: overridesSchema, stepCount: z.int(), durationMs: z.number() }),
  ),
  /** Of all, one after the other; with ASHA what it takes where a third each time goes on, and so on. */
  totalMs: z.number(),
  /** Steps of the rungs; empty without ASHA. */
  rungs: z.array(z.int()),
  certainty: z.enum(['measured', 'scaled', 'guessed']),
  obstacles: z.array(wireErrorSchema),
})
export type SweepPlan = z.infer<typeof sweepPlanSchema>
