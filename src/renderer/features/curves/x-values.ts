/** Where the steps and evaluations of a run lie along an axis. Never falling, whatever the clock did. Pure. */
import type { Evaluation } from '../../../contract/entities/run'
import { toPlane, type XAxis } from '../../charts/x-axis'
import type { CurveFacts, LoggedCurve } from '../../state/runs/logged-curves'
import type { StepValues } from './curve-metrics'

type Facts = Pick<CurveFacts, 'recipe' | 'exampleCount'>
type Times = Pick<StepValues, 'stepIndices' | 'stepMs' | 'atMs'>

/** In the plane of the axis, a place for each step. */
export function stepPlaces(axis: XAxis, steps: Times, run: Facts): Float64Array {
  return rising(Float64Array.from(valuesOf(axis, steps, run), (x) => toPlane(axis, x)))
}

/** A place for each evaluation; they are in the order of their steps. */
export function evaluationPlaces(
  axis: XAxis,
  evaluations: readonly Evaluation[],
  steps: Times,
  run: Facts,
): Float64Array {
  const values = valuesOf(axis, steps, run)
  const at = ({ stepIndex, atMs }: Evaluation): number => {
    if (axis.kind === 'wall') return atMs
    if (axis.kind === 'step') return stepIndex
    if (axis.kind === 'epoch') return stepIndex * epochsAStep(run)
    // after as many steps
    const place = lastBefore(steps.stepIndices, stepIndex)
    return place < 0 ? 0 : (values[place] ?? 0)
  }
  return rising(Float64Array.from(evaluations, (evaluation) => toPlane(axis, at(evaluation))))
}

/** Where the run ends, or will: NaN where nobody knows. */
export function endOf(axis: XAxis, run: Facts): number {
  if (run.recipe === null) return Number.NaN
  if (axis.kind === 'step') return toPlane(axis, run.recipe.stepCount)
  if (axis.kind === 'epoch') return toPlane(axis, run.recipe.stepCount * epochsAStep(run))
  return Number.NaN
}

/** NaN of a run of another program: its log does not say. */
export function epochsAStep({ recipe, exampleCount }: Facts): number {
  return recipe === null ? Number.NaN : recipe.batchSize / Math.max(1, exampleCount)
}

/** Where the values of a log lie: its time of day is all that it knows of time. */
export function loggedPlaces(axis: XAxis, { steps, atMs }: LoggedCurve, firstMs: number): Float64Array {
  const at = (step: number, place: number): number => {
    const ms = atMs[place] ?? Number.NaN
    return axis.kind === 'step'
      ? step
      : axis.kind === 'wall'
        ? ms
        : axis.kind === 'relative'
          ? ms - firstMs
          : Number.NaN
  }
  return rising(Float64Array.from(steps, (step, place) => toPlane(axis, at(step, place))))
}

function valuesOf(axis: XAxis, steps: Times, run: Facts): ArrayLike<number> {
  switch (axis.kind) {
    case 'step':
      return steps.stepIndices
    case 'epoch': {
      const epochs = epochsAStep(run)
      return Float64Array.from(steps.stepIndices, (step) => step * epochs)
    }
    case 'relative': {
      // of the steps alone: evaluations, saving, and the gaps of interruptions are left out
      let sum = 0
      return Float64Array.from(steps.stepMs, (ms) => (sum += ms))
    }
    case 'wall':
      return steps.atMs
  }
}

function rising(places: Float64Array): Float64Array {
  let most = Number.NEGATIVE_INFINITY
  for (let place = 0; place < places.length; place++) {
    const at = places[place] ?? Number.NaN
    // NaN has no place: at the left of everything
    if (!(at > most)) places[place] = most
    else most = at
  }
  return places
}

function lastBefore(stepIndices: readonly number[], stepIndex: number): number {
  let low = 0
  let high = stepIndices.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((stepIndices[middle] ?? 0) < stepIndex) low = middle + 1
    else high = middle
  }
  return low - 1
}
