/** Runs as curves are drawn of: small, made by hand. */
import type { Evaluation, Run } from '../../../../src/contract/entities/run'
import type { CurveRun } from '../../../../src/renderer/features/curves/curve-points'
import { testRecipe } from '../../../support/recipe'

export interface RunFacts {
  readonly id?: number
  readonly name?: string
  readonly losses?: readonly number[]
  readonly atMs?: readonly number[]
  readonly evaluations?: readonly Evaluation[]
  readonly run?: Partial<Run>
}

/** As many steps as losses: 100 ms each, 8 images, an epoch of 32. */
export function aCurveRun({
  id = 1,
  name = 'first',
  losses = [],
  atMs,
  evaluations = [],
  run = {},
}: RunFacts): CurveRun {
  const stepIndices = losses.map((_, index) => index)
  return {
    id,
    version: 1,
    evaluations,
    logged: null,
    run: aRun({ id, name, stepsDone: losses.length, ...run }),
    steps: {
      stepIndices,
      losses,
      batchAccuracies: losses.map(() => 0.5),
      learningRates: losses.map(() => 0.003),
      stepMs: losses.map(() => 100),
      waitMs: losses.map(() => 10),
      atMs: atMs ?? stepIndices.map((step) => 1000 + 110 * step),
      memoryBytes: losses.map(() => Number.NaN),
      gpuUse: losses.map(() => Number.NaN),
    },
  }
}

export function evaluationAt(stepIndex: number, value = 0.9, part: Evaluation['part'] = 'val'): Evaluation {
  const accuracy = { correct: 100 * value, total: 100, value, low: value - 0.05, high: value + 0.05 }
  const measures = { partCount: 100, topFive: null, balanced: null }
  return { stepIndex, part, loss: 1 - value, accuracy, measures, atMs: 5000 + stepIndex }
}

function aRun(facts: Partial<Run>): Run {
  return {
    id: 1,
    name: 'first',
    datasetId: 1,
    datasetName: 'trees',
    splitId: 1,
    splitHash: '',
    state: 'done',
    model: 'units:1-1-1-1,width:0.5',
    spec: { units: [1, 1, 1, 1], width: 0.5 },
    recipe: testRecipe({ stepCount: 100, batchSize: 8 }),
    exampleCount: 32,
    stepsDone: 0,
    resultStep: null,
    ...facts,
  } as Run
}
