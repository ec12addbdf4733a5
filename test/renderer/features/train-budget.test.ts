import { describe, expect, it } from 'vitest'
import { planSchema, type Choice } from '../../../src/contract/entities/run'
import { budgetOptions, budgetSentence, roughly } from '../../../src/renderer/features/train/budget-words'
import { fieldsOf } from '../../../src/renderer/features/train/rule-fields'
import { wayBack } from '../../../src/renderer/features/train/way-back'
import { offeredBudget } from '../../../src/renderer/state/runs/offered-budget'
import { testRecipe } from '../../support/recipe'

const hour = 3_600_000
const minute = 60_000
const recipe = testRecipe({
  stepCount: 500,
  batchSize: 512,
  microBatchSize: 64,
  resizePx: 448,
  cropPx: 384,
  decayAtSteps: [150, 300, 450],
  flip: true,
  checkpointEverySteps: 50,
  evaluateEverySteps: 25,
  seed: 0,
})
const plan = planSchema.parse({
  suggestedName: 'flowers',
  model: 'units:1-1-1-1,width:1',
  weights: 'embedded:bit-tiny',
  recipe,
  budget: null,
  byRule: { recipe, durationMs: 15.2 * hour },
  choices: [],
  departureCount: 0,
  estimate: {
    durationMs: 15.2 * hour,
    imagesPerSecond: 5,
    certainty: 'scaled',
    timeBasis: 'Scaled.',
    memoryBytes: 1e9,
    memoryBasis: 'Computed.',
    memoryAvailableBytes: 8e9,
    checkpointBytes: 6e7,
  },
  parameterCount: 8e6,
  convGmac: 1,
  obstacles: [],
  cautions: [],
  isChecked: true,
})
const budget = {
  budgetMs: 5 * minute,
  expectedMs: 290_000,
  weights: 'embedded:bit-tiny',
  reasons: [{ key: 'model', text: 'it is included in the workbench' }],
}

describe('what is offered first', () => {
  it('is five minutes where the rule would take more than an hour, else the rule', () => {
    expect(offeredBudget(plan)).toBe(5 * minute)
    expect(offeredBudget({ byRule: { recipe, durationMs: hour } })).toBeNull()
  })

  it('stands beside the rule with the time that the rule takes here', () => {
    const labels = budgetOptions(5 * minute, plan, false).map(({ label }) => label)
    expect(labels).toEqual(['1 min', '5 min', '30 min', '2 h', 'The paper’s rule · 15 h'])
    expect(budgetOptions(null, plan, true).at(-1)?.label).toBe('The paper’s rule')
  })

  it('includes a length that was given elsewhere', () => {
    expect(budgetOptions(10_000, plan, false)[0]).toEqual({ id: '10000', label: '10 s' })
  })

  it.each([
    [20_000, '1 min'],
    [50 * minute, '50 min'],
    [1.54 * hour, '1.5 h'],
    [30.4 * hour, '30 h'],
    [96 * hour, '4 d'],
  ])('says roughly how long %d ms are: %s', (durationMs, text) => {
    expect(roughly(durationMs)).toBe(text)
  })

  it('says when it ends and from what it starts', () => {
    const text = budgetSentence(
      { ...plan, budget, estimate: { ...plan.estimate, durationMs: 290_000 } },
      'BiT-Tiny',
    )
    expect(text).toBe(
      'Expected to finish in 4 min 50 s. It starts from BiT-Tiny: it is included in the workbench.',
    )
    expect(budgetSentence(plan, 'BiT-Tiny')).toBe('The paper’s rule, unchanged: no time limit.')
    expect(budgetSentence({ ...plan, departureCount: 7 }, 'BiT-Tiny')).toBe(
      'The paper’s rule, with 7 departures: no time limit.',
    )
  })
})

describe('the way back of a line', () => {
  const choice = (by?: 'budget'): Choice => ({
    key: 'batch',
    label: 'Batch',
    value: '64',
    because: 'fits',
    departure: by === undefined ? { ruleValue: '512' } : { ruleValue: '512', by },
  })
  const fields = fieldsOf('batch', { ...recipe, fromWeights: true })
  const planned = { byRule: plan.byRule, budget }

  it('of what the budget decided sets the rule’s value, one click away', () => {
    expect(wayBack(fields, {}, choice('budget'), planned)).toEqual({
      words: 'use the rule’s value',
      change: { batchSize: 512 },
    })
  })

  it('of what the user set leads back to the rule, or to what fits the time', () => {
    const unset = { batchSize: undefined, microBatchSize: undefined }
    expect(wayBack(fields, { batchSize: 64 }, choice(), { ...planned, budget: null })).toEqual({
      words: 'restore the rule’s value',
      change: unset,
    })
    expect(wayBack(fields, { batchSize: 64 }, choice(), planned)).toEqual({
      words: 'restore the budget’s value',
      change: unset,
    })
  })

  it('is nowhere to go from a line that nobody set', () => {
    expect(wayBack(fields, {}, { ...choice(), departure: null }, planned)).toBeNull()
  })
})
