/** The values of a chart as text: a line for each value of each run, unsmoothed beside smoothed. Pure. */
import { smooth } from '../../charts/smooth'
import { smoothingOf } from './curve-lines'
import type { Metric } from './curve-metrics'
import { pointsOf, type CurveRun } from './curve-points'
import { epochsAStep } from './x-values'

export function curveCsv(metric: Metric, runs: readonly CurveRun[], smoothing: number | null): string {
  const lines = ['run,name,part,step,epoch,training_seconds,time,value,smoothed']
  for (const source of runs) {
    const { run, steps } = source
    const epochs = epochsAStep(run)
    const seconds = trainingSeconds(steps.stepMs)
    for (const part of metric.parts) {
      const points = pointsOf(metric, part, source)
      const { values, atMs } = points
      const isOfSteps = part.from.kind === 'steps'
      const smoothed = part.isSmoothed ? smooth(values, smoothingOf(source, smoothing)) : null
      for (const [index, stepIndex] of points.steps.entries()) {
        const place = isOfSteps ? index : steps.stepIndices.findLastIndex((step) => step < stepIndex)
        const ms = atMs[index] ?? Number.NaN
        const value = values[index] ?? Number.NaN
        if (!Number.isFinite(value)) continue
        const cells = [
          source.id,
          quoted(run.name),
          part.id,
          stepIndex,
          Number.isNaN(epochs) ? '' : Number((stepIndex * epochs).toPrecision(8)),
          seconds[place] ?? '',
          Number.isFinite(ms) ? new Date(ms).toISOString() : '',
          value,
          smoothed === null ? '' : Number((smoothed[index] ?? Number.NaN).toPrecision(8)),
        ]
        lines.push(cells.join(','))
      }
    }
  }
  return `${lines.join('\r\n')}\r\n`
}

function trainingSeconds(stepMs: readonly number[]): number[] {
  let sum = 0
  return stepMs.map((ms) => (sum += ms) / 1000)
}

/** A name may begin with what a spreadsheet would compute; nothing reads it back. Other tables: main/report/csv.ts. */
function quoted(name: string): string {
  const safe = /^[=+\-@\t\r]/.test(name) ? `'${name}` : name
  return `"${safe.replaceAll('"', '""')}"`
}
