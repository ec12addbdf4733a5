/** What the cells of the large matrix show: counts, rates, or the difference to another run. Pure. */
import type { Confusion } from '../../../contract/entities/run'
import { formatCount, formatPercent } from '../../format'

export type MatrixUnit = 'counts' | 'rates'

export interface ValuedCell {
  readonly row: number
  readonly column: number
  readonly labelIndex: number
  readonly predictedIndex: number
  /** Images of this matrix. */
  readonly count: number
  /** Images, or the share of the label's; with another run, how much more it is here than there. */
  readonly value: number
  /** In [-1, 1]: how dark it is; 0 on the diagonal of a matrix alone, whose right answers are the ground. */
  readonly weight: number
}

/** Cells that have a value, placed by `order` (class indices), row by row. `other`: classes are told by their names. */
export function valuedCells(
  confusion: Confusion,
  order: readonly number[],
  unit: MatrixUnit,
  other: Confusion | null,
): ValuedCell[] {
  const placeOf = new Map(order.map((classIndex, place) => [classIndex, place]))
  const size = confusion.classNames.length
  const values = new Map<number, { count: number; value: number }>()
  const totals = rowTotals(confusion)
  for (const { labelIndex, predictedIndex, count } of confusion.cells) {
    const value = unit === 'counts' ? count : count / (totals.get(labelIndex) ?? 1)
    values.set(labelIndex * size + predictedIndex, { count, value })
  }
  if (other !== null) {
    const indexOf = new Map(confusion.classNames.map((name, index) => [name, index]))
    const otherTotals = rowTotals(other)
    for (const { labelIndex, predictedIndex, count } of other.cells) {
      const label = indexOf.get(other.classNames[labelIndex] ?? '')
      const predicted = indexOf.get(other.classNames[predictedIndex] ?? '')
      if (label === undefined || predicted === undefined) continue
      const value = unit === 'counts' ? count : count / (otherTotals.get(labelIndex) ?? 1)
      const known = values.get(label * size + predicted) ?? { count: 0, value: 0 }
      values.set(label * size + predicted, { count: known.count, value: known.value - value })
    }
  }
  let most = 0
  const cells: Omit<ValuedCell, 'weight'>[] = []
  const place = Int32Array.from({ length: size }, (_, index) => placeOf.get(index) ?? 0)
  for (const [pair, { count, value }] of values) {
    if (Math.abs(value) < 1e-12) continue
    const [labelIndex, predictedIndex] = [Math.floor(pair / size), pair % size]
    if (labelIndex !== predictedIndex) most = Math.max(most, Math.abs(value))
    const [row, column] = [place[labelIndex] ?? 0, place[predictedIndex] ?? 0]
    cells.push({ row, column, labelIndex, predictedIndex, count, value })
  }
  return cells
    .map((cell) => {
      const isGround = other === null && cell.labelIndex === cell.predictedIndex
      return { ...cell, weight: isGround ? 0 : weightOf(cell.value, most) }
    })
    .sort((a, b) => (a.row - b.row) * size + a.column - b.column)
}

/** Few images must be seen beside many: the root of the share of the greatest. */
function weightOf(value: number, most: number): number {
  return most === 0 ? 0 : Math.sign(value) * Math.sqrt(Math.min(1, Math.abs(value) / most))
}

/** '12', '8 %', '+3', '−4 %' */
export function valueText(value: number, unit: MatrixUnit, isDifference: boolean): string {
  const size = Math.abs(value)
  const text = unit === 'counts' ? formatCount(size) : formatPercent(size, size < 0.1 ? 1 : 0)
  return isDifference ? `${value < 0 ? '−' : '+'}${text}` : text
}

function rowTotals({ cells }: Confusion): Map<number, number> {
  const totals = new Map<number, number>()
  for (const { labelIndex, count } of cells) totals.set(labelIndex, (totals.get(labelIndex) ?? 0) + count)
  return totals
}

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
  { row, column }: Pick<ValuedCell, 'row' | 'column'>,
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
