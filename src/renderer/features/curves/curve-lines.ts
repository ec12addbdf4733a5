/** The lines of a metric's chart, made once and kept until their run has grown or what is asked of them is another thing. */
import { activeRunStates, type Evaluation } from '../../../contract/entities/run'
import { ratesToCome } from '../../../domain/rules/schedule'
import type { ChartLine } from '../../charts/chart-line'
import { Extremes } from '../../charts/extremes'
import { runColor, runDash } from '../../charts/run-colors'
import type { ScaleKind } from '../../charts/scale'
import { bandWindowFor, rollingRange, smooth, smoothingFor } from '../../charts/smooth'
import { toPlane, type XAxis } from '../../charts/x-axis'
import type { CurveFacts } from '../../state/runs/logged-curves'
import type { Metric, Part } from './curve-metrics'
import { pointPlaces, pointsOf, type CurveRun } from './curve-points'
import { epochsAStep } from './x-values'

export interface LineOptions {
  readonly axis: XAxis
  readonly kind: ScaleKind
  /** The share of the past, in [0, 1); null: as long as the run is. */
  readonly smoothing: number | null
}

/** Of more runs the pale lines behind the others would hide them. */
const faintAtMost = 3
/** And the bands: of the selected run alone, then. */
const bandsAtMost = 3

export function linesOf(
  metric: Metric,
  runs: readonly CurveRun[],
  options: LineOptions,
  selected: number | null,
): ChartLine[] {
  const shown = runs.map(({ id }) => id)
  return metric.parts.flatMap((part) => {
    if (part.isFaint === true && runs.length > faintAtMost) return []
    return runs.flatMap((run) => {
      const line = keptLine(metric, part, run, options)
      if (line.xs.length === 0) return []
      const hasBand = runs.length <= bandsAtMost || run.id === selected
      return { ...line, dash: runDash(run.id, shown), band: hasBand ? line.band : null }
    })
  })
}

/** What the learning rate of a run that trains will be. */
export function ratesToComeOf({ id, run, steps }: CurveRun, axis: XAxis): ChartLine | null {
  const last = steps.stepIndices.length - 1
  const atEach = axis.kind === 'step' ? 1 : axis.kind === 'epoch' ? epochsAStep(run) : null
  if (!activeRunStates.includes(run.state) || run.recipe === null || atEach === null) return null
  const come = ratesToCome(run.recipe, (steps.stepIndices[last] ?? -1) + 1)
  const xs = Float64Array.from(
    [...steps.stepIndices.slice(-1), ...come.xs].map((step) => toPlane(axis, step * atEach)),
  )
  const ys = drawable(Float64Array.from([...steps.learningRates.slice(-1), ...come.ys]), 'log')
  return {
    key: `to come ${id}`,
    runId: id,
    name: `${run.name}, to come`,
    color: runColor(id),
    xs,
    ys,
    extremes: new Extremes(ys),
    band: null,
    widthPx: 1.6,
    dash: [4, 4],
    isFaint: false,
    hasDots: false,
  }
}

/** How much of the past the line of a run keeps. */
export function smoothingOf({ run }: Pick<CurveRun, 'run'>, smoothing: number | null): number {
  return smoothing ?? smoothingFor(lengthOf(run))
}

/** Steps that it takes; of a log, those that it has. */
function lengthOf({ recipe, stepsDone }: CurveFacts): number {
  return recipe?.stepCount ?? stepsDone
}

interface Kept {
  readonly key: string
  readonly version: number
  readonly evaluations: readonly Evaluation[]
  readonly stepsDone: number
  readonly line: ChartLine
}

const lines = new WeakMap<object, Map<string, Kept>>()

function keptLine(metric: Metric, part: Part, source: CurveRun, options: LineOptions): ChartLine {
  const { axis, kind } = options
  const { run } = source
  const owner = source.logged ?? source.steps
  const smoothing = part.isSmoothed ? smoothingOf(source, options.smoothing) : 0
  const key = JSON.stringify([axis.kind, axis.isLog, kind, smoothing, run.name])
  const ofRun = lines.get(owner) ?? new Map<string, Kept>()
  lines.set(owner, ofRun)
  const name = `${metric.id} ${part.id}`
  const kept = ofRun.get(name)
  const same =
    kept !== undefined &&
    kept.key === key &&
    kept.version === source.version &&
    (part.from.kind === 'steps' ||
      (kept.evaluations === source.evaluations && kept.stepsDone === run.stepsDone))
  if (same) return kept.line
  const line = makeLine(metric, part, source, options, smoothing)
  const { version, evaluations } = source
  ofRun.set(name, { key, version, evaluations, stepsDone: run.stepsDone, line })
  return line
}

function makeLine(
  metric: Metric,
  part: Part,
  source: CurveRun,
  { axis, kind }: LineOptions,
  smoothing: number,
): ChartLine {
  const { run } = source
  const isOfSteps = part.from.kind !== 'evaluations'
  const xs = pointPlaces(axis, metric, part, source)
  const raw = pointsOf(metric, part, source).values
  const ys = drawable(part.isSmoothed ? smooth(raw, smoothing) : Float64Array.from(raw), kind)
  return {
    key: `${metric.id} ${part.id} ${source.id}`,
    runId: source.id,
    name: part.name === '' ? run.name : `${run.name}, ${part.name}`,
    color: runColor(source.id),
    xs,
    ys,
    extremes: new Extremes(ys),
    band: part.isSmoothed && part.isFaint !== true && smoothing > 0 ? bandOf(raw, run, kind) : null,
    widthPx: part.isFaint === true || !isOfSteps ? 1 : 1.6,
    dash: null,
    isFaint: part.isFaint === true,
    hasDots: xs.length === 1 || (!isOfSteps && xs.length <= 100),
  }
}

function bandOf(raw: ArrayLike<number>, run: CurveFacts, kind: ScaleKind): Extremes {
  const { low, high } = rollingRange(raw, bandWindowFor(lengthOf(run)))
  return new Extremes(drawable(low, kind), drawable(high, kind))
}

/** Zero and less have no place on a log axis. In place. */
function drawable(values: Float64Array, kind: ScaleKind): Float64Array {
  if (kind === 'log')
    for (let place = 0; place < values.length; place++)
      if (!((values[place] ?? 0) > 0)) values[place] = Number.NaN
  return values
}
