import { describe, expect, it } from 'vitest'
import { between, panned, within, zoomed } from '../../../src/renderer/charts/zoom-span'
import fc from '../../support/properties'

const whole = { from: 0, to: 1000 }

describe('a zoom', () => {
  it('keeps what is under the pointer where it is', () => {
    const closer = zoomed(whole, whole, 250, 0.5)
    expect(closer).toEqual({ from: 125, to: 625 })
    expect(zoomed(closer, whole, 250, 2)).toEqual(whole)
  })

  it('never leaves the whole, and never comes to nothing', () => {
    const number = fc.double({ min: 0, max: 1000, noNaN: true })
    fc.assert(
      fc.property(
        number,
        fc.array(fc.tuple(number, fc.double({ min: 0.01, max: 20, noNaN: true })), { maxLength: 20 }),
        (_, turns) => {
          let shown = whole
          for (const [at, factor] of turns) shown = zoomed(shown, whole, at, factor)
          expect(shown.from).toBeGreaterThanOrEqual(0)
          expect(shown.to).toBeLessThanOrEqual(1000)
          expect(shown.to - shown.from).toBeGreaterThan(0.005)
        },
      ),
    )
  })

  it('moves by shares of what is shown, as far as there is something', () => {
    expect(panned({ from: 100, to: 300 }, whole, 0.5)).toEqual({ from: 200, to: 400 })
    expect(panned({ from: 100, to: 300 }, whole, -9)).toEqual({ from: 0, to: 200 })
    expect(panned({ from: 900, to: 1000 }, whole, 1)).toEqual({ from: 900, to: 1000 })
  })

  it('takes what was marked, from either end', () => {
    expect(between(700, 300, whole)).toEqual({ from: 300, to: 700 })
    expect(between(300, 300, whole).to).toBeGreaterThan(300)
    expect(within({ from: -5, to: 2000 }, whole)).toEqual(whole)
  })
})
