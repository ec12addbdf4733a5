import type { ChartLine } from './chart-line'
import { firstAtOrAfter, type Span } from './column-places'
import type { Scale } from './scale'

/** How far from a line a click still means it, px. */
const reachPx = 14

/** The run whose line passes nearest to a point, or null where none is near. All in CSS pixels. */
export function nearestLine(
  lines: readonly ChartLine[],
  scale: Scale,
  { from, to }: Span,
  {
    width,
    height,
    x,
    y,
  }: { readonly width: number; readonly height: number; readonly x: number; readonly y: number },
): number | null {
  let best: number | null = null
  let bestPx = reachPx
  for (const { xs, ys, runId } of lines) {
    const at = from + (x / Math.max(1, width)) * (to - from)
    const next = firstAtOrAfter(xs, at)
    const before = next - 1
    const span = (xs[next] ?? Number.NaN) - (xs[before] ?? Number.NaN)
    const share = span > 0 ? (at - (xs[before] ?? 0)) / span : 1
    const value = (ys[before] ?? Number.NaN) * (1 - share) + (ys[next] ?? Number.NaN) * share
    const distancePx = Math.abs(scale.at(Number.isNaN(value) ? (ys[next] ?? Number.NaN) : value) * height - y)
    if (distancePx < bestPx) [best, bestPx] = [runId, distancePx]
  }
  return best
}
