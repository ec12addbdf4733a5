import { describe, expect, it } from 'vitest'
import type { Sweep } from '../../../src/contract/entities/queue'
import { trialsOf } from '../../../src/domain/sweep/trials'

const random: Sweep = { kind: 'random', axes: [], count: 40, seed: 1, asha: null }

describe('a grid', () => {
  it('has every combination, the last axis fastest', () => {
    const axes = [
      { key: 'baseLearningRate', values: [0.01, 0.03] },
      { key: 'stepCount', values: [100, 200] },
    ]
    expect(trialsOf({ ...random, kind: 'grid', axes }, {})).toEqual([
      { baseLearningRate: 0.01, stepCount: 100 },
      { baseLearningRate: 0.01, stepCount: 200 },
      { baseLearningRate: 0.03, stepCount: 100 },
      { baseLearningRate: 0.03, stepCount: 200 },
    ])
  })

  it('refuses what is no setting, values out of range, and more trials than anyone means', () => {
    const grid = (key: string, values: number[]) =>
      trialsOf({ ...random, kind: 'grid', axes: [{ key, values }] }, {})
    expect(() => grid('speed', [1])).toThrow('"speed" is no setting of a recipe.')
    expect(() => grid('dropout', [1.5])).toThrow('A trial cannot have dropout = 1.5')
    const long = Array.from({ length: 100 }, (_, index) => index + 1)
    const axes = ['stepCount', 'batchSize', 'warmupStepCount'].map((key) => ({ key, values: long }))
    expect(() => trialsOf({ ...random, kind: 'grid', axes }, {})).toThrow('1000 are the most')
  })
})

describe('a random search', () => {
  it("draws from the paper's ranges, each setting over its whole range", () => {
    const trials = trialsOf({ ...random, count: 400 }, {})
    const rates = trials.map(({ baseLearningRate = 0 }) => Math.log10(baseLearningRate)).sort((a, b) => a - b)
    expect(rates[0]).toBeGreaterThanOrEqual(-4)
    expect(rates.at(-1)).toBeLessThanOrEqual(-1)
    expect(rates[200]).toBeCloseTo(-2.5, 0)
    const decays = trials.map(({ decayTowardInitial = 0 }) => Math.log10(decayTowardInitial))
    expect([Math.floor(Math.min(...decays)), Math.ceil(Math.max(...decays))]).toEqual([-6, -1])
    expect(Math.max(...trials.map(({ dropout = 1 }) => dropout))).toBeLessThanOrEqual(0.7)
    const distinct = (key: 'stepCount' | 'mixupAlpha' | 'cropPx') =>
      [...new Set(trials.map((trial) => trial[key] ?? -1))].sort((a, b) => a - b)
    expect(distinct('stepCount')).toEqual([500, 1000, 2000, 4000, 8000, 16_000])
    expect(distinct('mixupAlpha')).toEqual([0, 0.05, 0.1, 0.2, 0.4])
    expect(distinct('cropPx')).toEqual([64, 128, 192, 256, 320, 384])
  })

  it('keeps its trials when it is extended, and has others with another seed', () => {
    const trials = trialsOf(random, {})
    expect(trialsOf({ ...random, count: 60 }, {}).slice(0, 40)).toEqual(trials)
    expect(trialsOf({ ...random, seed: 2 }, {})).not.toEqual(trials)
  })

  it('leaves what the request sets, takes the values of an axis, and one number of steps with ASHA', () => {
    const axes = [
      { key: 'cropPx', values: [32] },
      { key: 'batchSize', values: [8] },
    ]
    const asha = { eta: 3, leastSteps: 10 }
    const [first = {}] = trialsOf({ ...random, axes, asha }, { baseLearningRate: 0.1 })
    expect(Object.keys(first).sort()).toEqual([
      'batchSize',
      'cropPx',
      'decayTowardInitial',
      'dropout',
      'mixupAlpha',
    ])
    expect(first).toMatchObject({ cropPx: 32, batchSize: 8 })
  })
})
