import type { NewRun } from '../../../src/main/store/runs/runs'
import { testRecipe } from '../../support/recipe'

export function newRun(datasetId: number, splitId: number, name: string): NewRun {
  return {
    name,
    datasetId,
    splitId,
    model: 'units:1-1-1-1,width:0.5',
    spec: { units: [1, 1, 1, 1], width: 0.5 },
    recipe: testRecipe({
      stepCount: 500,
      batchSize: 512,
      microBatchSize: 32,
      resizePx: 160,
      cropPx: 128,
      decayAtSteps: [200, 300, 400],
      warmupStepCount: 500,
      flip: true,
      checkpointEverySteps: 50,
      evaluateEverySteps: 50,
      seed: 7,
    }),
    choices: [{ key: 'batch', label: 'Batch', value: '512', because: 'the rule', departure: null }],
    departureCount: 0,
    weights: null,
    budgetMs: null,
    expectedMs: null,
    exampleCount: 28,
    classCount: 2,
    parameterCount: 1_000_000,
    createdAtMs: 2000,
  }
}
