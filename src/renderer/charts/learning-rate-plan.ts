/** The learning rate that a recipe prescribes, as the few corners that a line needs. Pure. */
import type { Recipe } from '../../contract/entities/run'
import type { Points } from './paths'

type Schedule = Pick<Recipe, 'baseLearningRate' | 'stepCount' | 'warmupStepCount' | 'decayAtSteps'>

/** The rate of one step: linear warm-up from 0, then divided by 10 at each decay step (BiT-HyperRule). */
export function plannedRate(schedule: Schedule, stepIndex: number): number {
  const { baseLearningRate, warmupStepCount, decayAtSteps } = schedule
  if (stepIndex < warmupStepCount) return (baseLearningRate * stepIndex) / warmupStepCount
  const decays = decayAtSteps.filter((step) => step <= stepIndex).length
  return baseLearningRate / 10 ** decays
}

/** Corners from `fromStep` to the end; two at each decay, so that the fall is upright. Empty where nothing is to come. */
export function ratesToCome(schedule: Schedule, fromStep: number): Points {
  const { stepCount, warmupStepCount, decayAtSteps } = schedule
  const xs: number[] = []
  const ys: number[] = []
  const corner = (step: number, rate: number): void => {
    xs.push(step)
    ys.push(rate)
  }
  if (fromStep >= stepCount) return { xs, ys }
  corner(fromStep, plannedRate(schedule, fromStep))
  const bends = new Set([warmupStepCount, ...decayAtSteps])
  for (const step of [...bends].sort((a, b) => a - b)) {
    if (step <= fromStep || step >= stepCount) continue
    const falls = decayAtSteps.includes(step) && step > warmupStepCount
    if (falls) corner(step, plannedRate(schedule, step - 1))
    corner(step, plannedRate(schedule, step))
  }
  corner(stepCount, plannedRate(schedule, stepCount - 1))
  return { xs, ys }
}

/** The rates at which the plan stands still, greatest first: the axis has a line for each. */
export function ratePlateaus(schedule: Schedule): number[] {
  const falls = schedule.decayAtSteps.filter((step) => step < schedule.stepCount).length
  return Array.from({ length: falls + 1 }, (_, fall) => schedule.baseLearningRate / 10 ** fall)
}
