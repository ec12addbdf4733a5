import { describe, expect, it } from 'vitest'
import { fromFloat16, toFloat16 } from '../../src/domain/float16'

describe('a float16', () => {
  it('comes back as the same bits, whatever the finite bits', () => {
    for (let bits = 0; bits < 0x10000; bits++) {
      if ((bits & 0x7c00) === 0x7c00) continue
      expect(toFloat16(fromFloat16(bits))).toBe(bits)
    }
  })

  it('is the nearest one, ties to even, and never infinite', () => {
    expect([1, -2, 65504, 2 ** -24, 0.1].map((value) => fromFloat16(toFloat16(value)))).toEqual([
      1,
      -2,
      65504,
      2 ** -24,
      0.0999755859375,
    ])
    expect(fromFloat16(toFloat16(2049))).toBe(2048)
    expect(fromFloat16(toFloat16(2051))).toBe(2052)
    expect(fromFloat16(toFloat16(-1e9))).toBe(-65504)
    expect(fromFloat16(toFloat16(-Infinity))).toBe(-65504)
    expect(fromFloat16(toFloat16(1e-9))).toBe(0)
    expect(fromFloat16(toFloat16(NaN))).toBeNaN()
  })
})
