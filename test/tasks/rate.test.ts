import { describe, expect, it } from 'vitest'
import { createRate } from '../../src/main/tasks/rate'

describe('rate', () => {
  it('is unknown before a second observation', () => {
    const rate = createRate()
    rate.observe(0, 1000)
    expect(rate.perSecond()).toBeNull()
    expect(rate.etaMs(100)).toBeNull()
  })

  it('finds a steady rate and the time left', () => {
    const rate = createRate()
    for (let second = 0; second <= 10; second++) rate.observe(second * 20, second * 1000)
    expect(rate.perSecond()).toBeCloseTo(20)
    expect(rate.etaMs(300)).toBeCloseTo(5000)
    expect(rate.etaMs(null)).toBeNull()
  })

  it('follows a change within seconds but not within one report', () => {
    const rate = createRate()
    for (let second = 0; second <= 10; second++) rate.observe(second * 10, second * 1000)
    rate.observe(200, 11_000) // 100 a second for one second
    expect(rate.perSecond()).toBeGreaterThan(20)
    expect(rate.perSecond()).toBeLessThan(50)
    for (let second = 12; second <= 40; second++) rate.observe(200 + (second - 11) * 100, second * 1000)
    expect(rate.perSecond()).toBeCloseTo(100, 0)
  })

  it('counts many small reports as one large', () => {
    const small = createRate()
    const large = createRate()
    for (const rate of [small, large]) {
      rate.observe(0, 0)
      rate.observe(10, 1000)
    }
    for (let index = 1; index <= 100; index++) small.observe(10 + index, 1000 + index * 20)
    large.observe(110, 3000)
    expect(small.perSecond()).toBeCloseTo(large.perSecond() ?? NaN)
  })

  it('starts anew when the count goes back', () => {
    const rate = createRate()
    rate.observe(0, 0)
    rate.observe(100, 1000)
    rate.observe(0, 2000)
    expect(rate.perSecond()).toBeNull()
  })
})
