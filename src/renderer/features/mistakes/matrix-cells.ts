/** Where the cells of the matrix lie, and how dark each is. Pure. */
import type { Confusion } from '../../../contract/entities/run'

export interface MatrixCell {
  readonly row: number
  readonly column: number
  readonly labelIndex: number
  readonly predictedIndex: number
  readonly count: number
  /** 0 on the diagonal (right answers are the ground, not the news), 1…5 for mistakes. */
  readonly level: number
}

/** Non-zero cells in reading order, placed by `order`. */
export function matrixCells(confusion: Confusion, order: readonly number[]): MatrixCell[] {
  const placeOf = new Map(order.map((classIndex, place) => [classIndex, place]))
  const wrong = confusion.cells.filter((cell) => cell.labelIndex !== cell.predictedIndex)
  const most = wrong.reduce((high, cell) => Math.max(high, cell.count), 1)
  return confusion.cells
    .filter((cell) => cell.count > 0)
    .map((cell) => ({
      row: placeOf.get(cell.labelIndex) ?? 0,
      column: placeOf.get(cell.predictedIndex) ?? 0,
      ...cell,
      level: cell.labelIndex === cell.predictedIndex ? 0 : levelOf(cell.count, most),
    }))
    .sort((a, b) => a.row - b.row || a.column - b.column)
}

export type Direction = 'up' | 'down' | 'left' | 'right'

/** The non-zero cell to which an arrow key leads: the nearest that way, straight on before aside. */
export function neighbour<Cell extends Pick<MatrixCell, 'row' | 'column'>>(
  cells: readonly Cell[],
  from: Cell,
  way: Direction,
): Cell {
  const sign = way === 'up' || way === 'left' ? -1 : 1
  const upright = way === 'up' || way === 'down'
  let found: Cell | null = null
  let least = Number.POSITIVE_INFINITY
  for (const cell of cells) {
    const along = (upright ? cell.row - from.row : cell.column - from.column) * sign
    const aside = Math.abs(upright ? cell.column - from.column : cell.row - from.row)
    if (along <= 0) continue
    // Going aside costs more than going far: an arrow follows its row or column where there is something in it.
    const cost = along + aside * 3
    if (cost < least) {
      least = cost
      found = cell
    }
  }
  return found ?? from
}

/** A square of each cell as one path, for one level of ink: a matrix of a thousand classes is six paths. */
export function levelPath(cells: readonly MatrixCell[], level: number, gap: number): string {
  const size = 1 - gap
  return cells
    .filter((cell) => cell.level === level)
    .map((cell) => `M${cell.column + gap / 2} ${cell.row + gap / 2}h${size}v${size}h${-size}z`)
    .join('')
}

function levelOf(count: number, most: number): number {
  if (most <= 5) return Math.max(1, Math.round((count / most) * 5))
  return 1 + Math.min(4, Math.floor((4 * Math.log(count)) / Math.log(most)))
}
