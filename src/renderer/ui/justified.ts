/** Justified rows: images keep their aspect, every row but the last fills the width. Pure; computed once per width. */
export interface JustifiedLayout {
  readonly rowCount: number
  /** [rowCount + 1] index of the first image of each row; the last entry is the number of images. */
  readonly rowStart: Uint32Array
  /** [rowCount + 1] top edge of each row, px; the last entry is the height of all. */
  readonly rowTop: Float64Array
  /** [rowCount] height of the images alone, px. */
  readonly imageHeightPx: Float32Array
}

export interface JustifiedOptions {
  readonly widthPx: number
  /** The height to come near to. */
  readonly rowHeightPx: number
  readonly gapPx: number
  /** Added to each row, above and below the images together. */
  readonly captionPx: number
  /** A very tall image still gets this width, so that a caption has room. */
  readonly minWidthPx: number
  /** A list: each image has a row of its own, of this height and all of the width. */
  readonly oneARow?: boolean
}

// A panorama or a one-pixel strip must not take a row of its own height away from its neighbours.
const leastAspect = 0.2
const mostAspect = 6

/** The aspect used for layout, width ÷ height. */
export function layoutAspect(aspect: number | undefined): number {
  if (aspect === undefined || !Number.isFinite(aspect) || aspect <= 0) return 1
  return Math.min(mostAspect, Math.max(leastAspect, aspect))
}

export function justifiedRows(aspects: ArrayLike<number>, options: JustifiedOptions): JustifiedLayout {
  const { widthPx, rowHeightPx, gapPx, captionPx, minWidthPx } = options
  const count = aspects.length
  if (options.oneARow === true) return listRows(count, options)
  const starts = new Uint32Array(count + 1)
  const tops = new Float64Array(count + 1)
  const heights = new Float32Array(count)
  const least = minWidthPx / rowHeightPx
  let row = 0
  let first = 0
  let top = 0
  while (first < count) {
    let sum = 0
    let end = first
    let heightPx = rowHeightPx
    let full = false
    while (end < count) {
      const before = end === first ? Infinity : fitHeight(sum, end - first, widthPx, gapPx)
      sum += Math.max(least, layoutAspect(aspects[end]))
      end++
      const now = fitHeight(sum, end - first, widthPx, gapPx)
      if (now > rowHeightPx) continue
      full = true
      // Whichever is nearer to the wanted height: with this image or without it.
      if (end - first > 1 && before / rowHeightPx < rowHeightPx / now) {
        end--
        heightPx = before
      } else heightPx = now
      break
    }
    if (!full) heightPx = Math.min(rowHeightPx, fitHeight(sum, end - first, widthPx, gapPx))
    starts[row] = first
    tops[row] = top
    heights[row] = heightPx
    top += heightPx + captionPx + gapPx
    first = end
    row++
  }
  starts[row] = count
  tops[row] = Math.max(0, top - gapPx)
  return {
    rowCount: row,
    rowStart: starts.slice(0, row + 1),
    rowTop: tops.slice(0, row + 1),
    imageHeightPx: heights.slice(0, row),
  }
}

function listRows(count: number, { rowHeightPx, gapPx, captionPx }: JustifiedOptions): JustifiedLayout {
  const rowStart = new Uint32Array(count + 1)
  const rowTop = new Float64Array(count + 1)
  const stepPx = rowHeightPx + captionPx + gapPx
  for (let row = 0; row <= count; row++) {
    rowStart[row] = row
    rowTop[row] = row * stepPx
  }
  if (count > 0) rowTop[count] = count * stepPx - gapPx
  return { rowCount: count, rowStart, rowTop, imageHeightPx: new Float32Array(count).fill(rowHeightPx) }
}

/** The last entry of `sorted[0 … count)` that is not above `value`; 0 where all are. */
export function lastNotAbove(sorted: Uint32Array | Float64Array, count: number, value: number): number {
  let low = 0
  let high = count - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((sorted[middle] ?? 0) <= value) low = middle
    else high = middle - 1
  }
  return low
}

/** The row that holds an image. */
export function rowOf(layout: JustifiedLayout, index: number): number {
  return lastNotAbove(layout.rowStart, layout.rowCount, index)
}

/** A place in the list that outlasts another layout: an image, and the share of its row that is above the place. */
export interface Edge {
  readonly index: number
  /** From 0 to below 1. */
  readonly share: number
}

