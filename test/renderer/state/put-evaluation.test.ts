import { describe, expect, it } from 'vitest'
import type { Evaluation } from '../../../src/contract/entities/run'
import { putEvaluation } from '../../../src/renderer/state/runs/put-evaluation'

const evaluation = (stepIndex: number, part: Evaluation['part'], loss: number): Evaluation => ({
  stepIndex,
  part,
  loss,
  accuracy: { correct: 1, total: 2, value: 0.5, low: 0.1, high: 0.9 },
  measures: { partCount: 2, topFive: null, balanced: null },
  atMs: 0,
})

describe('an evaluation that comes', () => {
  const before = [evaluation(100, 'val', 1), evaluation(120, 'val', 2)]

  it('is added to those of other steps and parts', () => {
    expect(putEvaluation(before, evaluation(120, 'test', 3))).toHaveLength(3)
    expect(putEvaluation(before, evaluation(140, 'val', 3))).toHaveLength(3)
  })

  it('stands for the earlier one of its step and part', () => {
    const fresh = evaluation(120, 'val', 1.5)
    expect(putEvaluation(before, fresh)).toEqual([before[0], fresh])
  })
})
