import { describe, expect, it } from 'vitest'
import { accuracySentence, intervalText, ofImagesRight, splitWords } from '../../src/renderer/share-words'

const options = { valFraction: 0.1, testFraction: 0.2, seed: 3 }
const accuracy = { correct: 37, total: 136, value: 37 / 136, low: 0.2044, high: 0.3524 }

describe('a percentage', () => {
  it('of an accuracy says how many images of which part it counts, and that they are right', () => {
    expect(ofImagesRight(accuracy, 'test', null)).toBe('of 136 test images right')
    expect(ofImagesRight(accuracy, 'test', { partCount: 140, topFive: null, balanced: null })).toBe(
      'of 136 of 140 test images right',
    )
    expect(ofImagesRight({ total: 1 }, 'validation', null)).toBe('of 1 validation image right')
    expect(accuracySentence(accuracy, 'test', null)).toBe(
      '27.21 % of 136 test images right, 95 % interval 20.4–35.2 %',
    )
  })

  it('carries its sign at the end of an interval', () => {
    expect(intervalText(accuracy)).toBe('20.4–35.2 %')
  })

  it('of a split says that it is a share of each class', () => {
    const { drawn } = splitWords({ origin: 'seeded', own: [], options })
    expect(drawn).toBe('10 % of each class val, 20 % test, seed 3')
  })
})

describe('the parts of a split', () => {
  it('that are set by the folder are said to be so, and have no share and no seed', () => {
    expect(splitWords({ origin: 'folders', own: ['val', 'test'], options })).toEqual({
      said: 'The parts are set by the folder.',
      drawn: '',
    })
    const test = splitWords({ origin: 'mixed', own: ['test'], options })
    expect(test.said).toContain('The test part is set by the folder')
    expect(test.drawn).toBe('10 % of each class val, seed 3')
    const val = splitWords({ origin: 'mixed', own: ['val'], options })
    expect(val.said).toContain('The val part is set by the folder')
    expect(val.drawn).toBe('20 % of each class test, seed 3')
  })

  it('are both drawn where the folder has only a train part', () => {
    const { said, drawn } = splitWords({ origin: 'mixed', own: [], options })
    expect(said).toContain('only a train part')
    expect(drawn).toBe('10 % of each class val, 20 % test, seed 3')
  })
})
