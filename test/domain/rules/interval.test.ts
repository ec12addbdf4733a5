import { describe, expect, it } from 'vitest'
import { accuracyOf } from '../../../src/domain/rules/interval'

describe('the 95 % interval of an accuracy', () => {
  it('is Wilson’s', () => {
    // Newcombe 1998, table I: 81 of 263 → 0.2553 to 0.3662; 15 of 148 → 0.0624 to 0.1605
    expect(accuracyOf(81, 263).low).toBeCloseTo(0.2553, 4)
    expect(accuracyOf(81, 263).high).toBeCloseTo(0.3662, 4)
    expect(accuracyOf(15, 148).low).toBeCloseTo(0.0624, 4)
    expect(accuracyOf(15, 148).high).toBeCloseTo(0.1605, 4)
  })

  it('stays in [0, 1] at the ends, and says nothing about no examples', () => {
    expect(accuracyOf(0, 20)).toMatchObject({ low: 0, value: 0 })
    expect(accuracyOf(0, 20).high).toBeCloseTo(0.1611, 4)
    expect(accuracyOf(29, 29)).toMatchObject({ high: 1, value: 1 })
    expect(accuracyOf(0, 0)).toEqual({ correct: 0, total: 0, value: 0, low: 0, high: 1 })
  })
})
