import { describe, expect, it } from 'vitest'
import { recipeSchema, runStateSchema } from '../../../../src/contract/entities/run'
import { progressOf } from '../../../../src/renderer/features/run/run-progress'
import { canResume, modelIdWords, stateWords } from '../../../../src/renderer/features/run/run-words'

const recipe = recipeSchema.parse({
  rule: 'paper',
  sizeClass: 'small',
  stepCount: 100,
  batchSize: 512,
  microBatchSize: 64,
  resizePx: 160,
  cropPx: 128,
  baseLearningRate: 3e-3,
  momentum: 0.9,
  decayAtSteps: [30, 60, 90],
  warmupStepCount: 0,
  mixupAlpha: 0,
  flip: true,
  randomCrop: true,
  checkpointEverySteps: 10,
  evaluateEverySteps: 10,
  precision: 'float32',
  seed: 0,
})
const facts = {
  recipe,
  stepsDone: 30,
  checkpointStep: 20,
  error: null,
  evaluatedOn: null,
  accuracy: null,
} as const

describe('the words for a state', () => {
  it('exist for every state and are whole sentences', () => {
    for (const state of runStateSchema.options) expect(stateWords({ ...facts, state }).what).toMatch(/\.$/)
  })

  it('say what was kept when it was interrupted', () => {
    const words = stateWords({ ...facts, state: 'interrupted' })
    expect(words.kept).toBe('The curves of 30 steps and the weights of step 20 are kept.')
    expect(words.next).toContain('Resume goes on from step 20')
    expect(stateWords({ ...facts, state: 'interrupted', checkpointStep: null }).next).toContain('Train')
  })

  it('offer to go on from a checkpoint, and only to runs that are over before their end', () => {
    for (const state of runStateSchema.options) {
      const over = state === 'interrupted' || state === 'stopped' || state === 'failed'
      expect(canResume({ state, checkpointStep: 20 })).toBe(over)
      expect(canResume({ state, checkpointStep: null })).toBe(false)
    }
  })

  it('are the error and its way out when it failed', () => {
    const error = {
      code: 'loss-not-finite',
      message: 'The loss is not finite.',
      wayOut: 'Lower the rate.',
    } as const
    const words = stateWords({ ...facts, state: 'failed', error, stepsDone: 0, checkpointStep: null })
    expect(words).toMatchObject({ what: error.message, next: error.wayOut })
    expect(words.kept).toContain('no step was finished')
  })
})

describe('where a run started, while its name is not known', () => {
  it('is the run, the file or the published name', () => {
    expect(modelIdWords('run:12')).toBe('run 12')
    expect(modelIdWords('path:/home/me/a file.npz')).toBe('a file.npz')
    expect(modelIdWords('path:C:\\weights\\R50x1.npz')).toBe('R50x1.npz')
    expect(modelIdWords('published:BiT-M-R50x1')).toBe('BiT-M-R50x1')
    expect(modelIdWords('embedded:bit-xs')).toBe('bit-xs')
  })
})

describe('progress', () => {
  const run = {
    recipe,
    stepsDone: 0,
    exampleCount: 10,
    heldOut: { val: 0, test: 0 },
    expectedMs: null,
    createdAtMs: 0,
    state: 'training',
  } as const

  it('is unknown before the first step of a run that nobody reckoned', () => {
    expect(progressOf(run, { atMs: [], stepMs: [], waitMs: [] })).toEqual({
      share: 0,
      stepsPerSecond: null,
      imagesPerSecond: null,
      leftMs: null,
      doneAtMs: null,
      waitShare: null,
    })
  })

  it('has the rate from the steps alone, and when it is done by the clock', () => {
    const steps = { atMs: [1000, 1500, 2000], stepMs: [500, 500, 500], waitMs: [0, 100, 50] }
    const progress = progressOf({ ...run, stepsDone: 3 }, steps, [], 2000)
    expect(progress.share).toBeCloseTo(0.03)
    expect(progress.stepsPerSecond).toBeCloseTo(2)
    expect(progress.imagesPerSecond).toBeCloseTo(1024)
    expect(progress.doneAtMs).toBe(2000 + (progress.leftMs ?? NaN))
    expect(progress.waitShare).toBeCloseTo(0.1)
  })

  it('has nothing left where the run has ended', () => {
    const steps = { atMs: [1000], stepMs: [500], waitMs: [0] }
    expect(progressOf({ ...run, state: 'stopped', stepsDone: 1 }, steps, [], 2000).leftMs).toBeNull()
  })
})
