import fc from '../../support/properties'
import { describe, expect, it } from 'vitest'
import type { Overrides } from '../../../src/contract/entities/run'
import { parseModel } from '../../../src/domain/model/spec'
import { planBudget } from '../../../src/domain/budget/budget'
import type { BudgetCandidate, BudgetFacts } from '../../../src/domain/budget/budget-facts'
import { runCosts } from '../../../src/domain/estimate/run-time'
import { speedOf } from '../../../src/domain/estimate/speed'

const second = 1000
const minute = 60 * second

interface Circumstances {
  readonly slowness: number
  readonly train: number
  readonly val: number
  readonly test: number
  readonly medianPx: number
  readonly classCount?: number
}
const usual: Circumstances = { slowness: 1, train: 306, val: 34, test: 340, medianPx: 500 }

/** A model on a machine so many times slower than the reference machine. */
function candidate(
  { slowness, train, val, test, medianPx }: Circumstances,
  architecture: string,
  kind: BudgetCandidate['kind'],
  asked = false,
): BudgetCandidate {
  const model = parseModel(architecture)
  const speed = speedOf([], {
    guess: slowness,
    start: { engineMs: 3000 * slowness, graphMs: 250 * slowness },
    threadCount: 2,
    preparesBeside: false,
  })
  const dataset = {
    classCount: 17,
    medianWidthPx: medianPx,
    medianHeightPx: medianPx,
    counts: { train, val, test },
  }
  return {
    id: `${kind}:${architecture}`,
    name: architecture,
    kind,
    cropPx: kind === 'published' ? 224 : 64,
    asked,
    fits: () => true,
    costs: (size) =>
      runCosts(
        model,
        dataset,
        { ...size, microBatchSize: Math.min(size.batchSize, 64), resizePx: size.cropPx, flip: true },
        speed,
      ),
  }
}

function facts(
  budgetMs: number,
  circumstances: Circumstances = usual,
  set: Overrides = {},
  candidates = [candidate(circumstances, 'units:1-1-1-1,width:1', 'small')],
): BudgetFacts {
  const { train, medianPx, classCount = 17 } = circumstances
  return {
    budgetMs,
    exampleCount: train,
    classCount,
    medianWidthPx: medianPx,
    medianHeightPx: medianPx,
    ruleMixes: train >= 20_000,
    candidates,
    precisions: ['float32', 'bfloat16'],
    set,
  }
}

const anyBudget = fc.integer({ min: 20, max: 4 * 3600 }).map((seconds) => seconds * second)
const anyCircumstances = fc.record({
  slowness: fc.double({ min: 0.05, max: 2, noNaN: true }),
  train: fc.integer({ min: 20, max: 30_000 }),
  val: fc.integer({ min: 0, max: 2000 }),
  test: fc.integer({ min: 0, max: 4000 }),
  medianPx: fc.integer({ min: 28, max: 1500 }),
})
const pixelsSeen = ({ stepCount = 0, batchSize = 0, cropPx = 0 }: Overrides): number =>
  stepCount * batchSize * cropPx ** 2

