import { describe, expect, it } from 'vitest'
import { spreadOrder } from '../../../src/domain/prediction-set/spread-order'

const labels = Array.from({ length: 1000 }, (_, index) => (index < 700 ? 0 : index < 900 ? 1 : 2))

describe('the order of a sample', () => {
  it('has every index once, and in each beginning every class by its share', () => {
    const order = spreadOrder(labels, 5)
    expect([...order].sort((one, other) => one - other)).toEqual(labels.map((_, index) => index))
    for (const length of [10, 50, 333, 1000]) {
      const counts = [0, 0, 0]
      for (const index of order.slice(0, length))
        counts[labels[index] ?? 0] = (counts[labels[index] ?? 0] ?? 0) + 1
      ;[0.7, 0.2, 0.1].forEach((share, label) =>
        expect(Math.abs((counts[label] ?? NaN) - share * length)).toBeLessThanOrEqual(1.5),
      )
    }
  })

  it('is the same for the same seed and another for another', () => {
    expect(spreadOrder(labels, 5)).toEqual(spreadOrder(labels, 5))
    expect(spreadOrder(labels, 6).slice(0, 20)).not.toEqual(spreadOrder(labels, 5).slice(0, 20))
    expect(spreadOrder([], 5)).toEqual([])
  })
})
