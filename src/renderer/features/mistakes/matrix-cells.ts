/** The cells of the matrix: where they lie, and what they show: counts, rates, or the difference to another run. Pure. */
import type { Confusion } from '../../../contract/entities/confusion'
import { ascending, byDigits } from '../../../domain/by-digits'
import { formatCount, formatPercent } from '../../format'

export type MatrixUnit = 'counts' | 'rates'

/** Columns of those that have a value, row by row: a thousand classes can have hundreds of thousands. */
export interface MatrixCells {
  /** Class index of each row and column. */
  readonly order: readonly number[]
  /** row × size + column, ascending; below 2^32. */
  readonly places: Uint32Array
  /** Images of this matrix. */
  readonly counts: Uint32Array
  /** Images, or the share of the label's; with another run, how much more it is here than there. */
  readonly values: Float64Array
  /** In [-1, 1]: how dark it is; 0 on the diagonal of a matrix alone, whose right answers are the ground. */
  readonly weights: Float32Array
}

export interface MatrixCell {
  readonly row: number
  readonly column: number
  readonly labelIndex: number
  readonly predictedIndex: number
  readonly count: number
  readonly value: number
}

/** Placed by `order`. `other`: classes are told by their names. */
export function matrixCells(
  confusion: Confusion,
  order: readonly number[],
  unit: MatrixUnit,
  other: Confusion | null,
): MatrixCells {
  const { places, counts, values } = summed(confusion, order, unit, other)
  const size = order.length
  const isRight = (cell: number): boolean => (places[cell] ?? 0) % (size + 1) === 0
  let most = 0
  for (let cell = 0; cell < values.length; cell++)
    if (!isRight(cell)) most = Math.max(most, Math.abs(values[cell] ?? 0))
  const weights = new Float32Array(values.length)
  for (let cell = 0; cell < values.length; cell++)
    weights[cell] = other === null && isRight(cell) ? 0 : weightOf(values[cell] ?? 0, most)
  return { order, places, counts, values, weights }
}

/** What both runs have, in the order of the places; those that come to nothing are left out. */
function summed(
  confusion: Confusion,
  order: readonly number[],
  unit: MatrixUnit,
  other: Confusion | null,
): Pick<MatrixCells, 'places' | 'counts' | 'values'> {
  const own = new Uint32Array(order.length)
  order.forEach((classIndex, place) => (own[classIndex] = place))
  const ownCount = confusion.counts.length
  const length = ownCount + (other?.counts.length ?? 0)
  const placed = { places: new Uint32Array(length), amounts: new Float64Array(length) }
  place(placed, 0, confusion, own, order.length, unit)
  if (other !== null) {
    const placeOf = new Map(confusion.classNames.map((name, index) => [name, own[index] ?? noPlace]))
    const theirs = Uint32Array.from(other.classNames, (name) => placeOf.get(name) ?? noPlace)
    place(placed, ownCount, other, theirs, order.length, unit)
  }
  const sorted = byDigits(ascending(length), placed.places)
  const [places, counts] = [new Uint32Array(length), new Uint32Array(length)]
  const values = new Float64Array(length)
  let end = 0
  for (let at = 0; at < length;) {
    const here = placed.places[sorted[at] ?? 0] ?? noPlace
    if (here === noPlace) break
    let [count, value] = [0, 0]
    for (; at < length && placed.places[sorted[at] ?? 0] === here; at++) {
      const cell = sorted[at] ?? 0
      const amount = placed.amounts[cell] ?? 0
      count += confusion.counts[cell] ?? 0
      value += cell < ownCount ? amount : -amount
    }
    if (Math.abs(value) < 1e-12) continue
    places[end] = here
    counts[end] = count
    values[end] = value
    end++
  }
  return { places: places.slice(0, end), counts: counts.slice(0, end), values: values.slice(0, end) }
}

/** Of a cell whose classes the matrix lacks. */
const noPlace = 0xffffffff

