/** A line of a chart, ready to be drawn. */
import { columnPlaces, type Span } from './column-places'
import type { Extremes } from './extremes'

export interface ChartLine {
  readonly key: string
  readonly runId: number
  /** Of the run, and of what it is where a run has several. */
  readonly name: string
  /** CSS. */
  readonly color: string
  /** In the plane of the axis, ascending. */
  readonly xs: Float64Array
  readonly ys: Float64Array
  readonly extremes: Extremes
  /** Least and greatest of what smoothing took away; null: none. */
  readonly band: Extremes | null
  readonly widthPx: number
  readonly dash: readonly [on: number, off: number] | null
  /** Pale, behind the others. */
  readonly isFaint: boolean
  /** Few values, each of which is a point. */
  readonly hasDots: boolean
}

/** Least and greatest within the span, with those that lie just beyond its ends; null where there is none. */
export function rangeWithin(lines: readonly ChartLine[], span: Span): [number, number] | null {
  let low = Number.POSITIVE_INFINITY
  let high = Number.NEGATIVE_INFINITY
  for (const { xs, extremes, band } of lines) {
    const [first = 0, end = 0] = columnPlaces(xs, span, 1)
    for (const tree of [extremes, band]) {
      if (tree?.find(Math.max(0, first - 1), Math.min(xs.length, end + 1)) !== true) continue
      low = Math.min(low, tree.low)
      high = Math.max(high, tree.high)
    }
  }
  return low <= high ? [low, high] : null
}

interface Edges {
  readonly from: number
  readonly to: number
  readonly width: number
  readonly edges: Uint32Array
}

const known = new WeakMap<Float64Array, Edges[]>()
/** Charts of a few widths share the steps of a run. */
const mostKnown = 4

/** `columnPlaces`, asked once a frame of all charts that show the same steps. */
export function edgesOf(xs: Float64Array, span: Span, width: number): Uint32Array {
  const list = known.get(xs) ?? []
  const found = list.find((one) => one.width === width && one.from === span.from && one.to === span.to)
  if (found !== undefined) return found.edges
  const edges = columnPlaces(xs, span, width)
  known.set(xs, [{ ...span, width, edges }, ...list.slice(0, mostKnown - 1)])
  return edges
}
