import { describe, expect, it } from 'vitest'
import { boxBetween, placesIn } from '../../../src/renderer/ui/drag-box'
import { justifiedRows, rowBoxes, type JustifiedOptions } from '../../../src/renderer/ui/justified'
import { chosenOf } from '../../../src/renderer/ui/selection'

const options: JustifiedOptions = { widthPx: 500, rowHeightPx: 100, gapPx: 4, captionPx: 20, minWidthPx: 24 }
const aspects = Array.from({ length: 60 }, (_, index) => [0.7, 1.5, 1, 2.2][index % 4] ?? 1)
const layout = justifiedRows(aspects, options)
const all = aspects.map((_, index) => index)
const inBox = (left: number, top: number, right: number, bottom: number): number[] =>
  chosenOf(placesIn(layout, aspects, options, boxBetween([right, top], [left, bottom])), all)

describe('a box over the images', () => {
  it('takes in those that it touches, from whichever corner it was drawn', () => {
    const wanted: number[] = []
    const [left, top, right, bottom] = [120, 130, 330, 420]
    for (let row = 0; row < layout.rowCount; row++) {
      const upper = layout.rowTop[row] ?? 0
      const lower = upper + (layout.imageHeightPx[row] ?? 0) + options.captionPx
      for (const { index, leftPx, widthPx } of rowBoxes(layout, aspects, row, options))
        if (upper <= bottom && lower >= top && leftPx <= right && leftPx + widthPx >= left) wanted.push(index)
    }
    expect(wanted.length).toBeGreaterThan(4)
    expect(inBox(left, top, right, bottom)).toEqual(wanted)
  })

  it('takes in nothing between two rows or beside the last image', () => {
    const between = (layout.rowTop[1] ?? 0) - 2
    expect(inBox(0, between, 500, between + 1)).toEqual([])
    expect(inBox(0, 1e6, 500, 1e6 + 10)).toEqual([])
    expect(placesIn(justifiedRows([], options), [], options, boxBetween([0, 0], [9, 9]))).toEqual([])
  })

  it('holds whole rows as one range', () => {
    expect(placesIn(layout, aspects, options, boxBetween([0, 0], [500, 1e6]))).toEqual([0, 60])
  })
})
