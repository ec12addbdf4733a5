import { describe, expect, it } from 'vitest'
import { confusionOfPairs, type Confusion } from '../../../../src/contract/entities/confusion'
import {
  cellAt,
  cellOf,
  cellOfPair,
  matrixCells,
  neighbour,
  valueText,
  type MatrixCell,
  type MatrixCells,
} from '../../../../src/renderer/features/mistakes/matrix-cells'

const confusion: Confusion = confusionOfPairs(
  ['elm', 'oak', 'pine'],
  [
    { labelIndex: 0, predictedIndex: 0, count: 6 },
    { labelIndex: 0, predictedIndex: 2, count: 2 },
    { labelIndex: 2, predictedIndex: 1, count: 8 },
  ],
)
const other: Confusion = confusionOfPairs(
  ['pine', 'elm', 'ash'],
  [
    { labelIndex: 0, predictedIndex: 1, count: 5 },
    { labelIndex: 1, predictedIndex: 0, count: 1 },
    { labelIndex: 1, predictedIndex: 1, count: 3 },
    { labelIndex: 2, predictedIndex: 2, count: 9 },
  ],
)

function listed(cells: MatrixCells): MatrixCell[] {
  return Array.from(cells.places, (_, index) => cellOf(cells, index)).filter((cell) => cell !== null)
}

describe('the cells of the matrix', () => {
  it('show counts, and shares of the images with the label', () => {
    const values = (unit: 'counts' | 'rates'): number[] => [
      ...matrixCells(confusion, [0, 1, 2], unit, null).values,
    ]
    expect(values('counts')).toEqual([6, 2, 8])
    expect(values('rates')).toEqual([0.75, 0.25, 1])
  })

  it('lie in the order of the classes; right ones are the ground, the greatest mistake is the darkest', () => {
    const cells = matrixCells(confusion, [2, 0, 1], 'counts', null)
    expect(listed(cells).map(({ row, column }, at) => [row, column, cells.weights[at]])).toEqual([
      [0, 2, 1],
      [1, 0, 0.5],
      [1, 1, 0],
    ])
  })

  it('show what is more and what is fewer than in another run, whose classes are told by name', () => {
    const cells = listed(matrixCells(confusion, [0, 1, 2], 'counts', other))
    // Ash is no class here, and has no cell.
    expect(cells.map(({ labelIndex, predictedIndex, value }) => [labelIndex, predictedIndex, value])).toEqual(
      [
        [0, 0, 3],
        [0, 2, 1],
        [2, 0, -5],
        [2, 1, 8],
      ],
    )
    expect(cells.find(({ value }) => value === -5)?.count).toBe(0)
    // Elm is right as often in both: there is nothing to show.
    expect([...matrixCells(confusion, [0, 1, 2], 'rates', other).values]).toEqual([-1, 1])
  })

  it('are found by their place and by their classes', () => {
    const cells = matrixCells(confusion, [2, 0, 1], 'counts', null)
    expect(cellAt(cells, 0, 2)).toMatchObject({ labelIndex: 2, predictedIndex: 1, count: 8 })
    expect(cellOfPair(cells, 0, 2)).toMatchObject({ row: 1, column: 0, count: 2 })
    expect([
      cellAt(cells, 2, 2),
      cellAt(cells, 0, 3),
      cellAt(cells, -1, 5),
      cellOfPair(cells, null, 1),
    ]).toEqual([null, null, null, null])
  })

  it('are reached by arrows, and an arrow into the void stays', () => {
    const cells = matrixCells(confusion, [0, 1, 2], 'counts', null)
    const first = cellOf(cells, 0)
    if (first === null) throw new Error('no cell')
    expect(neighbour(cells, first, 'right')).toMatchObject({ row: 0, column: 2 })
    expect(neighbour(cells, first, 'down')).toMatchObject({ row: 2, column: 1 })
    expect(neighbour(cells, first, 'up')).toBe(first)
  })

  it('are said with their unit', () => {
    expect(
      [1234, 0.5, 0.034].map((value, at) => valueText(value, at === 0 ? 'counts' : 'rates', false)),
    ).toEqual(['1,234', '50 %', '3.4 %'])
    expect([valueText(-3, 'counts', true), valueText(0.2, 'rates', true)]).toEqual(['−3', '+20 %'])
  })
})
