import { describe, expect, it } from 'vitest'
import type { Evaluation } from '../../src/contract/entities/run'
import { paceOf, timeLeftMs, type TimedRun } from '../../src/domain/run-progress'
import { testRecipe } from '../support/recipe'

const recipe = testRecipe({
  stepCount: 100,
  batchSize: 32,
  microBatchSize: 32,
  resizePx: 77,
  cropPx: 64,
  baseLearningRate: 0.05,
  decayAtSteps: [30, 60, 90],
  flip: true,
  checkpointEverySteps: 100,
  seed: 0,
})
const run: TimedRun = {
  recipe,
  stepsDone: 0,
  exampleCount: 300,
  heldOut: { val: 20, test: 200 },
  expectedMs: 60_000,
  createdAtMs: 0,
  state: 'training',
}
const stepMs = 300
const msOfEvaluatedImage = 5

/** A run of `count` steps as it goes, with its evaluations, from `startMs` on. */
function course(count: number, startMs: number, pauseBefore = -1) {
  const columns = { stepIndices: [] as number[], atMs: [] as number[], stepMs: [] as number[] }
  const evaluations: Evaluation[] = []
  let atMs = startMs
  for (let index = 0; index < count; index++) {
    if (index === pauseBefore) atMs += 3_600_000
    const ownMs = index === 0 ? 4000 : stepMs
    atMs += ownMs
    columns.stepIndices.push(index)
    columns.atMs.push(atMs)
    columns.stepMs.push(ownMs)
    if ((index + 1) % 10 === 0) {
      atMs += run.heldOut.val * msOfEvaluatedImage
      const accuracy = { correct: 1, total: run.heldOut.val, value: 0.1, low: 0, high: 1 }
      const measures = { partCount: run.heldOut.val, topFive: null, balanced: null }
      evaluations.push({ stepIndex: index + 1, part: 'val', loss: 1, accuracy, measures, atMs })
    }
  }
  return { columns, evaluations, nowMs: columns.atMs.at(-1) ?? startMs }
}
/** Steps, the evaluations between them that are left, and that of the end. */
function truth(done: number): number {
  const between = 9 - Math.floor((done - 1) / 10)
  return (100 - done) * stepMs + (between * 20 + 220) * msOfEvaluatedImage
}

describe('the time that is left of a run', () => {
  it('is what the plan expected, less what has passed, before the first step', () => {
    expect(timeLeftMs(run, { atMs: [], stepMs: [] }, [], 4000)).toBe(56_000)
    expect(timeLeftMs({ ...run, expectedMs: null }, { atMs: [], stepMs: [] }, [], 4000)).toBeNull()
  })

  it('does not take a slow first step for the pace', () => {
    const { columns, evaluations, nowMs } = course(1, 5000)
    expect(timeLeftMs({ ...run, stepsDone: 1 }, columns, evaluations, nowMs)).toBe(60_000 - nowMs)
  })

  it.each([12, 37, 60, 99])('counts evaluations after %i steps, within a tenth', (done) => {
    const { columns, evaluations, nowMs } = course(done, 5000)
    const left = timeLeftMs({ ...run, stepsDone: done }, columns, evaluations, nowMs)
    expect(Math.abs((left ?? 0) / truth(done) - 1)).toBeLessThan(0.1)
  })

  it('does not count the hour in which the run was interrupted', () => {
    const { columns, evaluations, nowMs } = course(37, 5000, 25)
    const left = timeLeftMs({ ...run, stepsDone: 37 }, columns, evaluations, nowMs)
    expect(Math.abs((left ?? 0) / truth(37) - 1)).toBeLessThan(0.1)
  })

  it('is right where only the newest steps are known', () => {
    const { columns, evaluations, nowMs } = course(60, 5000)
    const newest = {
      stepIndices: columns.stepIndices.slice(-15),
      atMs: columns.atMs.slice(-15),
      stepMs: columns.stepMs.slice(-15),
    }
    const left = timeLeftMs({ ...run, stepsDone: 60 }, newest, evaluations, nowMs)
    expect(Math.abs((left ?? 0) / truth(60) - 1)).toBeLessThan(0.1)
  })

  it('reckons a third of a step for an image that is evaluated, until that was measured', () => {
    const { columns, nowMs } = course(8, 5000)
    const imageMs = stepMs / 32 / 3
    const pace = paceOf(columns, [])?.stepMs ?? 0
    const left = timeLeftMs({ ...run, stepsDone: 8 }, columns, [], nowMs)
    expect(left).toBeCloseTo(92 * pace + (9 * 20 + 220) * (pace / 32 / 3), -1)
    expect(imageMs).toBeLessThan(pace)
  })

  it('leaves the slow first steps out as soon as there are others', () => {
    expect(paceOf(course(8, 0).columns, [])?.stepMs).toBe(stepMs)
  })

  it('has no images to evaluate again where only the head learns', () => {
    const { columns, nowMs } = course(50, 0)
    const probe = { ...run, recipe: { ...recipe, linearProbe: true }, stepsDone: 50 }
    expect(timeLeftMs(probe, columns, [], nowMs)).toBeLessThan(
      timeLeftMs({ ...run, stepsDone: 50 }, columns, [], nowMs) ?? 0,
    )
  })
})
