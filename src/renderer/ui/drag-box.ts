/** Which images a box that is dragged over justified rows takes in. Pure. */
import { lastNotAbove, rowBoxes, type JustifiedLayout, type JustifiedOptions } from './justified'
import type { Selection } from './selection'

/** In the coordinates of the layout, px. */
export interface DragBox {
  readonly leftPx: number
  readonly topPx: number
  readonly rightPx: number
  readonly bottomPx: number
}

export function boxBetween(
  one: readonly [x: number, y: number],
  other: readonly [x: number, y: number],
): DragBox {
  return {
    leftPx: Math.min(one[0], other[0]),
    topPx: Math.min(one[1], other[1]),
    rightPx: Math.max(one[0], other[0]),
    bottomPx: Math.max(one[1], other[1]),
  }
}

/** Those that it touches; their captions count. */
export function placesIn(
  layout: JustifiedLayout,
  aspects: ArrayLike<number>,
  options: JustifiedOptions,
  { leftPx, topPx, rightPx, bottomPx }: DragBox,
): Selection {
  const bounds: number[] = []
  for (let row = lastNotAbove(layout.rowTop, layout.rowCount, topPx); row < layout.rowCount; row++) {
    if ((layout.rowTop[row] ?? 0) > bottomPx) break
    const endPx = (layout.rowTop[row] ?? 0) + (layout.imageHeightPx[row] ?? 0) + options.captionPx
    if (endPx < topPx) continue
    for (const box of rowBoxes(layout, aspects, row, options)) {
      if (box.leftPx > rightPx || box.leftPx + box.widthPx < leftPx) continue
      if (bounds.at(-1) === box.index) bounds[bounds.length - 1] = box.index + 1
      else bounds.push(box.index, box.index + 1)
    }
  }
  return bounds
}
