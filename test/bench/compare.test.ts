import { describe, expect, it } from 'vitest'
import { compareInTurn, convolutionShare } from './bench-modules'

function counting(order: string[], name: string, rates: number[]) {
  return () => {
    order.push(name)
    const rate = rates.shift()
    return rate === undefined
      ? Promise.reject(new Error('does not work here'))
      : Promise.resolve({ rate, peakMemoryBytes: rate })
  }
}

/** As if other programs had taken these shares of the machine, then nothing. */
function watching(shares: number[]) {
  return async (measure: () => Promise<{ rate: number; peakMemoryBytes: number }>) => ({
    ...(await measure()),
    disturbance: shares.shift() ?? 0,
  })
}

describe('contenders', () => {
  it('take turns, and the ratio is the median of the rounds, not of the medians', async () => {
    const order: string[] = []
    const contenders = {
      ours: counting(order, 'ours', [10, 30, 20]),
      peer: counting(order, 'peer', [5, 30, 5]),
    }
    const { results } = await compareInTurn({
      contenders,
      runs: 3,
      first: 'ours',
      note: () => undefined,
      watch: watching([]),
    })
    expect(order).toEqual(['ours', 'peer', 'ours', 'peer', 'ours', 'peer'])
    expect(results['ours']).toMatchObject({ rate: { median: 20, runs: 3 }, ratio: null, peakMemoryBytes: 30 })
    expect(results['peer']).toMatchObject({ rate: { median: 5 }, ratio: { median: 2 }, memoryRatio: 1 })
  })

  it('that fail are left out from then on, with their reason', async () => {
    const order: string[] = []
    const contenders = { ours: counting(order, 'ours', [1, 1]), compile: counting(order, 'compile', []) }
    const found = await compareInTurn({
      contenders,
      runs: 2,
      first: 'ours',
      note: () => undefined,
      watch: watching([]),
    })
    expect(order).toEqual(['ours', 'compile', 'ours'])
    expect(found.refusals).toEqual({ compile: 'does not work here' })
    expect(Object.keys(found.results)).toEqual(['ours'])
  })
})

describe('a round that other programs disturbed', () => {
  const compare = (rates: number[], shares: number[]) =>
    compareInTurn({
      contenders: { ours: counting([], 'ours', rates) },
      runs: 2,
      first: 'ours',
      note: () => undefined,
      watch: watching(shares),
    })

  it('is made again and does not count', async () => {
    const { results, disturbedRounds } = await compare([1, 10, 10], [0.5])
    expect(results['ours']?.rate).toMatchObject({ low: 10, runs: 2 })
    expect(disturbedRounds).toBe(1)
  })

  it('counts where there is no other, after twice as many rounds', async () => {
    const { results, disturbedRounds } = await compare([1, 2, 3, 4, 5], [0.5, 0.5, 0.5, 0.5, 0.5])
    expect(results['ours']?.rate.runs).toBe(4)
    expect(disturbedRounds).toBe(4)
  })
})

describe('the share of convolutions', () => {
  it('counts forward and backward ones under all of their names', () => {
    const operations = [
      { operation: '_MklNativeConv2DBackpropFilter', totalMs: 40 },
      { operation: 'Conv2D', totalMs: 20 },
      { operation: 'BitwGroupNorm', totalMs: 30 },
      { operation: 'MaxPool', totalMs: 10 },
    ]
    expect(convolutionShare(operations)).toBeCloseTo(0.6)
    expect(convolutionShare([])).toBeNull()
  })
})
