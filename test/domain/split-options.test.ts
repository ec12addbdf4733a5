import { describe, expect, it } from 'vitest'
import { isOverdrawn, refuseOverdrawn } from '../../src/domain/split-options'

const options = (valFraction: number, testFraction: number) => ({ valFraction, testFraction, seed: 0 })

describe('the shares of val and test', () => {
  it('are refused where they leave too little to train on, with the sum that they make', () => {
    expect(() => refuseOverdrawn(options(0.6, 0.6))).toThrow(
      'Val (60 %) and test (60 %) together take 120 % of each class.',
    )
    expect(() => refuseOverdrawn(options(0.1, 0.2))).not.toThrow()
    expect([isOverdrawn(options(0.15, 0.8)), isOverdrawn(options(0.15, 0.81))]).toEqual([false, true])
  })

  it('count only as far as the dataset does not set the part itself', () => {
    expect(isOverdrawn(options(0.6, 0.6), ['test'])).toBe(false)
    expect(isOverdrawn(options(0.9, 0.9), ['val', 'test'])).toBe(false)
  })
})
