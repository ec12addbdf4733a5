import { describe, expect, it } from 'vitest'
import type { Overrides } from '../../../src/contract/entities/run'
import { probeChoice, sizeOf, smallChoice } from '../../../src/domain/budget/budget-choices'
import type { BudgetCandidate, BudgetFacts, BudgetSize } from '../../../src/domain/budget/budget-facts'
import type { RunCosts } from '../../../src/domain/estimate/run-time'

/** A small model whose steps take 1 ms for each image and which takes no other time, unless said otherwise. */
function small(costs: (size: BudgetSize) => Partial<RunCosts> = () => ({})): BudgetCandidate {
  return {
    id: 'embedded:bit-tiny',
    name: 'BiT-Tiny',
    kind: 'small',
    cropPx: 64,
    asked: false,
    fits: () => true,
    costs: (size) => ({
      fixedMs: 0,
      stepMs: size.batchSize,
      evaluationMs: 0,
      checkpointMs: 0,
      firstSightMs: 0,
      scoringMs: 0,
      ...costs(size),
    }),
  }
}

/** At a crop of 64 px. */
function facts(exampleCount: number, budgetMs: number, set: Overrides = {}): BudgetFacts {
  return {
    budgetMs,
    exampleCount,
    classCount: 17,
    medianWidthPx: 500,
    medianHeightPx: 500,
    ruleMixes: false,
    candidates: [],
    precisions: ['float32', 'bfloat16'],
    set: { cropPx: 64, ...set },
  }
}

const hour = 3_600_000

describe('the batch of a small model with plenty of time', () => {
  it.each([
    [40, 16],
    [95, 16],
    [96, 32],
    [191, 32],
    [192, 64],
  ])(
    'of %i training images is %i, the largest of which there are three, and no less than 16',
    (count, batch) => {
      const { size, stepCount } = smallChoice(facts(count, hour), small())
      expect(size.batchSize).toBe(batch)
      expect(stepCount).toBe(hour / batch)
    },
  )
})

describe('the rate of a small model', () => {
  it.each([
    [16, 0.025],
    [32, 0.05],
    [64, 0.1],
    [128, 0.14],
    [256, 0.2],
  ])(
    'of a batch of %i is %d: 0.1 for 64, in proportion below, by the square root above',
    (batchSize, rate) => {
      const { overrides } = smallChoice(facts(1000, hour, { batchSize }), small())
      expect(overrides.baseLearningRate).toBe(rate)
    },
  )
})

describe('a probe of the head', () => {
  it('is timed as a probe, not as a training of the whole network, and freezes nothing', () => {
    const model = small(({ linearProbe }) => ({
      fixedMs: linearProbe ? 10_000 : 1000,
      stepMs: linearProbe ? 200 : 50,
    }))
    // (60 s − 10 s) ÷ 0.2 s
    expect(probeChoice(facts(1000, 60_000), model)).toMatchObject({
      stepCount: 250,
      expectedMs: 60_000,
      size: { linearProbe: true, freeze: 'none', batchSize: 512 },
    })
  })
})

describe('the precision', () => {
  it.each([
    [104, 'float32'],
    [105, 'float32'],
    [106, 'bfloat16'],
  ] as const)(
    'where a step takes 100 ms in bfloat16 and %i in float32 is %s: more than 5 %% must be gained',
    (float32Ms, chosen) => {
      const model = small(({ precision }) => ({ stepMs: { float32: float32Ms, bfloat16: 100 }[precision] }))
      expect(sizeOf(facts(1000, hour), model, 64, 32).precision).toBe(chosen)
    },
  )
})
