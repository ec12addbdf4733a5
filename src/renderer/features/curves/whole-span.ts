import { activeRunStates } from '../../../contract/entities/run'
import type { Span } from '../../charts/column-places'
import type { XAxis } from '../../charts/x-axis'
import { placesOf, type CurveRun } from './curve-points'
import { endOf } from './x-values'

/** From where the first of the runs begins to where the last one ends, or will; in the plane of the axis. */
export function wholeOf(axis: XAxis, runs: readonly CurveRun[]): Span {
  let from = axis.isLog || axis.kind === 'wall' ? Number.POSITIVE_INFINITY : 0
  let to = Number.NEGATIVE_INFINITY
  for (const source of runs) {
    const { run } = source
    const places = placesOf(axis, source)
    const first = places.find((at) => Number.isFinite(at))
    const last = places.at(-1)
    if (first !== undefined) from = Math.min(from, first)
    if (last !== undefined && Number.isFinite(last)) to = Math.max(to, last)
    // alone, a run that ended early shows how early; among others it ends where it ended
    const end = endOf(axis, run)
    const isOpen = runs.length === 1 || activeRunStates.includes(run.state)
    if (Number.isFinite(end) && isOpen) to = Math.max(to, end)
  }
  if (!Number.isFinite(from) || !Number.isFinite(to)) return { from: 0, to: 1 }
  return to > from ? { from, to } : { from, to: from + 1 }
}