/** Writes the cells of `confusion` to `placed` from `first` on. `placeOf`: the row and column of each of its classes. */
function place(
  { places, amounts }: { places: Uint32Array; amounts: Float64Array },
  first: number,
  { labels, predicted, counts }: Confusion,
  placeOf: Uint32Array,
  size: number,
  unit: MatrixUnit,
): void {
  const totals = new Float64Array(placeOf.length)
  for (let cell = 0; cell < counts.length; cell++) {
    const label = labels[cell] ?? 0
    totals[label] = (totals[label] ?? 0) + (counts[cell] ?? 0)
  }
  for (let cell = 0; cell < counts.length; cell++) {
    const label = labels[cell] ?? 0
    const [row, column] = [placeOf[label] ?? noPlace, placeOf[predicted[cell] ?? 0] ?? noPlace]
    const count = counts[cell] ?? 0
    places[first + cell] = row === noPlace || column === noPlace ? noPlace : row * size + column
    amounts[first + cell] = unit === 'counts' ? count : count / (totals[label] ?? 1)
  }
}

/** Few images must be seen beside many: the root of the share of the greatest. */
function weightOf(value: number, most: number): number {
  return most === 0 ? 0 : Math.sign(value) * Math.sqrt(Math.min(1, Math.abs(value) / most))
}

/** Null where there is no such cell. */
export function cellOf({ order, places, counts, values }: MatrixCells, cell: number): MatrixCell | null {
  const place = places[cell]
  if (place === undefined) return null
  const [row, column] = [Math.floor(place / order.length), place % order.length]
  const [labelIndex, predictedIndex] = [order[row] ?? 0, order[column] ?? 0]
  return { row, column, labelIndex, predictedIndex, count: counts[cell] ?? 0, value: values[cell] ?? 0 }
}

/** The cell at a row and column; null: it has no value, or is outside. */
export function cellAt(cells: MatrixCells, row: number, column: number): MatrixCell | null {
  const { order, places } = cells
  const isInside = row >= 0 && column >= 0 && row < order.length && column < order.length
  if (!isInside) return null
  const wanted = row * order.length + column
  let [low, high] = [0, places.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((places[middle] ?? 0) < wanted) low = middle + 1
    else high = middle
  }
  return places[low] === wanted ? cellOf(cells, low) : null
}

/** The cell of two classes. */
export function cellOfPair(
  cells: MatrixCells,
  labelIndex: number | null,
  predictedIndex: number | null,
): MatrixCell | null {
  if (labelIndex === null || predictedIndex === null) return null
  return cellAt(cells, cells.order.indexOf(labelIndex), cells.order.indexOf(predictedIndex))
}

export type Direction = 'up' | 'down' | 'left' | 'right'

/** The cell to which an arrow key leads: the nearest that way, straight on before aside. */
export function neighbour(cells: MatrixCells, from: MatrixCell, way: Direction): MatrixCell {
  const { order, places } = cells
  const sign = way === 'up' || way === 'left' ? -1 : 1
  const upright = way === 'up' || way === 'down'
  let found = -1
  let least = Number.POSITIVE_INFINITY
  for (let cell = 0; cell < places.length; cell++) {
    const place = places[cell] ?? 0
    const row = Math.floor(place / order.length)
    const column = place - row * order.length
    const along = (upright ? row - from.row : column - from.column) * sign
    const aside = Math.abs(upright ? column - from.column : row - from.row)
    if (along <= 0) continue
    // Going aside costs more than going far: an arrow follows its row or column where there is something in it.
    const cost = along + aside * 3
    if (cost < least) {
      least = cost
      found = cell
    }
  }
  return cellOf(cells, found) ?? from
}

/** '12', '8 %', '+3', '−4 %' */
export function valueText(value: number, unit: MatrixUnit, isDifference: boolean): string {
  const size = Math.abs(value)
  const text = unit === 'counts' ? formatCount(size) : formatPercent(size, size < 0.1 ? 1 : 0)
  return isDifference ? `${value < 0 ? '−' : '+'}${text}` : text
}
