import type { Recipe } from '../../src/contract/entities/run'
import { recipeSchema } from '../../src/contract/entities/run'

/** A small recipe; a test names what matters to it. */
export function testRecipe(changes: Partial<Recipe> = {}): Recipe {
  return recipeSchema.parse({
    rule: 'paper',
    sizeClass: 'small',
    stepCount: 10,
    batchSize: 8,
    microBatchSize: 4,
    resizePx: 20,
    cropPx: 16,
    baseLearningRate: 0.003,
    momentum: 0.9,
    decayAtSteps: [],
    warmupStepCount: 0,
    mixupAlpha: 0,
    flip: false,
    randomCrop: true,
    checkpointEverySteps: 10,
    evaluateEverySteps: 10,
    precision: 'float32',
    seed: 5,
    ...changes,
  })
}
