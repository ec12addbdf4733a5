import fc from '../support/properties'
import { describe, expect, it } from 'vitest'
import { formatParameters, formatPx, formatRate, formatSpeed } from '../../src/domain/figures'

describe('figures of models and trainings', () => {
  it('count parameters in thousands, millions and billions', () => {
    expect(
      [1_234, 999_600, 8_231_000, 23_500_352, 99_960_000, 211_000_000, 1_200_000_000].map(formatParameters),
    ).toEqual(['1 K', '1.0 M', '8.2 M', '23.5 M', '100 M', '211 M', '1.20 G'])
  })

  it('say speeds with three digits, and of what', () => {
    expect([0.814, 9.999, 12.36, 99.97, 9410.4].map(formatRate)).toEqual([
      '0.81',
      '10.0',
      '12.4',
      '100',
      '9,410',
    ])
    expect(formatSpeed(410.2, { linearProbe: false })).toBe('410 images/s')
    expect(formatSpeed(9410, { linearProbe: true })).toBe('9,410 features/s')
  })

  it('say a square’s side once', () => {
    expect(formatPx(384)).toBe('384 px')
    expect(formatPx(500, 375)).toBe('500 × 375 px')
    expect(formatPx(1600, 1600)).toBe('1,600 px')
  })

  it('keep three digits of every speed and never show more than it has', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 1e7, noNaN: true }), (speed) => {
        const shown = Number(formatRate(speed).replaceAll(',', ''))
        expect(Math.abs(shown - speed)).toBeLessThanOrEqual(Math.max(0.005, speed * 0.00505))
      }),
    )
  })
})
