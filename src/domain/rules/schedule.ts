/** The learning rate over the steps, and the few corners that a line of it needs. Pure. */
import type { Recipe } from '../../contract/entities/run'

type Rate = Pick<Recipe, 'baseLearningRate' | 'decayAtSteps' | 'warmupStepCount'>
export type Schedule = Rate & Pick<Recipe, 'stepCount'>

/** Linear from 0 during the warm-up (so step 0 has rate 0 where there is one), then the base rate ÷ 10 at each decay step reached. */
export function learningRate(recipe: Rate, stepIndex: number): number {
  if (stepIndex < recipe.warmupStepCount)
    return (recipe.baseLearningRate * stepIndex) / recipe.warmupStepCount
  const decays = recipe.decayAtSteps.filter((decayStep) => stepIndex >= decayStep).length
  return recipe.baseLearningRate / 10 ** decays
}

/** Corners from `fromStep` to the end; two where the rate falls, so that the fall is upright. Empty where nothing is to come. */
export function ratesToCome(schedule: Schedule, fromStep: number): { xs: number[]; ys: number[] } {
  const { stepCount } = schedule
  const xs: number[] = []
  const ys: number[] = []
  const corner = (step: number, rate: number): void => {
    xs.push(step)
    ys.push(rate)
  }
  if (fromStep >= stepCount) return { xs, ys }
  corner(fromStep, learningRate(schedule, fromStep))
  for (const step of rateBends(schedule)) {
    if (step <= fromStep) continue
    const [before, rate] = [learningRate(schedule, step - 1), learningRate(schedule, step)]
    // not at a decay within the warm-up, which is felt where the warm-up ends
    if (before > rate) corner(step, before)
    corner(step, rate)
  }
  corner(stepCount, learningRate(schedule, stepCount - 1))
  return { xs, ys }
}

/** The steps between the first and the end at which the rate takes another course, ascending. */
export function rateBends({ stepCount, warmupStepCount, decayAtSteps }: Schedule): number[] {
  const bends = new Set([warmupStepCount, ...decayAtSteps])
  return [...bends].filter((step) => step > 0 && step < stepCount).sort((a, b) => a - b)
}

/** The rates at which the schedule stands still, greatest first: an axis has a line for each. */
export function ratePlateaus(schedule: Schedule): number[] {
  const falls = schedule.decayAtSteps.filter((step) => step < schedule.stepCount).length
  return Array.from({ length: falls + 1 }, (_, fall) => schedule.baseLearningRate / 10 ** fall)
}
