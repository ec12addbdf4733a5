import { describe, expect, it } from 'vitest'
import { neighbourWords } from '../../../../src/renderer/features/alike/neighbour-words'

describe('what the nearest images say of a label', () => {
  it.each([
    [['Iris', 'Iris'], 'Of the 2 nearest training images, all are “Iris”, too.'],
    [['Crocus', 'Crocus', 'Tulip'], 'Of the 3 nearest training images, none is “Iris”; 2 are “Crocus”.'],
    [['Crocus', 'Iris', 'Crocus'], 'Of the 3 nearest training images, 1 is “Iris”, too; 2 are “Crocus”.'],
    [['Crocus'], 'The nearest training image is “Crocus”.'],
    [['Iris'], 'The nearest training image is “Iris”, too.'],
    [[], ''],
  ])('is a sentence: %j', (names, words) => {
    expect(neighbourWords('Iris', names)).toBe(words)
  })
})
