import { describe, expect, it } from 'vitest'
import { randomOrders, searchCurve } from '../../../src/domain/sweep/best-so-far'
import studies from '../../fixtures/reference/studies.json'

describe('the best so far of a search', () => {
  it("is that of the reference, over the reference's orders", () => {
    const { select, test, orders, testMean, testStandardError, heldOutMean } = studies.randomSearch
    const curve = searchCurve(select, test, orders)
    for (const [place, mean] of testMean.entries()) {
      expect(curve.testMean[place]).toBeCloseTo(mean, 12)
      expect(curve.testStandardError[place]).toBeCloseTo(testStandardError[place] ?? NaN, 12)
      expect(curve.heldOutMean[place]).toBeCloseTo(heldOutMean[place] ?? NaN, 12)
    }
    expect(curve.testMean).toHaveLength(testMean.length)
  })

  it('is taken over a hundred orders, the same each time', () => {
    const orders = randomOrders(12)
    expect(orders).toHaveLength(100)
    expect(orders).toEqual(randomOrders(12))
    for (const order of orders) expect([...order].sort((a, b) => a - b)).toEqual([...Array(12).keys()])
  })
})
