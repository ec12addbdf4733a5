import { describe, expect, it } from 'vitest'
import type { Confusion } from '../../../../src/contract/entities/run'
import {
  keptMatrix,
  revealed,
  valuedCells,
  valueText,
  wholeMatrix,
  zoomedMatrix,
} from '../../../../src/renderer/features/mistakes/matrix-values'

const confusion: Confusion = {
  classNames: ['elm', 'oak', 'pine'],
  cells: [
    { labelIndex: 0, predictedIndex: 0, count: 6 },
    { labelIndex: 0, predictedIndex: 2, count: 2 },
    { labelIndex: 2, predictedIndex: 1, count: 8 },
  ],
}
const other: Confusion = {
  classNames: ['pine', 'elm'],
  cells: [
    { labelIndex: 1, predictedIndex: 1, count: 3 },
    { labelIndex: 1, predictedIndex: 0, count: 1 },
    { labelIndex: 0, predictedIndex: 1, count: 5 },
  ],
}

describe('the cells of the matrix', () => {
  it('show counts, and shares of the images with the label', () => {
    const values = (unit: 'counts' | 'rates'): number[] =>
      valuedCells(confusion, [0, 1, 2], unit, null).map(({ value }) => value)
    expect(values('counts')).toEqual([6, 2, 8])
    expect(values('rates')).toEqual([0.75, 0.25, 1])
  })

  it('lie in the order of the classes; right ones are the ground, the greatest mistake is the darkest', () => {
    const cells = valuedCells(confusion, [2, 0, 1], 'counts', null)
    expect(cells.map(({ row, column, weight }) => [row, column, weight])).toEqual([
      [0, 2, 1],
      [1, 0, 0.5],
      [1, 1, 0],
    ])
  })

  it('show what is more and what is fewer than in another run, whose classes are told by name', () => {
    const cells = valuedCells(confusion, [0, 1, 2], 'counts', other)
    expect(cells.map(({ labelIndex, predictedIndex, value }) => [labelIndex, predictedIndex, value])).toEqual(
      [
        [0, 0, 3],
        [0, 2, 1],
        [2, 0, -5],
        [2, 1, 8],
      ],
    )
    expect(cells.find(({ value }) => value === -5)?.count).toBe(0)
    const rates = valuedCells(confusion, [0, 1, 2], 'rates', other)
    // Elm is right as often in both: there is nothing to show.
    expect(rates.map(({ value }) => value)).toEqual([-1, 1])
  })

  it('are said with their unit', () => {
    expect(
      [1234, 0.5, 0.034].map((value, at) => valueText(value, at === 0 ? 'counts' : 'rates', false)),
    ).toEqual(['1,234', '50 %', '3.4 %'])
    expect([valueText(-3, 'counts', true), valueText(0.2, 'rates', true)]).toEqual(['−3', '+20 %'])
  })
})

describe('the part of the matrix that is in view', () => {
  const whole = wholeMatrix(100, 500)

  it('is all of it, and no less after zooming out', () => {
    expect(whole).toEqual({ cellPx: 5, leftPx: 0, topPx: 0 })
    expect(zoomedMatrix(whole, 0.5, [250, 250], 100, 500)).toEqual(whole)
  })

  it('keeps what is under the pointer where it is', () => {
    const near = zoomedMatrix(whole, 4, [100, 300], 100, 500)
    expect((100 - near.leftPx) / near.cellPx).toBeCloseTo(20)
    expect((300 - near.topPx) / near.cellPx).toBeCloseTo(60)
    expect(keptMatrix({ ...near, leftPx: 50, topPx: -9999 }, 100, 500)).toEqual({
      ...{ cellPx: 20, leftPx: 0, topPx: -1500 },
    })
  })

  it('moves so far that a cell is in it', () => {
    const near = { cellPx: 20, leftPx: -400, topPx: -400 }
    expect(revealed(near, { row: 10, column: 60 }, 100, 500)).toEqual({
      ...{ cellPx: 20, leftPx: -720, topPx: -200 },
    })
    expect(revealed(near, { row: 30, column: 30 }, 100, 500)).toEqual(near)
  })
})
