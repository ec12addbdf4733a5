/** What the line of a run is drawn of, as measured: its values, their steps, and where they lie along the axis. */
import type { Evaluation } from '../../../contract/entities/run'
import type { XAxis } from '../../charts/x-axis'
import type { CurveFacts, LoggedCurve, LoggedCurves } from '../../state/runs/logged-curves'
import type { Part, StepValues } from './curve-metrics'
import { evaluationPlaces, loggedPlaces, stepPlaces } from './x-values'

/** A run with its steps; another `version` says that they grew. */
export interface CurveRun {
  readonly id: number
  readonly run: CurveFacts
  readonly steps: StepValues
  readonly version: number
  readonly evaluations: readonly Evaluation[]
  /** Of a run of another program, in place of steps and evaluations. */
  readonly logged: LoggedCurves | null
}

export interface CurvePoints {
  readonly steps: readonly number[]
  readonly values: ArrayLike<number>
  readonly atMs: readonly number[]
}

/** Before any smoothing. */
export function pointsOf(metric: { readonly id: string }, part: Part, source: CurveRun): CurvePoints {
  const { run, steps, evaluations, logged } = source
  const { from } = part
  if (logged !== null) return logged.get(`${metric.id} ${part.id}`) ?? noPoints
  if (from.kind === 'steps')
    return {
      steps: steps.stepIndices,
      values: run.recipe === null ? [] : from.values(steps, run.recipe),
      atMs: steps.atMs,
    }
  if (from.kind === 'logged') return noPoints
  const drawn = drawnEvaluations(run, evaluations)
  return {
    steps: drawn.map(({ stepIndex }) => stepIndex),
    values: drawn.map((evaluation) => from.value(evaluation)),
    atMs: drawn.map(({ atMs }) => atMs),
  }
}

const noPoints: LoggedCurve = { steps: [], values: [], atMs: [] }

/** On val, in order. What an earlier attempt found beyond the step from which the run went on is done again. */
function drawnEvaluations(
  { stepsDone }: Pick<CurveFacts, 'stepsDone'>,
  evaluations: readonly Evaluation[],
): Evaluation[] {
  return evaluations
    .filter(({ part, stepIndex }) => part === 'val' && stepIndex <= stepsDone)
    .sort((a, b) => a.stepIndex - b.stepIndex)
}

const places = new WeakMap<object, { key: string; version: number; xs: Float64Array }>()

/** In the plane of the axis. */
export function pointPlaces(
  axis: XAxis,
  metric: { readonly id: string },
  part: Part,
  source: CurveRun,
): Float64Array {
  const { run, steps, evaluations, logged } = source
  if (logged !== null)
    return loggedPlaces(axis, logged.get(`${metric.id} ${part.id}`) ?? noPoints, firstMsOf(logged))
  if (part.from.kind === 'logged') return new Float64Array()
  if (part.from.kind === 'steps') return placesOf(axis, source)
  return evaluationPlaces(axis, drawnEvaluations(run, evaluations), steps, run)
}

/** Of all steps of the run, the same array for all metrics as long as nothing has changed; of a log those of its longest curve. */
export function placesOf(axis: XAxis, { steps, run, version, logged }: CurveRun): Float64Array {
  const owner = logged ?? steps
  const key = `${axis.kind} ${String(axis.isLog)}`
  const kept = places.get(owner)
  if (kept !== undefined && kept.key === key && kept.version === version) return kept.xs
  const xs =
    logged === null
      ? stepPlaces(axis, steps, run)
      : mergedPlaces([...logged.values()].map((curve) => loggedPlaces(axis, curve, firstMsOf(logged))))
  places.set(owner, { key, version, xs })
  return xs
}

/** From the first to the last of all: what lies between is not asked for. */
function mergedPlaces(all: readonly Float64Array[]): Float64Array {
  const ends = all.flatMap((xs) => {
    const finite = xs.filter(Number.isFinite)
    return finite.length === 0 ? [] : [finite[0] ?? 0, finite.at(-1) ?? 0]
  })
  return Float64Array.from(ends).sort()
}

function firstMsOf(logged: LoggedCurves): number {
  let first = Number.POSITIVE_INFINITY
  for (const { atMs } of logged.values()) for (const ms of atMs) if (ms < first) first = ms
  return first
}
