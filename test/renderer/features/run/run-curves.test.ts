import { describe, expect, it } from 'vitest'
import type { Checkpoint, Evaluation } from '../../../../src/contract/entities/run'
import { evaluationRows } from '../../../../src/renderer/features/run/evaluation-rows'
import { accuracyCurves, lossCurves, rateCurves } from '../../../../src/renderer/features/run/run-curves'
import { testRecipe } from '../../../support/recipe'

const steps = {
  stepIndices: [0, 1, 2, 3],
  losses: [2, 1, Number.NaN, 0.5],
  batchAccuracies: [0.1, 0.4, 0.5, 0.6],
  learningRates: [3e-3, 3e-3, 3e-4, 3e-4],
}
const none = { stepIndices: [], losses: [], batchAccuracies: [], learningRates: [] }
const recipe = testRecipe({
  stepCount: 8,
  batchSize: 32,
  microBatchSize: 32,
  resizePx: 80,
  cropPx: 64,
  decayAtSteps: [2, 6],
  flip: true,
  checkpointEverySteps: 4,
  evaluateEverySteps: 4,
  seed: 0,
})

function evaluation(stepIndex: number, part: 'val' | 'test', correct: number): Evaluation {
  const accuracy = { correct, total: 10, value: correct / 10, low: 0, high: 1 }
  const measures = { partCount: 12, topFive: null, balanced: null }
  return { stepIndex, part, loss: 1, accuracy, measures, atMs: stepIndex }
}
function checkpoint(stepIndex: number): Checkpoint {
  return { id: stepIndex, runId: 1, stepIndex, createdAtMs: stepIndex, byteCount: 100, isPinned: false }
}

describe('the curves of a run', () => {
  it('have no axis before the first step', () => {
    expect(lossCurves(none, 8, 'log').scale).toBeNull()
    expect(lossCurves(none, 8, 'log').readout(0)).toBeNull()
  })

  it('read the loss under the cross-hair, smoothed and raw', () => {
    const readout = lossCurves(steps, 8, 'log').readout(1)
    expect(readout?.text).toMatch(/^step 1 · loss .*, at this step 1\.00$/)
    expect(readout?.marks).toHaveLength(1)
  })

  it('say that a loss was not finite instead of hiding it', () => {
    expect(lossCurves(steps, 8, 'log').readout(2)?.text).toContain('this step not finite')
  })

  it('read nothing where no step is', () => {
    expect(lossCurves(steps, 8, 'log').readout(7)).toBeNull()
  })

  it('draw only the validation part as points and keep both parts in the table', () => {
    const curves = accuracyCurves(steps, [evaluation(4, 'val', 7), evaluation(8, 'test', 6)], 8)
    expect(curves.series.find((one) => one.key === 'val')?.ys).toEqual([0.7])
    expect(curves.cell(1, 1)).toBe('test')
    expect(curves.cell(0, 2)).toBe('70.00')
    expect(curves.cell(0, 3)).toBe('—')
    expect(curves.cell(0, 6)).toBe('10 of 12')
  })

  it('draw the rate to come only while the run is going on', () => {
    expect(rateCurves(steps, recipe, false).series.map((one) => one.key)).toEqual(['rate'])
    const plan = rateCurves(steps, recipe, true).series.find((one) => one.key === 'plan')
    expect(plan?.xs).toEqual([3, 4, 6, 6, 8])
    expect(rateCurves(steps, recipe, true).xTicks).toEqual([0, 2, 6, 8])
  })
})

describe('evaluations and checkpoints', () => {
  it('stand together when they are of one step, newest first', () => {
    const rows = evaluationRows(
      [evaluation(4, 'val', 7), evaluation(8, 'val', 8)],
      [checkpoint(6), checkpoint(8)],
    )
    expect(rows.map(({ stepIndex, checkpointBytes }) => [stepIndex, checkpointBytes])).toEqual([
      [8, 100],
      [6, 100],
      [4, null],
    ])
  })

  it('name the saved state once where two parts were evaluated', () => {
    const rows = evaluationRows([evaluation(8, 'val', 7), evaluation(8, 'test', 8)], [checkpoint(8)])
    expect(rows.filter((row) => row.checkpointBytes !== null)).toHaveLength(1)
  })
})
