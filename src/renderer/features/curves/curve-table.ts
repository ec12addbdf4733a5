/** A chart as a table: of one run a row a step, of several a row for each step that one of them has. Pure. */
import { evenPlaces } from '../../charts/decimate'
import { threeDigits } from '../../charts/format-axis'
import { smooth } from '../../charts/smooth'
import { formatCount } from '../../format'
import { smoothingOf, type LineOptions } from './curve-lines'
import type { Metric } from './curve-metrics'
import { pointsOf, type CurveRun } from './curve-points'

export interface CurveTable {
  readonly columns: readonly string[]
  readonly rowCount: number
  readonly cell: (row: number, column: number) => string
}

interface Column {
  readonly title: string
  /** By step. */
  readonly at: (stepIndex: number) => number | undefined
}

/** Rows of a screenful or more are spread evenly; the file has every value. */
const rowsAtMost = 5000

export function tableOf(metric: Metric, runs: readonly CurveRun[], { smoothing }: LineOptions): CurveTable {
  const columns = runs.flatMap((source) => columnsOf(metric, source, runs.length === 1, smoothing))
  const all = new Set<number>()
  for (const source of runs)
    for (const part of metric.parts) for (const step of pointsOf(metric, part, source).steps) all.add(step)
  const sorted = Float64Array.from(all).sort()
  const steps = evenPlaces(sorted.length, rowsAtMost).map((place) => sorted[place] ?? 0)
  const say = metric.id === 'loss' ? threeDigits : metric.format
  return {
    columns: ['Step', ...columns.map(({ title }) => title)],
    rowCount: steps.length,
    cell: (row, column) => {
      const step = steps[row] ?? 0
      if (column === 0) return formatCount(step)
      const value = columns[column - 1]?.at(step)
      return value === undefined || Number.isNaN(value) ? '' : say(value)
    },
  }
}

function columnsOf(metric: Metric, source: CurveRun, isOnly: boolean, smoothing: number | null): Column[] {
  const { run } = source
  return metric.parts.flatMap((part) => {
    if (part.isFaint === true && !isOnly) return []
    const { steps, values } = pointsOf(metric, part, source)
    const places = new Map<number, number>()
    steps.forEach((step, place) => places.set(step, place))
    const of =
      (list: ArrayLike<number>) =>
      (step: number): number | undefined => {
        const place = places.get(step)
        return place === undefined ? undefined : list[place]
      }
    const own = part.name === '' ? metric.title : capital(part.name)
    const title = isOnly ? own : part.name === '' ? run.name : `${run.name}, ${part.name}`
    const plain = { title, at: of(values) }
    if (!part.isSmoothed || !isOnly) return [plain]
    return [
      plain,
      {
        title: part.name === '' ? 'Smoothed' : `${own}, smoothed`,
        at: of(smooth(values, smoothingOf(source, smoothing))),
      },
    ]
  })
}

const capital = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`