describe('a plan for a time budget', () => {
  it('is expected to take the budget within 10 %, wherever the machine can', () => {
    fc.assert(
      fc.property(anyBudget, anyCircumstances, (budgetMs, circumstances) => {
        const { expectedMs, overrides, late } = planBudget(facts(budgetMs, circumstances))
        if (late || overrides.linearProbe === true) return
        expect(expectedMs).toBeLessThanOrEqual(budgetMs * 1.1)
        // one step more than fits would be too much: a slow machine's single step may leave a gap
        if ((overrides.stepCount ?? 0) >= 20) expect(expectedMs).toBeGreaterThanOrEqual(budgetMs * 0.85)
      }),
    )
  })

  it('shows no fewer pixels where there is more time', () => {
    fc.assert(
      fc.property(
        anyBudget,
        fc.double({ min: 1, max: 20, noNaN: true }),
        anyCircumstances,
        (budgetMs, factor, circumstances) => {
          const less = planBudget(facts(budgetMs, circumstances)).overrides
          const more = planBudget(facts(budgetMs * factor, circumstances)).overrides
          if (less.linearProbe === true || more.linearProbe === true) return
          // a step of the larger batch is the smallest difference that there can be
          const step = (more.batchSize ?? 0) * (more.cropPx ?? 0) ** 2
          expect(pixelsSeen(more) + step).toBeGreaterThanOrEqual(pixelsSeen(less) * 0.98)
        },
      ),
    )
  })

  it('takes no larger crop on a slower machine', () => {
    fc.assert(
      fc.property(
        anyBudget,
        anyCircumstances,
        fc.double({ min: 1, max: 30, noNaN: true }),
        (budgetMs, circumstances, factor) => {
          const slower = { ...circumstances, slowness: circumstances.slowness * factor }
          const cropOf = (one: Circumstances): number =>
            planBudget(facts(budgetMs, one)).overrides.cropPx ?? 0
          if (planBudget(facts(budgetMs, slower)).overrides.linearProbe === true) return
          expect(cropOf(slower)).toBeLessThanOrEqual(cropOf(circumstances))
        },
      ),
    )
  })

  it('takes a smaller crop, to see more images, for many classes than for few', () => {
    const few = { slowness: 0.4, train: 1515, val: 0, test: 1512, medianPx: 128 }
    const at = (classCount: number): number | undefined =>
      planBudget(facts(60 * second, { ...few, classCount })).overrides.cropPx
    expect(at(17)).toBe(128)
    expect(at(101)).toBe(96)
  })

  it('leaves out what the user set, and plans around it', () => {
    fc.assert(
      fc.property(
        anyBudget,
        fc.record(
          {
            cropPx: fc.constantFrom(64, 112, 224),
            batchSize: fc.constantFrom(8, 48, 512),
            stepCount: fc.integer({ min: 1, max: 500 }),
            baseLearningRate: fc.constantFrom(0.001, 0.2),
            precision: fc.constantFrom('float32' as const, 'bfloat16' as const),
          },
          { requiredKeys: [] },
        ),
        (budgetMs, set) => {
          const { overrides } = planBudget(facts(budgetMs, usual, set))
          for (const key of Object.keys(set)) expect(overrides).not.toHaveProperty(key)
        },
      ),
    )
    const withBatch = planBudget(facts(5 * minute, usual, { batchSize: 16 }))
    const free = planBudget(facts(5 * minute))
    expect(withBatch.overrides.stepCount ?? 0).toBeGreaterThan(free.overrides.stepCount ?? 0)
    expect(Math.abs(withBatch.expectedMs / (5 * minute) - 1)).toBeLessThan(0.1)
  })

  it('gives a reason for every line that it decides', () => {
    const { overrides, reasons } = planBudget(facts(minute))
    for (const line of ['model', 'stepCount', 'resize', 'batch', 'baseLearningRate'])
      expect(reasons.get(line)?.length ?? 0).toBeGreaterThan(20)
    expect(reasons.get('stepCount')).toContain('fits 1 min on this machine')
    expect(overrides.precision).toBe('bfloat16')
    expect(reasons.has('precision')).toBe(true)
  })

  it('enlarges no image more than twice', () => {
    const small = planBudget(facts(60 * minute, { ...usual, medianPx: 32 }))
    expect(small.overrides.cropPx).toBe(64)
    expect(small.reasons.get('resize')).toContain('blurred')
  })

  it('takes larger batches and rates for more steps, and never twice the rate that was too high', () => {
    const rates = [1, 5, 30, 240].map((minutes) => {
      const { batchSize = 0, baseLearningRate = 0 } = planBudget(facts(minutes * minute)).overrides
      return { batchSize, rate: baseLearningRate }
    })
    const batches = rates.map(({ batchSize }) => batchSize)
    expect(batches).toEqual([...batches].sort((one, other) => one - other))
    for (const { batchSize, rate } of rates) if (batchSize <= 64) expect(rate).toBeLessThanOrEqual(0.1)
  })

  it('evaluates seldom enough where validation is large', () => {
    const circumstances = { ...usual, train: 5000, val: 4000, test: 100 }
    const one = candidate(circumstances, 'units:1-1-1-1,width:1', 'small')
    const { overrides } = planBudget(facts(5 * minute, circumstances, {}, [one]))
    const {
      cropPx = 0,
      batchSize = 0,
      precision = 'float32',
      stepCount = 0,
      evaluateEverySteps = 1,
    } = overrides
    const { evaluationMs } = one.costs({ cropPx, batchSize, precision, linearProbe: false, freeze: 'block1' })
    const count = Math.floor((stepCount - 1) / evaluateEverySteps)
    expect(count * evaluationMs).toBeLessThanOrEqual(0.06 * 5 * minute)
  })

  it('saves on evaluated steps, those that the user set too', () => {
    for (const set of [{}, { evaluateEverySteps: 7 }]) {
      const { overrides } = planBudget(facts(5 * minute, usual, set))
      const { checkpointEverySteps = 0 } = overrides
      expect(checkpointEverySteps).toBeGreaterThan(0)
      expect(checkpointEverySteps % (set.evaluateEverySteps ?? overrides.evaluateEverySteps ?? 0)).toBe(0)
    }
  })

  it('says that it is late where the held-out images alone take longer', () => {
    expect(planBudget(facts(10 * second, { ...usual, test: 100_000 })).late).toBe(true)
    expect(planBudget(facts(5 * minute)).late).toBe(false)
  })
})