export function edgeAt({ rowTop, rowStart, rowCount }: JustifiedLayout, px: number): Edge {
  const row = lastNotAbove(rowTop, rowCount, px)
  const heightPx = (rowTop[row + 1] ?? 0) - (rowTop[row] ?? 0)
  const share = heightPx > 0 ? (px - (rowTop[row] ?? 0)) / heightPx : 0
  return { index: rowStart[row] ?? 0, share: Math.min(0.999, Math.max(0, share)) }
}

/** The other way, in any layout of the same images. */
export function edgePx(layout: JustifiedLayout, { index, share }: Edge): number {
  const row = rowOf(layout, index)
  const topPx = layout.rowTop[row] ?? 0
  return topPx + share * ((layout.rowTop[row + 1] ?? topPx) - topPx)
}

/** Left edges and widths of one row's images, px. */
export function rowBoxes(
  layout: JustifiedLayout,
  aspects: ArrayLike<number>,
  row: number,
  options: JustifiedOptions,
): { index: number; leftPx: number; widthPx: number }[] {
  const heightPx = layout.imageHeightPx[row] ?? options.rowHeightPx
  const least = options.minWidthPx / options.rowHeightPx
  const boxes: { index: number; leftPx: number; widthPx: number }[] = []
  let leftPx = 0
  for (let index = layout.rowStart[row] ?? 0; index < (layout.rowStart[row + 1] ?? 0); index++) {
    const widthPx =
      options.oneARow === true ? options.widthPx : Math.max(least, layoutAspect(aspects[index])) * heightPx
    boxes.push({ index, leftPx, widthPx })
    leftPx += widthPx + options.gapPx
  }
  return boxes
}

export interface Cell {
  readonly index: number
  readonly leftPx: number
  readonly topPx: number
  readonly widthPx: number
  /** Of the image alone. */
  readonly heightPx: number
}

/** The images of the rows from `first` to `last`. */
export function cellsOfRows(
  layout: JustifiedLayout,
  aspects: ArrayLike<number>,
  options: JustifiedOptions,
  first: number,
  last: number,
): Cell[] {
  const cells: Cell[] = []
  for (let row = first; row <= last && row < layout.rowCount; row++) {
    const topPx = layout.rowTop[row] ?? 0
    const heightPx = layout.imageHeightPx[row] ?? options.rowHeightPx
    for (const box of rowBoxes(layout, aspects, row, options)) cells.push({ ...box, topPx, heightPx })
  }
  return cells
}

/** The image that a key leads to from `at`; null: it is none of these keys. A page is of `pageRows` rows. */
export function targetOfKey(
  key: string,
  at: number,
  layout: JustifiedLayout,
  aspects: ArrayLike<number>,
  options: JustifiedOptions,
  pageRows: number,
): number | null {
  const last = aspects.length - 1
  if (key === 'ArrowRight') return Math.min(last, at + 1)
  if (key === 'ArrowLeft') return Math.max(0, at - 1)
  if (key === 'ArrowDown') return neighbour(layout, aspects, at, 1, options)
  if (key === 'ArrowUp') return neighbour(layout, aspects, at, -1, options)
  if (key === 'Home') return 0
  if (key === 'End') return last
  if (key !== 'PageDown' && key !== 'PageUp') return null
  const step = key === 'PageDown' ? 1 : -1
  let index = at
  for (let turn = 0; turn < pageRows; turn++) index = neighbour(layout, aspects, index, step, options)
  return index
}

/** The image in the row above (−1) or below (+1) whose middle is nearest; the same one at the edge. */
export function neighbour(
  layout: JustifiedLayout,
  aspects: ArrayLike<number>,
  index: number,
  step: -1 | 1,
  options: JustifiedOptions,
): number {
  const row = rowOf(layout, index)
  const target = row + step
  if (target < 0 || target >= layout.rowCount) return index
  const own = rowBoxes(layout, aspects, row, options).find((box) => box.index === index)
  const middlePx = own ? own.leftPx + own.widthPx / 2 : 0
  let best = layout.rowStart[target] ?? index
  let bestPx = Infinity
  for (const box of rowBoxes(layout, aspects, target, options)) {
    const px = Math.abs(box.leftPx + box.widthPx / 2 - middlePx)
    if (px < bestPx) {
      bestPx = px
      best = box.index
    }
  }
  return best
}

function fitHeight(aspectSum: number, images: number, widthPx: number, gapPx: number): number {
  return Math.max(1, widthPx - gapPx * (images - 1)) / aspectSum
}
