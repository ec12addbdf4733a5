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

describe('contenders', () => {
  it('take turns, and the ratio is the median of the rounds, not of the medians', async () => {
    const order: string[] = []
    const contenders = {
      ours: counting(order, 'ours', [10, 30, 20]),
      peer: counting(order, 'peer', [5, 30, 5]),
    }
    const { results } = await compareInTurn({ contenders, runs: 3, first: 'ours', note: () => undefined })
    expect(order).toEqual(['ours', 'peer', 'ours', 'peer', 'ours', 'peer'])
    expect(results['ours']).toMatchObject({ rate: { median: 20, runs: 3 }, ratio: null, peakMemoryBytes: 30 })
    expect(results['peer']).toMatchObject({ rate: { median: 5 }, ratio: { median: 2 }, memoryRatio: 1 })
  })

  it('that fail are left out from then on, with their reason', async () => {
    const order: string[] = []
    const contenders = { ours: counting(order, 'ours', [1, 1]), compile: counting(order, 'compile', []) }
    const found = await compareInTurn({ contenders, runs: 2, first: 'ours', note: () => undefined })
    expect(order).toEqual(['ours', 'compile', 'ours'])
    expect(found.refusals).toEqual({ compile: 'does not work here' })
    expect(Object.keys(found.results)).toEqual(['ours'])
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
