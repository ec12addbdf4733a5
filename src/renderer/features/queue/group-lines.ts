/** The runs of a group as one line, their mean, with a band around it. Pure. */
import type { GroupDetail, Spread } from '../../../contract/entities/queue'
import type { ChartLine } from '../../charts/chart-line'
import type { Span } from '../../charts/column-places'
import { Extremes } from '../../charts/extremes'
import type { Readout } from '../../charts/readout'

export type BandKind = 'deviation' | 'range'
export type GroupMetric = 'val' | 'valLoss'

export interface GroupPoint extends Spread {
  readonly stepIndex: number
}

export function pointsOf(curve: GroupDetail['curve'], metric: GroupMetric): GroupPoint[] {
  return curve.flatMap((point) => {
    const spread = point[metric]
    return spread === null ? [] : [{ stepIndex: point.stepIndex, ...spread }]
  })
}

/** Least and greatest of the band; a single run has none around it. */
export function bandAt({ mean, sd, least, most }: Spread, kind: BandKind): readonly [number, number] {
  return kind === 'range' ? [least, most] : [mean - (sd ?? 0), mean + (sd ?? 0)]
}

/** Of the whole line: between two steps the chart holds a band where it was at the place before, so that there must be one for each pixel. */
const placesAtLeast = 2000

export function groupLine(points: readonly GroupPoint[], kind: BandKind): ChartLine {
  const placesBetween = Math.ceil(placesAtLeast / points.length)
  const places = points.flatMap((point, index) => {
    const next = points[index + 1]
    const ends = [point, next ?? point].map((one) => [one.stepIndex, one.mean, ...bandAt(one, kind)])
    const [from = [], to = []] = ends
    return Array.from({ length: next === undefined ? 1 : placesBetween }, (_, place) =>
      from.map((value, column) => value + ((to[column] ?? value) - value) * (place / placesBetween)),
    )
  })
  const column = (index: number): Float64Array => Float64Array.from(places.map((row) => row[index] ?? 0))
  const ys = column(1)
  return {
    ...{ key: 'group', runId: 0, name: 'mean', color: 'var(--accent)', xs: column(0), ys },
    ...{ extremes: new Extremes(ys), band: new Extremes(column(2), column(3)) },
    ...{ widthPx: 1.6, dash: null, isFaint: false, hasDots: points.length === 1 },
  }
}

/** At the last step at or before `at`. */
export function groupReadout(
  points: readonly GroupPoint[],
  kind: BandKind,
  at: number,
  format: (value: number) => string,
): Readout | null {
  const point = points.findLast(({ stepIndex }) => stepIndex <= at)
  if (point === undefined) return null
  const { mean, sd, least, most, count } = point
  const spread =
    count === 1
      ? ''
      : kind === 'range'
        ? `, from ${format(least)} to ${format(most)}`
        : ` ± ${format(sd ?? 0)}`
  const title = `step ${Math.round(point.stepIndex).toLocaleString('en')}`
  const value = `${format(mean)}${spread} (${String(count)} ${count === 1 ? 'run' : 'runs'})`
  const row = { runId: 0, name: 'mean', color: 'var(--accent)', value }
  return { title, text: `${title} · ${value}`, rows: [row], marks: [{ value: mean, color: row.color }] }
}

/** From the start of the training. */
export function wholeOf(points: readonly GroupPoint[]): Span {
  return { from: 0, to: Math.max(1, points.at(-1)?.stepIndex ?? 1) }
}
