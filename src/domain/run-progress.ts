/** How far a run is and how long it still takes, for every client alike. Pure. */
import type { Evaluation, Run } from '../contract/entities/run'

/** The pace is taken over this many of the newest steps. */
const paceSteps = 40
/** The first steps allocate memory and choose algorithms: they are left out as soon as there are as many others. */
const firstSteps = 3
/** Before so many steps the plan's expectation says more than their pace, where the run has one. */
const leastPaceSteps = 2 * firstSteps
/** A pause longer than so many times all others of these was no part of the training: the run was interrupted and went on. */
const interruptionFactor = 10
/** A forward pass is a third of a step (bit-reference, section 1): until an evaluation was measured. */
const passesOfStep = 3

/** Of the newest steps, column by column; `stepIndices` may be left out where they begin at 0. */
export interface StepColumns {
  readonly stepIndices?: readonly number[]
  readonly atMs: readonly number[]
  readonly stepMs: readonly number[]
}

export type TimedRun = Pick<
  Run,
  'recipe' | 'stepsDone' | 'exampleCount' | 'heldOut' | 'expectedMs' | 'createdAtMs' | 'state'
>

/** Until its last evaluation, ms; null where nothing is known. `nowMs`: the clock of who made the steps' times. */
export function timeLeftMs(
  run: TimedRun,
  steps: StepColumns,
  evaluations: readonly Pick<Evaluation, 'stepIndex' | 'part' | 'atMs' | 'accuracy'>[],
  nowMs: number,
): number | null {
  const { stepCount, batchSize, evaluateEverySteps } = run.recipe
  const last = steps.atMs.at(-1)
  const fromStart = (steps.stepIndices?.[0] ?? 0) === 0
  const isEarly = fromStart && steps.stepMs.length < leastPaceSteps && run.expectedMs !== null
  const pace = isEarly ? null : paceOf(steps, evaluations)
  if (pace === null || last === undefined) {
    return run.expectedMs === null ? null : Math.max(0, run.expectedMs - (nowMs - run.createdAtMs))
  }
  const done = Math.max(run.stepsDone, (steps.stepIndices?.at(-1) ?? steps.atMs.length - 1) + 1)
  const imageMs = evaluationMsPerImage(steps, evaluations) ?? pace.stepMs / batchSize / passesOfStep
  const { val, test } = run.heldOut
  const between = Math.max(
    0,
    evaluationsBefore(stepCount, evaluateEverySteps) - evaluationsBefore(done, evaluateEverySteps),
  )
  const atEnd = test > 0 ? test + val : val > 0 ? val : run.exampleCount
  // a linear probe evaluates features: no image is computed again
  const evaluatedMs = run.recipe.linearProbe ? 0 : (between * val + atEnd) * imageMs
  const leftMs = Math.max(0, stepCount - done) * (pace.stepMs + pace.betweenMs) + evaluatedMs
  return Math.max(0, leftMs - Math.max(0, nowMs - last))
}

/** Along the way, before this many steps are done; the last one counts with the end. */
function evaluationsBefore(stepsDone: number, every: number): number {
  return Math.floor(Math.max(0, stepsDone - 1) / every)
}

interface Pace {
  readonly stepMs: number
  /** From one step to the next, evaluations and interruptions left out: checkpoints, messages. */
  readonly betweenMs: number
}

/** Of the newest steps; null before the first. */
export function paceOf(
  steps: StepColumns,
  evaluations: readonly Pick<Evaluation, 'stepIndex'>[],
): Pace | null {
  const count = steps.stepMs.length
  if (count === 0) return null
  const from = Math.max(0, count - paceSteps, Math.min(firstSteps, Math.floor(count / 2)))
  const own = steps.stepMs.slice(from)
  const evaluated = new Set(evaluations.map(({ stepIndex }) => stepIndex))
  const pauses: number[] = []
  for (let index = Math.max(1, from); index < count; index++) {
    const stepIndex = steps.stepIndices?.[index] ?? index
    if (evaluated.has(stepIndex)) continue
    const at = steps.atMs[index] ?? 0
    pauses.push(Math.max(0, at - (steps.atMs[index - 1] ?? at) - (steps.stepMs[index] ?? 0)))
  }
  const longest = Math.max(0, ...pauses)
  const others = sum(pauses) - longest
  const stepsMs = sum(own)
  const interrupted = longest > interruptionFactor * Math.max(others, stepsMs)
  return {
    stepMs: stepsMs / own.length,
    betweenMs: pauses.length === 0 ? 0 : (interrupted ? others : others + longest) / pauses.length,
  }
}

/** Of the newest evaluation that followed a step; the first of a part also decodes, so that a later one is taken where there is one. */
function evaluationMsPerImage(
  steps: StepColumns,
  evaluations: readonly Pick<Evaluation, 'stepIndex' | 'part' | 'atMs' | 'accuracy'>[],
): number | null {
  const first = steps.stepIndices?.[0] ?? 0
  for (const { stepIndex, atMs, accuracy } of [...evaluations].reverse()) {
    const stepAtMs = steps.atMs[stepIndex - 1 - first]
    if (stepAtMs === undefined || accuracy.total === 0 || atMs < stepAtMs) continue
    return (atMs - stepAtMs) / accuracy.total
  }
  return null
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
