import { describe, expect, it } from 'vitest'
import { expectedSteps, promotion, rungsOf, type AshaTrial } from '../../../src/domain/sweep/asha'

const resting = (index: number, ...scores: number[]): AshaTrial => ({ index, scores, mayGoOn: true })

describe('asynchronous successive halving', () => {
  it('has rungs a factor apart, and the whole training as the last', () => {
    expect(rungsOf({ eta: 3, leastSteps: 10 }, 100)).toEqual([10, 30, 90, 100])
    expect(rungsOf({ eta: 2, leastSteps: 25 }, 100)).toEqual([25, 50, 100])
    expect(rungsOf({ eta: 2, leastSteps: 200 }, 100)).toEqual([100])
  })

  it('lets the best third of a rung go on as soon as there are three, and begins new ones before', () => {
    expect(promotion([resting(0, 0.5), resting(1, 0.9)], 3, 3)).toBeNull()
    const three = [resting(0, 0.5), resting(1, 0.9), resting(2, 0.7)]
    expect(promotion(three, 3, 3)).toEqual({ index: 1, rung: 1 })
  })

  it('counts a trial in the rungs that it came through, and lets none go on twice', () => {
    const gone: AshaTrial = { index: 1, scores: [0.9], mayGoOn: false }
    expect(promotion([resting(0, 0.5), gone, resting(2, 0.7)], 3, 3)).toBeNull()
    const higher = [resting(1, 0.9, 0.95), resting(0, 0.5), resting(2, 0.7), resting(3, 0.8), resting(4, 0.1)]
    expect(promotion([...higher, resting(5, 0.2)], 3, 3)).toEqual({ index: 3, rung: 1 })
  })

  it('looks at the highest rung first', () => {
    const trials = [resting(0, 0.9, 0.8), resting(1, 0.8, 0.9), resting(2, 0.7), resting(3, 0.6)]
    expect(promotion(trials, 3, 2)).toEqual({ index: 1, rung: 2 })
  })

  it('takes far fewer steps than all trials to their ends', () => {
    expect(expectedSteps(9, [10, 30, 90], 3)).toBe(9 * 10 + 3 * 20 + 1 * 60)
  })
})
