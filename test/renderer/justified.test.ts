import fc from '../support/properties'
import { describe, expect, it } from 'vitest'
import {
  justifiedRows,
  layoutAspect,
  neighbour,
  rowBoxes,
  rowOf,
  type JustifiedOptions,
} from '../../src/renderer/ui/justified'

const options: JustifiedOptions = { widthPx: 800, rowHeightPx: 112, gapPx: 4, captionPx: 0, minWidthPx: 24 }
const photos = fc.array(fc.double({ min: 0.3, max: 3, noNaN: true }), { minLength: 1, maxLength: 200 })

describe('justified rows', () => {
  it('hold every image once, in order', () => {
    fc.assert(
      fc.property(photos, (aspects) => {
        const layout = justifiedRows(aspects, options)
        const shown = Array.from({ length: layout.rowCount }, (_, row) =>
          rowBoxes(layout, aspects, row, options).map(({ index }) => index),
        ).flat()
        expect(shown).toEqual(aspects.map((_, index) => index))
      }),
    )
  })

  it('fill the width, but for the last row, which never exceeds it', () => {
    fc.assert(
      fc.property(photos, (aspects) => {
        const layout = justifiedRows(aspects, options)
        for (let row = 0; row < layout.rowCount; row++) {
          const last = rowBoxes(layout, aspects, row, options).at(-1)
          const rightPx = (last?.leftPx ?? 0) + (last?.widthPx ?? 0)
          expect(rightPx).toBeLessThan(options.widthPx + 0.5)
          if (row < layout.rowCount - 1) expect(rightPx).toBeGreaterThan(options.widthPx - 0.5)
        }
      }),
    )
  })

  it('keep the aspect of each image', () => {
    const aspects = [1.5, 0.66, 1, 2.2, 0.8, 1.33, 0.75, 1.1, 1.9]
    const layout = justifiedRows(aspects, options)
    for (let row = 0; row < layout.rowCount; row++) {
      for (const { index, widthPx } of rowBoxes(layout, aspects, row, options)) {
        expect(widthPx / (layout.imageHeightPx[row] ?? 1)).toBeCloseTo(aspects[index] ?? 0, 3)
      }
    }
  })

  it('stay near the wanted height', () => {
    const aspects = Array.from({ length: 300 }, (_, index) => 0.7 + ((index * 37) % 90) / 100)
    const layout = justifiedRows(aspects, options)
    expect(Math.min(...layout.imageHeightPx)).toBeGreaterThan(85)
    expect(Math.max(...layout.imageHeightPx)).toBeLessThan(145)
  })

  it('put captions and gaps between rows', () => {
    const aspects = Array.from({ length: 40 }, () => 1)
    const layout = justifiedRows(aspects, { ...options, captionPx: 36 })
    const height = layout.imageHeightPx[0] ?? 0
    expect(layout.rowTop[1]).toBeCloseTo(height + 36 + options.gapPx, 3)
  })

  it('survive panoramas, strips and images of unknown size', () => {
    expect(layoutAspect(40)).toBe(6)
    expect(layoutAspect(0.001)).toBe(0.2)
    expect(layoutAspect(Number.NaN)).toBe(1)
    expect(layoutAspect(undefined)).toBe(1)
    expect(justifiedRows([40, 0.001, 0, Number.NaN], options).rowStart.at(-1)).toBe(4)
  })

  it('are none for no images', () => {
    const layout = justifiedRows([], options)
    expect(layout.rowCount).toBe(0)
    expect(layout.rowTop[0]).toBe(0)
  })

  it('find the row of an image', () => {
    const aspects = Array.from({ length: 1000 }, (_, index) => 0.5 + (index % 7) / 4)
    const layout = justifiedRows(aspects, options)
    for (const index of [0, 1, 499, 998, 999]) {
      const row = rowOf(layout, index)
      expect(layout.rowStart[row]).toBeLessThanOrEqual(index)
      expect(layout.rowStart[row + 1]).toBeGreaterThan(index)
    }
  })

  it('move up and down to the nearest image, and stay at the edges', () => {
    const aspects = Array.from({ length: 21 }, () => 1) // seven in a row
    const layout = justifiedRows(aspects, options)
    const perRow = layout.rowStart[1] ?? 0
    expect(neighbour(layout, aspects, 2, 1, options)).toBe(2 + perRow)
    expect(neighbour(layout, aspects, 2 + perRow, -1, options)).toBe(2)
    expect(neighbour(layout, aspects, 2, -1, options)).toBe(2)
    expect(neighbour(layout, aspects, 20, 1, options)).toBe(20)
  })

  it('lay out a million images', () => {
    const aspects = Array.from({ length: 1_000_000 }, (_, index) => 0.6 + (index % 11) / 10)
    const layout = justifiedRows(aspects, options)
    expect(layout.rowStart[layout.rowCount]).toBe(1_000_000)
    expect(rowOf(layout, 999_999)).toBe(layout.rowCount - 1)
  })
})
