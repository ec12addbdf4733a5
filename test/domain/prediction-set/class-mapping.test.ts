import { describe, expect, it } from 'vitest'
import { mappedLogits, mappingByName, sourcesOf } from '../../../src/domain/prediction-set/class-mapping'
import { softmax } from '../../../src/domain/prediction-set/prediction-of'

const model = ['elm', 'red_oak', 'Scots Pine', 'white oak']
const dataset = ['Elm', 'oak', 'scots-pine', 'yew']

describe('a mapping of classes', () => {
  it('is by name, whatever the capitals and the signs between words', () => {
    expect(mappingByName(model, dataset)).toEqual([
      ['elm', 'Elm'],
      ['red_oak', null],
      ['Scots Pine', 'scots-pine'],
      ['white oak', null],
    ])
    expect(mappingByName(['a b', 'ab'], ['ab', 'a b'])).toEqual([
      ['a b', 'a b'],
      ['ab', 'ab'],
    ])
  })

  it('says which classes of the model a class of the dataset has, and which it has none of', () => {
    const mapping = [
      ['elm', 'Elm'],
      ['red_oak', 'oak'],
      ['white oak', 'oak'],
    ] as const
    expect(sourcesOf(mapping, model, dataset)).toEqual([[0], [1, 3], [], []])
  })

  it('adds the probabilities of classes that are one, and gives none to those that the model does not have', () => {
    const logits = Float32Array.from([1, 2, 0.5, 1.5])
    const mapped = mappedLogits(logits, [[0], [1, 3], [2], []], 'softmax')
    const { probabilities } = softmax(mapped, 0)
    const own = softmax(logits, 0).probabilities
    expect(probabilities(1)).toBeCloseTo(own(1) + own(3), 6)
    expect(probabilities(0)).toBeCloseTo(own(0), 6)
    expect(probabilities(3)).toBe(0)
    expect([...mappedLogits(logits, [[0], [1, 3]], 'sigmoid')]).toEqual([1, 2])
  })
})
