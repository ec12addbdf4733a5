/** Where the images of a wall lie: rows of one height each, filled to the width; the last as it comes. Pure. */

export interface WallBox {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export interface WallLayout {
  readonly widthPx: number
  readonly heightPx: number
  readonly boxes: readonly WallBox[]
}

/** Above and below each image is a word. */
const captionPx = 16
const gapPx = 8
export const marginPx = 24
/** Extreme images are cut, so that one does not fill a row. */
const leastAspect = 0.5
const mostAspect = 2.2

/** About as wide as high, however many there are. `topPx` stays free at the top. */
export function wallLayout(aspects: readonly number[], topPx: number): WallLayout {
  const rowPx = aspects.length > 1000 ? 88 : aspects.length > 200 ? 120 : 160
  const clipped = aspects.map((aspect) => Math.min(mostAspect, Math.max(leastAspect, aspect)))
  const area = clipped.reduce(
    (sum, aspect) => sum + (aspect * rowPx + gapPx) * (rowPx + 2 * captionPx + gapPx),
    0,
  )
  const innerPx = Math.max(912, Math.round(Math.sqrt(area * 1.3)))
  const boxes: WallBox[] = []
  let y = topPx
  for (let first = 0; first < clipped.length;) {
    let end = first
    let widths = 0
    // As many as fit at the usual height, at least one.
    while (end < clipped.length) {
      const width = (clipped[end] ?? 1) * rowPx
      if (end > first && widths + width + (end - first) * gapPx > innerPx) break
      widths += width
      end++
    }
    const isLast = end >= clipped.length
    const stretch = isLast ? 1 : (innerPx - (end - first - 1) * gapPx) / widths
    const height = Math.round(rowPx * Math.min(1.5, stretch))
    let x = marginPx
    for (; first < end; first++) {
      const width = Math.round((clipped[first] ?? 1) * height)
      boxes.push({ x, y: y + captionPx, width, height })
      x += width + gapPx
    }
    y += height + 2 * captionPx + gapPx
  }
  return { widthPx: innerPx + 2 * marginPx, heightPx: y + marginPx, boxes }
}
