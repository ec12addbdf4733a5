/** How far a run is and how long it still takes. Pure. */
import type { Run } from '../../../contract/entities/run'

/** The pace is taken over this many of the newest steps: evaluations between them are in it. */
const paceSteps = 40
/** A pause longer than so many times all other steps of these was no part of the training: the run was interrupted and went on. */
const interruptionFactor = 10

export interface Progress {
  /** In [0, 1]. */
  readonly share: number
  readonly stepsPerSecond: number | null
  readonly imagesPerSecond: number | null
  readonly leftMs: number | null
  readonly doneAtMs: number | null
  /** Share of the training time spent waiting for pictures, in [0, 1]. */
  readonly waitShare: number | null
}

interface Columns {
  readonly atMs: readonly number[]
  readonly stepMs: readonly number[]
  readonly waitMs: readonly number[]
}

/** Of the newest steps; what is not known yet is null. */
export function progressOf(run: Pick<Run, 'recipe' | 'stepsDone'>, steps: Columns): Progress {
  const { stepCount, batchSize } = run.recipe
  const done = Math.max(run.stepsDone, steps.atMs.length)
  const share = stepCount === 0 ? 0 : Math.min(1, done / stepCount)
  const pace = paceMs(steps.atMs)
  const ownMs = mean(steps.stepMs.slice(-paceSteps))
  const leftMs = pace === null ? null : Math.max(0, stepCount - done) * pace
  const last = steps.atMs[steps.atMs.length - 1]
  const totalMs = sum(steps.stepMs)
  return {
    share,
    stepsPerSecond: ownMs === null || ownMs === 0 ? null : 1000 / ownMs,
    imagesPerSecond: ownMs === null || ownMs === 0 ? null : (1000 / ownMs) * batchSize,
    leftMs,
    doneAtMs: leftMs === null || last === undefined ? null : last + leftMs,
    waitShare: totalMs === 0 ? null : sum(steps.waitMs) / totalMs,
  }
}

/** Wall time from step to step, with what lies between them; null before the second step. */
function paceMs(atMs: readonly number[]): number | null {
  const newest = atMs.slice(-paceSteps - 1)
  const gaps = newest.slice(1).map((at, index) => Math.max(0, at - (newest[index] ?? at)))
  const longest = Math.max(...gaps)
  const others = sum(gaps) - longest
  if (gaps.length > 1 && longest > interruptionFactor * others) return others / (gaps.length - 1)
  return mean(gaps)
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : sum(values) / values.length
}

/** Mean times of the newest steps; null before the first. */
export function meanStep(steps: Columns): { stepMs: number; waitMs: number; count: number } | null {
  const stepMs = mean(steps.stepMs.slice(-paceSteps))
  const waitMs = mean(steps.waitMs.slice(-paceSteps))
  if (stepMs === null || waitMs === null) return null
  return { stepMs, waitMs: Math.min(waitMs, stepMs), count: Math.min(paceSteps, steps.stepMs.length) }
}
