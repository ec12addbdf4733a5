import fc from '../../../support/properties'
import { describe, expect, it } from 'vitest'
import { confusionOfPairs, type Confusion } from '../../../../src/contract/entities/confusion'
import { classWords, wrongByClass } from '../../../../src/renderer/features/mistakes/confusion-facts'
import { matrixOrder } from '../../../../src/renderer/features/mistakes/confusion-order'

function confusion(classCount: number, cells: readonly [number, number, number][]): Confusion {
  return confusionOfPairs(
    Array.from({ length: classCount }, (_, index) => `class ${index}`),
    cells.map(([labelIndex, predictedIndex, count]) => ({ labelIndex, predictedIndex, count })),
  )
}

describe('the order of the matrix', () => {
  it('puts classes that are confused side by side, the worst first', () => {
    const order = matrixOrder(
      confusion(6, [
        [0, 5, 1],
        [5, 0, 1],
        [2, 4, 9],
        [4, 2, 3],
        [1, 1, 50],
      ]),
      'cluster',
    )
    expect(order.slice(0, 2).sort()).toEqual([2, 4])
    expect(order.slice(2, 4).sort()).toEqual([0, 5])
    expect(order.slice(4)).toEqual([1, 3])
  })

  it('chains three classes through the one in the middle', () => {
    const order = matrixOrder(
      confusion(3, [
        [0, 2, 5],
        [1, 2, 4],
      ]),
      'cluster',
    )
    expect(order[1]).toBe(2)
  })

  it('keeps the names in order when asked', () => {
    expect(matrixOrder(confusion(3, [[0, 2, 5]]), 'name')).toEqual([0, 1, 2])
  })

  it('has each class once, whatever is confused', () => {
    const cell = fc.tuple(fc.nat(9), fc.nat(9), fc.integer({ min: 1, max: 20 }))
    fc.assert(
      fc.property(fc.array(cell, { maxLength: 60 }), (cells) => {
        const order = matrixOrder(confusion(10, cells), 'cluster')
        expect([...order].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
      }),
    )
  })
})

describe('the lists beside the matrix', () => {
  const seen = confusion(3, [
    [0, 0, 8],
    [0, 1, 2],
    [1, 0, 5],
    [1, 1, 5],
  ])

  it('has the class with the greatest share of wrong images first and one without images last', () => {
    expect(wrongByClass(seen).map(({ index, wrongShare }) => [index, wrongShare])).toEqual([
      [1, 0.5],
      [0, 0.2],
      [2, null],
    ])
  })

  it('says of a class that is entirely wrong that all of it is wrong', () => {
    const [worst] = wrongByClass(confusion(2, [[1, 0, 8]]))
    expect(worst && classWords({ ...worst, name: 'Iris' })).toEqual({
      share: '100 %',
      said: '8 of 8 images of Iris are wrong',
    })
  })
})
