import { describe, expect, it } from 'vitest'
import { confusionOfPairs } from '../../../src/contract/entities/confusion'
import { mostConfused } from '../../../src/domain/statistics/confused-pairs'

describe('the most confused pairs', () => {
  it('are the wrong ones, most images first, equal ones in the order of the classes, as many as are asked for', () => {
    const confusion = confusionOfPairs(
      ['elm', 'oak', 'yew'],
      [
        { labelIndex: 0, predictedIndex: 0, count: 90 },
        { labelIndex: 0, predictedIndex: 1, count: 2 },
        { labelIndex: 1, predictedIndex: 2, count: 2 },
        { labelIndex: 2, predictedIndex: 0, count: 5 },
      ],
    )
    expect(mostConfused(confusion, 2)).toEqual({
      total: 3,
      pairs: [
        { labelIndex: 2, predictedIndex: 0, count: 5 },
        { labelIndex: 0, predictedIndex: 1, count: 2 },
      ],
    })
  })
})
