import { describe, expect, it } from 'vitest'
import type { Prediction } from '../../../../src/contract/entities/run'
import { guessesOf } from '../../../../src/renderer/features/mistakes/guesses'

const prediction: Prediction = {
  imageId: 1,
  path: 'a.jpg',
  aspect: 1,
  labelIndex: 2,
  predictedIndex: 0,
  loss: 3,
  labelRank: 7,
  labelProbability: 0.01,
  top: [
    { classIndex: 0, probability: 0.9 },
    { classIndex: 1, probability: 0.05 },
  ],
}

describe('the answers beside an image', () => {
  it('end with the label where it is not among the first', () => {
    expect(guessesOf(prediction, ['iris', 'daisy'])).toEqual([
      { classIndex: 0, name: 'iris', probability: 0.9, isLabel: false },
      { classIndex: 1, name: 'daisy', probability: 0.05, isLabel: false },
      { classIndex: 2, name: 'class 2', probability: 0.01, isLabel: true },
    ])
  })

  it('have the label once where it is', () => {
    const guesses = guessesOf({ ...prediction, labelIndex: 1 }, ['iris', 'daisy'])
    expect(guesses.map(({ isLabel }) => isLabel)).toEqual([false, true])
  })
})
