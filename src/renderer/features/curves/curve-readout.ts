import type { ChartLine } from '../../charts/chart-line'
import { firstAtOrAfter, type Span } from '../../charts/column-places'
import type { Readout } from '../../charts/readout'
import { fromPlane, xNames, xText, type XAxis } from '../../charts/x-axis'

/** More than these are not read at a glance; the table has all. */
const rowsAtMost = 14
/** Of what is shown: how far behind the last value of a line it is still said. */
const nearShare = 0.01

/** What lines say at a place of the axis; null where none says anything. */
export function readoutAt(
  lines: readonly ChartLine[],
  axis: XAxis,
  shown: Span,
  at: number,
  format: (value: number) => string,
): Readout | null {
  const found = lines.flatMap((line) => {
    const place = firstAtOrAfter(line.xs, at + (shown.to - shown.from) * 1e-9) - 1
    const value = line.ys[place] ?? Number.NaN
    const isBehind =
      place === line.xs.length - 1 && at - (line.xs[place] ?? 0) > (shown.to - shown.from) * nearShare
    return Number.isFinite(value) && !isBehind ? [{ line, value }] : []
  })
  if (found.length === 0) return null
  const title = `${xNames[axis.kind]} ${xText(axis.kind, fromPlane(axis, at), fromPlane(axis, shown.to) - fromPlane(axis, shown.from))}`
  const rows = found.slice(0, rowsAtMost).map(({ line, value }) => ({
    runId: line.runId,
    name: line.name,
    color: line.color,
    value: format(value),
  }))
  return {
    title,
    text: `${title} · ${rows.length === 1 ? (rows[0]?.value ?? '') : rows.map((row) => `${row.name} ${row.value}`).join(', ')}`,
    rows,
    marks: found.map(({ line, value }) => ({ value, color: line.color })),
  }
}