describe('a published model within a budget', () => {
  const models = (circumstances: Circumstances) => [
    candidate(circumstances, 'R50x1', 'published'),
    candidate(circumstances, 'units:1-1-1-1,width:1', 'small'),
  ]
  const chosen = (budgetMs: number, circumstances = usual) =>
    planBudget(facts(budgetMs, circumstances, {}, models(circumstances)))

  it('is fine-tuned with the paper’s rate where there is time for enough steps', () => {
    const { candidate: taken, overrides } = chosen(60 * minute)
    expect(taken.kind).toBe('published')
    expect(overrides.linearProbe).toBeUndefined()
    expect(overrides.stepCount ?? 0).toBeGreaterThanOrEqual(100)
    expect(overrides.baseLearningRate).toBeCloseTo((0.003 * (overrides.batchSize ?? 0)) / 512, 4)
  })

  it('is probed where there is time for its features alone, and left where there is not', () => {
    expect(chosen(minute)).toMatchObject({
      candidate: { kind: 'published' },
      overrides: { linearProbe: true },
    })
    expect(chosen(10 * second)).toMatchObject({ candidate: { kind: 'small' } })
    expect(chosen(10 * second).reasons.get('model')).toContain('too large')
  })

  it('stays where the user named it, however long it takes', () => {
    const asked = candidate({ ...usual, slowness: 20 }, 'R50x1', 'published', true)
    const found = planBudget(facts(10 * second, { ...usual, slowness: 20 }, {}, [asked]))
    expect(found).toMatchObject({ candidate: { kind: 'published' }, late: true })
    expect(found.reasons.get('model')).toBe('you chose it')
  })
})

describe('a small model with weights', () => {
  const decided = (budgetMs: number, circumstances = usual, set: Overrides = {}) =>
    planBudget(facts(budgetMs, circumstances, set))

  it('keeps its first layers, says why, and leaves that to the user too', () => {
    const { overrides, reasons } = decided(2 * minute)
    expect(overrides.freeze).toBe('block1')
    expect(reasons.get('freeze')).toContain('first layers unchanged')
    expect(decided(2 * minute, usual, { freeze: 'none' }).overrides.freeze).toBeUndefined()
  })

  it('trains every layer where the weights are random', () => {
    const random = { ...candidate(usual, 'units:1-1-1-1,width:1', 'small'), id: null }
    expect(planBudget(facts(2 * minute, usual, {}, [random])).overrides.freeze).toBeUndefined()
  })

  it('mixes images that it sees again and again, and no others', () => {
    const often = decided(5 * minute)
    expect(often.overrides.mixupAlpha).toBe(0.2)
    expect(often.reasons.get('mixup')).toContain('at least 20 times')
    const once = decided(5 * minute, { ...usual, train: 15_000 })
    expect(once.overrides.mixupAlpha).toBeUndefined()
  })

  it('has a batch that is a small part of the training images', () => {
    const few = decided(5 * minute, { ...usual, train: 108 })
    expect(few.overrides.batchSize).toBe(32)
    expect(decided(5 * minute).overrides.batchSize).toBe(64)
  })
})
