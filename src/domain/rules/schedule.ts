/** The learning rate of a step. Pure. */
import type { Recipe } from '../../contract/entities/run'

type Schedule = Pick<Recipe, 'baseLearningRate' | 'decayAtSteps' | 'warmupStepCount'>

/** Linear from 0 during the warm-up (so step 0 has rate 0 where there is one), then the base rate ÷ 10 at each decay step reached. */
export function learningRate(recipe: Schedule, stepIndex: number): number {
  if (stepIndex < recipe.warmupStepCount)
    return (recipe.baseLearningRate * stepIndex) / recipe.warmupStepCount
  const decays = recipe.decayAtSteps.filter((decayStep) => stepIndex >= decayStep).length
  return recipe.baseLearningRate / 10 ** decays
}
