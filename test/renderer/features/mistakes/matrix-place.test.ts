import { describe, expect, it } from 'vitest'
import {
  keptMatrix,
  revealed,
  wholeMatrix,
  zoomedMatrix,
} from '../../../../src/renderer/features/mistakes/matrix-place'

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
