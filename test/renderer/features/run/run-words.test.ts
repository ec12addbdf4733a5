import { describe, expect, it } from 'vitest'
import { runStateSchema } from '../../../../src/contract/entities/run'
import { progressOf } from '../../../../src/renderer/features/run/run-progress'
import {
  canResume,
  choiceTitle,
  departureTag,
  earlierWords,
  stateWords,
  timeWords,
  unreadableWords,
} from '../../../../src/renderer/features/run/run-words'
import { testRecipe } from '../../../support/recipe'

const recipe = testRecipe({
  stepCount: 100,
  batchSize: 512,
  microBatchSize: 64,
  resizePx: 160,
  cropPx: 128,
  decayAtSteps: [30, 60, 90],
  flip: true,
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
    expect(words.kept).toBe('The curves of 30 steps and the weights of step 20 were kept.')
    expect(words.next).toContain('Resume continues from step 20')
    expect(stateWords({ ...facts, state: 'interrupted', checkpointStep: null }).next).toContain(
      'Resume starts it again from step 0',
    )
  })

  it('are what interrupted it, what to do about that, and what Resume does', () => {
    const error = { code: 'disk-full', message: 'The disk is full.', wayOut: 'Free some space.' } as const
    const words = stateWords({ ...facts, state: 'interrupted', error })
    expect(words.what).toBe(error.message)
    expect(words.next).toMatch(/^Free some space\. Resume continues from step 20/)
  })

  it('are the error and its way out when its images are missing', () => {
    const error = {
      code: 'images-missing',
      message: 'The folder is not there.',
      wayOut: 'Put it back, then resume the run.',
    } as const
    const words = stateWords({ ...facts, state: 'interrupted', error })
    expect([words.what, words.next]).toEqual([error.message, error.wayOut])
    expect(words.kept).toContain('step 20')
  })

  it('offer to go on to runs that are over before their end, without a checkpoint only where they were interrupted or paused', () => {
    for (const state of runStateSchema.options) {
      const over = state === 'paused' || state === 'interrupted' || state === 'stopped' || state === 'failed'
      expect(canResume({ state, checkpointStep: 20 })).toBe(over)
      expect(canResume({ state, checkpointStep: null })).toBe(state === 'interrupted' || state === 'paused')
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
    expect(words.kept).toContain('no step was completed')
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

describe('the time of a run', () => {
  const run = { state: 'done', createdAtMs: 1000, endedAtMs: 65_000, expectedMs: 59_000 } as const

  it('stands beside what was planned, once it has come to its end', () => {
    expect(timeWords(run, false)).toBe('planned 59 s, took 1 min 4 s')
    expect(timeWords({ ...run, state: 'stopped' }, false)).toBe('planned 59 s, stopped after 1 min 4 s')
    expect(timeWords({ ...run, state: 'training', endedAtMs: null }, false)).toBe('planned 59 s')
    expect(timeWords({ ...run, state: 'interrupted' }, false)).toBe('planned 59 s')
  })

  it('says that it has breaks in it where the run was resumed', () => {
    expect(timeWords(run, true)).toBe('planned 59 s, took 1 min 4 s, interruptions included')
  })

  it('stands alone where nothing was planned', () => {
    expect(timeWords({ ...run, expectedMs: null }, false)).toBe('took 1 min 4 s')
  })
})

describe('images that could not be read', () => {
  const image = (path: string) => ({ path, part: 'train', reason: 'It is gone.' }) as const

  it('are counted and named', () => {
    expect(unreadableWords({ unreadable: { count: 0, first: [] } })).toBe('')
    expect(unreadableWords({ unreadable: { count: 1, first: [image('a.jpg')] } })).toMatch(
      /^One image could not be read\. .*: a\.jpg$/,
    )
    expect(unreadableWords({ unreadable: { count: 1200, first: [image('a.jpg'), image('b.jpg')] } })).toMatch(
      /^1,200 images could not be read\. .*: a\.jpg, b\.jpg, …$/,
    )
    const six = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => image(`${name}.jpg`))
    expect(unreadableWords({ unreadable: { count: 6, first: six } })).toMatch(/, e\.jpg, …$/)
  })
})

describe('results of a run that goes on', () => {
  it('say that they are from before the resume, until the run has come to an end again', () => {
    const earlier = 'From before the resume, after step 1,020'
    expect(earlierWords({ state: 'training', resultStep: 1020 })).toBe(earlier)
    expect(earlierWords({ state: 'interrupted', resultStep: 1020 })).toBe(earlier)
    expect(earlierWords({ state: 'done', resultStep: 1020 })).toBe('')
    expect(earlierWords({ state: 'training', resultStep: null })).toBe('')
  })
})

describe('who departs from the rule', () => {
  const by = (who?: 'user' | 'budget') => ({ ruleValue: '500', ...(who && { by: who }) })

  it('is the user only where the user did it', () => {
    expect(departureTag(by(), 60_000)).toBe('yours')
    expect(departureTag(by('user'), null)).toBe('yours')
    expect(departureTag(by('budget'), 300_000)).toBe('for 5 min')
  })

  it('is said with the reason where the time decided', () => {
    const because = 'fits 1 min on this machine'
    expect(choiceTitle({ because, departure: by('budget') })).toBe(`${because}. Rule: 500`)
    expect(choiceTitle({ because, departure: by('user') })).toBe('Rule: 500')
    expect(choiceTitle({ because, departure: null })).toBe(because)
  })
})
