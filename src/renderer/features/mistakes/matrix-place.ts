/** Which part of the large matrix is in view, and how large its cells are. Pure. */
import type { MatrixCell } from './matrix-cells'

/** What part of the matrix is drawn: the side of a cell, and where the first one lies, px. */
export interface MatrixPlace {
  readonly cellPx: number
  readonly leftPx: number
  readonly topPx: number
}

const largestCellPx = 72

/** The whole matrix of `size` classes in a square of `sidePx`. */
export function wholeMatrix(size: number, sidePx: number): MatrixPlace {
  return { cellPx: Math.min(largestCellPx, sidePx / Math.max(1, size)), leftPx: 0, topPx: 0 }
}

/** Larger or smaller around a point, never smaller than the whole, and never away from the square. */
export function zoomedMatrix(
  place: MatrixPlace,
  factor: number,
  [xPx, yPx]: readonly [number, number],
  size: number,
  sidePx: number,
): MatrixPlace {
  const whole = wholeMatrix(size, sidePx)
  const cellPx = Math.max(whole.cellPx, Math.min(largestCellPx, place.cellPx * factor))
  const grown = cellPx / place.cellPx
  return keptMatrix(
    { cellPx, leftPx: xPx - (xPx - place.leftPx) * grown, topPx: yPx - (yPx - place.topPx) * grown },
    size,
    sidePx,
  )
}

export function keptMatrix(place: MatrixPlace, size: number, sidePx: number): MatrixPlace {
  const least = Math.min(0, sidePx - place.cellPx * size)
  const keep = (at: number): number => Math.max(least, Math.min(0, at))
  return { ...place, leftPx: keep(place.leftPx), topPx: keep(place.topPx) }
}

/** Moved so that a cell is in view. */
export function revealed(
  place: MatrixPlace,
  { row, column }: Pick<MatrixCell, 'row' | 'column'>,
  size: number,
  sidePx: number,
): MatrixPlace {
  const shift = (at: number, index: number): number => {
    const from = at + index * place.cellPx
    if (from < 0) return at - from
    const beyond = from + place.cellPx - sidePx
    return beyond > 0 ? at - beyond : at
  }
  return keptMatrix(
    { ...place, leftPx: shift(place.leftPx, column), topPx: shift(place.topPx, row) },
    size,
    sidePx,
  )
}
