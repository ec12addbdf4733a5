/** What each curve of a run shows: lines, axis, read-out. Pure. */
import type { Evaluation, Recipe } from '../../../contract/entities/run'
import { rateBends, ratePlateaus, ratesToCome } from '../../../domain/rules/schedule'
import { evaluatedCount } from '../../../domain/rules/measure-words'
import { exponent, percent, threeDigits } from '../../charts/format-axis'
import { placeAt } from '../../charts/decimate'
import { makeScale, rangeOf, type Scale, type ScaleKind } from '../../charts/scale'
import { bandWindowFor, rollingRange, smooth, smoothingFor } from '../../charts/smooth'
import type { Band, Readout, Series } from '../../charts/series'

export interface StepColumns {
  readonly stepIndices: readonly number[]
  readonly losses: readonly number[]
  readonly batchAccuracies: readonly number[]
  readonly learningRates: readonly number[]
}

export interface LossCurves {
  readonly series: Series[]
  readonly band: Band
  /** null: no step yet. */
  readonly scale: Scale | null
  readonly smoothing: number
  readonly window: number
  readonly smoothed: readonly number[]
  readonly readout: (step: number) => Readout | null
}

/** Raw losses as a band, their exponential mean as the line. */
export function lossCurves(steps: StepColumns, stepCount: number, kind: ScaleKind): LossCurves {
  const smoothing = smoothingFor(stepCount)
  const window = bandWindowFor(stepCount)
  const xs = steps.stepIndices
  const smoothed = smooth(steps.losses, smoothing)
  const { low, high } = rollingRange(steps.losses, window)
  const range = rangeOf(kind, steps.losses, smoothed)
  return {
    series: [{ key: 'loss', look: 'line', xs, ys: smoothed }],
    band: { xs, low, high },
    scale: range === null ? null : makeScale(kind, ...range),
    smoothing,
    window,
    smoothed,
    readout: (step) => {
      const place = placeAt(xs, step)
      const value = smoothed[place]
      if (value === undefined || !isNear(xs, place, step, stepCount)) return null
      const raw = threeDigits(steps.losses[place] ?? Number.NaN)
      return {
        text: `step ${(xs[place] ?? step).toLocaleString('en')} · loss ${threeDigits(value)}, at this step ${raw}`,
        marks: [{ value }],
      }
    },
  }
}

export interface AccuracyCurves {
  readonly series: Series[]
  readonly scale: Scale
  readonly cell: (row: number, column: number) => string
  readonly readout: (step: number) => Readout | null
}

/** Held-out accuracy as points, the training batch's as a faint line behind it. All in [0, 1]. */
export function accuracyCurves(
  steps: StepColumns,
  evaluations: readonly Evaluation[],
  stepCount: number,
): AccuracyCurves {
  const train = smooth(steps.batchAccuracies, smoothingFor(stepCount))
  const onVal = evaluations.filter((evaluation) => evaluation.part === 'val')
  const val = { xs: onVal.map((one) => one.stepIndex), ys: onVal.map((one) => one.accuracy.value) }
  const range = rangeOf('linear', val.ys, val.ys.length > 1 ? train.slice(1) : train)
  const low = Math.max(0, Math.floor((range?.[0] ?? 0) * 10 - 1e-9) / 10)
  return {
    series: [
      { key: 'train', look: 'faint', xs: steps.stepIndices, ys: train },
      { key: 'val', look: 'line', ...val, dots: onVal.length <= 60 },
    ],
    scale: makeScale('linear', Math.min(low, 0.9), 1, true),
    cell: (row, column) => evaluationCell(evaluations[row], column),
    readout: (step) => {
      const place = placeAt(steps.stepIndices, step)
      const batch = train[place]
      const held = val.ys[placeAt(val.xs, step)]
      if (batch === undefined || !isNear(steps.stepIndices, place, step, stepCount)) return null
      const text = held === undefined ? '' : `val ${percent(held, 2)} right · `
      return {
        text: `${text}batch ${percent(batch)} right`,
        marks: held === undefined ? [] : [{ value: held }],
      }
    },
  }
}

export interface RateCurves {
  readonly series: Series[]
  readonly scale: Scale
  readonly xTicks: number[]
  readonly readout: (step: number) => Readout | null
}

/** So far as it was, to come as the recipe has it. */
export function rateCurves(steps: StepColumns, recipe: Recipe, active: boolean): RateCurves {
  const xs = steps.stepIndices
  const next = (xs[xs.length - 1] ?? -1) + 1
  const plateaus = ratePlateaus(recipe)
  const least = plateaus[plateaus.length - 1] ?? recipe.baseLearningRate
  const scale = makeScale('log', least / 1.8, recipe.baseLearningRate * 2.2, true)
  const series: Series[] = [{ key: 'rate', look: 'line', xs, ys: steps.learningRates, stairs: true }]
  if (active) {
    const start = { xs: xs.slice(-1), ys: steps.learningRates.slice(-1) }
    const come = ratesToCome(recipe, next)
    series.push({
      key: 'plan',
      look: 'dashed',
      xs: [...start.xs, ...come.xs],
      ys: [...start.ys, ...come.ys],
    })
  }
  return {
    series,
    scale: { ...scale, ticks: plateaus },
    xTicks: [0, ...rateBends(recipe), recipe.stepCount],
    readout: (step) => {
      const place = placeAt(xs, step)
      const value = steps.learningRates[place]
      if (value === undefined || !isNear(xs, place, step, recipe.stepCount)) return null
      return { text: exponent(value, 3), marks: [{ value }] }
    },
  }
}

/** The cross-hair reads nothing far behind the last step that there is. */
function isNear(xs: readonly number[], place: number, step: number, stepCount: number): boolean {
  return step - (xs[place] ?? Number.NEGATIVE_INFINITY) <= Math.max(1, stepCount / 100)
}

function evaluationCell(evaluation: Evaluation | undefined, column: number): string {
  if (evaluation === undefined) return ''
  const { accuracy, measures } = evaluation
  const share = (value: number | undefined): string => (value === undefined ? '—' : (value * 100).toFixed(2))
  const cells = [
    String(evaluation.stepIndex),
    evaluation.part,
    share(accuracy.value),
    share(measures.topFive?.value),
    share(measures.balanced?.value),
    String(accuracy.correct),
    evaluatedCount(accuracy, measures),
    threeDigits(evaluation.loss),
  ]
  return cells[column] ?? ''
}
