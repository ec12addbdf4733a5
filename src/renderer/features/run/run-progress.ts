/** How far a run is, how fast, and how long it still takes. Pure. */
import { activeRunStates, type Evaluation, type Run } from '../../../contract/entities/run'
import { paceOf, timeLeftMs, type TimedRun } from '../../../domain/run-progress'

/** Mean times are taken over this many of the newest steps. */
const paceSteps = 40

export interface Progress {
  /** In [0, 1]. */
  readonly share: number
  readonly stepsPerSecond: number | null
  readonly imagesPerSecond: number | null
  /** Until the last evaluation; null where the run has ended or nothing is known. */
  readonly leftMs: number | null
  readonly doneAtMs: number | null
  /** Share of the training time spent waiting for images, in [0, 1]. */
  readonly waitShare: number | null
}

interface Columns {
  readonly atMs: readonly number[]
  readonly stepMs: readonly number[]
  readonly waitMs: readonly number[]
}

/** Of the newest steps; what is not known yet is null. */
export function progressOf(
  run: TimedRun,
  steps: Columns,
  evaluations: readonly Evaluation[] = [],
  nowMs: number = Date.now(),
): Progress {
  const { stepCount, batchSize } = run.recipe
  const done = Math.max(run.stepsDone, steps.atMs.length)
  const share = stepCount === 0 ? 0 : Math.min(1, done / stepCount)
  const ownMs = paceOf(steps, evaluations)?.stepMs ?? null
  const leftMs = isActive(run) ? timeLeftMs(run, steps, evaluations, nowMs) : null
  const totalMs = sum(steps.stepMs)
  return {
    share,
    stepsPerSecond: ownMs === null || ownMs === 0 ? null : 1000 / ownMs,
    imagesPerSecond: ownMs === null || ownMs === 0 ? null : (1000 / ownMs) * batchSize,
    leftMs,
    doneAtMs: leftMs === null ? null : nowMs + leftMs,
    waitShare: totalMs === 0 ? null : sum(steps.waitMs) / totalMs,
  }
}

function isActive({ state }: Pick<Run, 'state'>): boolean {
  return activeRunStates.includes(state)
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
