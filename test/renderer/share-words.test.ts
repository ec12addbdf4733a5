import { describe, expect, it } from 'vitest'
import { accuracySentence, intervalText, ofImagesRight, splitShares } from '../../src/renderer/share-words'

const accuracy = { correct: 37, total: 136, value: 37 / 136, low: 0.2044, high: 0.3524 }

describe('a percentage', () => {
  it('of an accuracy says how many images of which part it counts, and that they are right', () => {
    expect(ofImagesRight(accuracy, 'test')).toBe('of 136 test images right')
    expect(ofImagesRight({ total: 1 }, 'validation')).toBe('of 1 validation image right')
    expect(accuracySentence(accuracy, 'test')).toBe(
      '27.21 % of 136 test images right, 95 % interval 20.4–35.2 %',
    )
  })

  it('carries its sign at the end of an interval', () => {
    expect(intervalText(accuracy)).toBe('20.4–35.2 %')
  })

  it('of a split says that it is a share of each class', () => {
    expect(splitShares({ valFraction: 0.1, testFraction: 0.2 })).toBe('10 % of each class val, 20 % test')
  })
})
