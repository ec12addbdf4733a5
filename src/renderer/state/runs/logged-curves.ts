/** The curves of a run of another program, by the line of a chart that each is drawn as. */
import type { OtherRun } from '../../../contract/entities/other-run'
import type { Recipe, Run } from '../../../contract/entities/run'
import { ourCurve } from '../../../domain/our-curve'
import { formatCount } from '../../format'
import { app } from '../app.svelte'

export interface LoggedCurve {
  readonly steps: readonly number[]
  readonly values: readonly number[]
  /** NaN where it is not known. */
  readonly atMs: readonly number[]
}

/** By 'CHART LINE'; of what we have no chart for 'logged NAME own'. */
export type LoggedCurves = ReadonlyMap<string, LoggedCurve>

/** What curves need of a run. */
export interface CurveFacts extends Pick<Run, 'name' | 'state' | 'stepsDone' | 'exampleCount'> {
  /** null: it is of another program. */
  readonly recipe: Recipe | null
}

/** Of each curve, far more than a chart shows. */
const mostPoints = 20_000
/** Curves that are drawn of one run. */
const mostLogged = 100
/** Shares are logged as such, or as percents. */
const mostShare = 1.5

export async function loggedCurves({ id, metrics }: Pick<OtherRun, 'id' | 'metrics'>): Promise<LoggedCurves> {
  const curves = new Map<string, LoggedCurve>()
  for (const { name } of metrics.slice(0, mostLogged)) {
    const { steps, values, atMs } = await app.call('exchange.otherCurve', { id, name, most: mostPoints })
    const ours = ourCurve(name)
    const key = ours === null || curves.has(ours) ? `logged ${name} own` : ours
    const isPercent = key.startsWith('accuracy ') && values.some((value) => value > mostShare)
    curves.set(key, {
      steps,
      values: isPercent ? values.map((value) => value / 100) : values,
      atMs: atMs.map((ms) => ms ?? Number.NaN),
    })
  }
  return curves
}

/** What is left out of a run's charts, and so of what they are saved as; '' where nothing is. */
export function leftOutWords(metrics: OtherRun['metrics']): string {
  const drawn = metrics.slice(0, mostLogged)
  return [
    ...(metrics.length > drawn.length ? [`The charts have the first ${String(mostLogged)} curves.`] : []),
    ...(drawn.some(({ pointCount }) => pointCount > mostPoints)
      ? [
          `Of a curve with more than ${formatCount(mostPoints)} points, they have the least and the greatest value of each stretch.`,
        ]
      : []),
  ].join(' ')
}

export function loggedFacts({ name, state }: OtherRun, curves: LoggedCurves): CurveFacts {
  const last = [...curves.values()].map(({ steps }) => steps.at(-1) ?? 0)
  return {
    name,
    state: state === 'unknown' ? 'done' : state,
    ...{ recipe: null, exampleCount: 0, stepsDone: Math.max(0, ...last) },
  }
}
