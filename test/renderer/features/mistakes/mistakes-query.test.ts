import { describe, expect, it } from 'vitest'
import type { Prediction } from '../../../../src/contract/entities/run'
import { fileName, ordinal } from '../../../../src/renderer/features/mistakes/image-words'
import {
  allMistakes,
  coreFilter,
  mistakesQueryOf,
  parseMistakesQuery,
  shownPredictions,
} from '../../../../src/renderer/features/mistakes/mistakes-query'

function prediction(imageId: number, probability: number, labelRank: number): Prediction {
  return {
    imageId,
    path: `a/${imageId}.jpg`,
    aspect: 1,
    labelIndex: 0,
    predictedIndex: 1,
    loss: 1,
    labelRank,
    labelProbability: 0.1,
    top: [{ classIndex: 1, probability }],
  }
}

describe('the address of a selection of images', () => {
  it('is empty for all mistakes and says the rest', () => {
    expect(Object.values(mistakesQueryOf(allMistakes)).filter((value) => value !== undefined)).toEqual([])
    const query = { ...allMistakes, label: 0, predicted: 2, which: 'right', order: 'path' } as const
    expect(mistakesQueryOf(query)).toMatchObject({ label: 0, predicted: 2, which: 'right', order: 'path' })
  })

  it('reads what it wrote', () => {
    const query = {
      which: 'all',
      label: 3,
      predicted: null,
      group: 'label-in-top-5',
      order: 'confidence',
      range: { from: 0.25, to: 0.5 },
      text: 'petal & leaf',
    } as const
    const text = Object.fromEntries(
      Object.entries(mistakesQueryOf(query)).flatMap(([key, value]) =>
        value === undefined ? [] : [[key, String(value)]],
      ),
    )
    expect(parseMistakesQuery(text)).toEqual(query)
  })

  it('takes what cannot be read as absent', () => {
    expect(parseMistakesQuery({ which: 'x', label: '-1', predicted: '1e9', from: '2', to: 'a' })).toEqual(
      allMistakes,
    )
  })

  it('asks the core for classes only when they are given', () => {
    expect(coreFilter(allMistakes)).toEqual({ which: 'wrong' })
    expect(coreFilter({ ...allMistakes, label: 0 })).toEqual({ which: 'wrong', labelIndex: 0 })
  })
})

describe('what is shown of the answers', () => {
  const list = [prediction(1, 0.2, 2), prediction(2, 0.5, 7), prediction(3, 1, 3)]
  const shown = (part: Partial<typeof allMistakes>): number[] =>
    shownPredictions(list, { ...allMistakes, ...part }, ['Colts Foot', 'Iris']).map((one) => one.imageId)

  it('is one group of ranks', () => {
    expect(shown({})).toEqual([1, 2, 3])
    expect(shown({ group: 'label-in-top-5' })).toEqual([1, 3])
    expect(shown({ group: 'label-not-in-top-5' })).toEqual([2])
  })

  it('is one range of probabilities, the last with its end', () => {
    expect(shown({ range: { from: 0.2, to: 0.5 } })).toEqual([1])
    expect(shown({ range: { from: 0.5, to: 1 } })).toEqual([2, 3])
  })

  it('has the text in the label, in the prediction or in the path, in capital letters or not', () => {
    expect(shown({ text: 'colts' })).toEqual([1, 2, 3]) // the label
    expect(shown({ text: 'IRIS' })).toEqual([1, 2, 3]) // the prediction
    expect(shown({ text: 'A/2' })).toEqual([2])
    expect(shown({ text: 'daisy' })).toEqual([])
  })
})

describe('words for an image', () => {
  it('name the file and the rank', () => {
    expect(fileName('Colts Foot/image 1.jpg')).toBe('image 1.jpg')
    expect([1, 3, 6, 11, 21, 22, 23, 112].map(ordinal)).toEqual([
      'first',
      'third',
      '6th',
      '11th',
      '21st',
      '22nd',
      '23rd',
      '112th',
    ])
  })
})
