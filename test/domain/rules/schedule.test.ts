import { describe, expect, it } from 'vitest'
import { learningRate, rateBends, ratePlateaus, ratesToCome } from '../../../src/domain/rules/schedule'

const small = { baseLearningRate: 3e-3, stepCount: 500, warmupStepCount: 0, decayAtSteps: [150, 300, 450] }
const warm = { ...small, warmupStepCount: 100, decayAtSteps: [200, 300, 400] }

describe('the learning rate to come', () => {
  it('falls to a tenth at each decay step', () => {
    expect([0, 149, 150, 300, 450, 499].map((step) => learningRate(small, step))).toEqual(
      [3e-3, 3e-3, 3e-4, 3e-5, 3e-6, 3e-6].map((rate) => expect.closeTo(rate, 12)),
    )
  })

  it('rises evenly during the warm-up', () => {
    expect(learningRate(warm, 50)).toBeCloseTo(1.5e-3, 12)
    expect(learningRate(warm, 100)).toBeCloseTo(3e-3, 12)
  })

  it('bends where the warm-up ends and at each decay, once each', () => {
    expect(rateBends(small)).toEqual([150, 300, 450])
    expect(rateBends(warm)).toEqual([100, 200, 300, 400])
    expect(rateBends({ ...warm, warmupStepCount: 200, stepCount: 350 })).toEqual([200, 300])
  })

  it('bends in the order of the steps where a decay is within the warm-up, and not at the end', () => {
    expect(rateBends({ ...warm, warmupStepCount: 250, stepCount: 400 })).toEqual([200, 250, 300])
  })

  it('begins where the run stands and has an upright fall', () => {
    const { xs, ys } = ratesToCome(small, 312)
    expect(xs).toEqual([312, 450, 450, 500])
    expect(ys).toEqual([3e-5, 3e-5, 3e-6, 3e-6].map((rate) => expect.closeTo(rate, 12)))
  })

  it('has a bend at the end of the warm-up', () => {
    expect(ratesToCome(warm, 0).xs).toEqual([0, 100, 200, 200, 300, 300, 400, 400, 500])
  })

  it('falls upright at the end of a warm-up by the decays within it, and rises through those', () => {
    const late = ratesToCome({ ...warm, warmupStepCount: 250 }, 0)
    expect(late.xs).toEqual([0, 200, 250, 250, 300, 300, 400, 400, 500])
    // at 200 of 250 steps 80 % of the base rate, at 249 of them 99.6 %; from 250 on a tenth, since one decay is past
    expect(late.ys).toEqual(
      [0, 2.4e-3, 2.988e-3, 3e-4, 3e-4, 3e-5, 3e-5, 3e-6, 3e-6].map((rate) => expect.closeTo(rate, 12)),
    )
    const together = ratesToCome({ ...warm, warmupStepCount: 200 }, 150)
    expect(together.xs).toEqual([150, 200, 200, 300, 300, 400, 400, 500])
    expect(together.ys.slice(0, 3)).toEqual([2.25e-3, 2.985e-3, 3e-4].map((rate) => expect.closeTo(rate, 12)))
  })

  it('is empty when nothing is to come', () => {
    expect(ratesToCome(small, 500).xs).toEqual([])
  })

  it('knows where it stands still', () => {
    expect(ratePlateaus(small)).toHaveLength(4)
    expect(ratePlateaus({ ...small, stepCount: 200 })).toHaveLength(2)
  })
})
