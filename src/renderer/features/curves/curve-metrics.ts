/** What curves there are, and where their values come from. Pure. */
import { rateName, type Evaluation, type Recipe } from '../../../contract/entities/run'
import { exponent, percent, plainNumber } from '../../charts/format-axis'
import type { ScaleKind } from '../../charts/scale'
import { formatBytes, formatRate } from '../../format'
import type { CurveFacts, LoggedCurves } from '../../state/runs/logged-curves'

/** The columns of a run's steps, as RunSteps has them. */
export interface StepValues {
  readonly stepIndices: readonly number[]
  readonly losses: readonly number[]
  readonly batchAccuracies: readonly number[]
  readonly learningRates: readonly number[]
  readonly stepMs: readonly number[]
  readonly waitMs: readonly number[]
  readonly atMs: readonly number[]
  readonly memoryBytes: readonly number[]
  readonly gpuUse: readonly number[]
}

/** 'loss', 'accuracy', 'rate', 'speed', 'wait', 'memory', 'gpu'; 'logged NAME' of what another program has logged. */
export type MetricId = string

/** One line of a run within a metric's chart. */
export interface Part {
  readonly id: string
  /** Beside the run's name; '' for what the chart is named after. */
  readonly name: string
  readonly from:
    | { readonly kind: 'steps'; values(steps: StepValues, recipe: Recipe): ArrayLike<number> }
    | { readonly kind: 'evaluations'; value(evaluation: Evaluation): number }
    /** Only runs of other programs have it. */
    | { readonly kind: 'logged' }
  /** Noisy: drawn smoothed, with a band of what that took away. */
  readonly isSmoothed: boolean
  /** Behind the others, and only where few runs are shown. */
  readonly isFaint?: boolean
}

export interface Metric {
  readonly id: MetricId
  readonly title: string
  readonly kind: ScaleKind
  readonly format: (value: number) => string
  readonly parts: readonly Part[]
  /** Values are shares: the axis ends there at most. */
  readonly most?: number
}

const metrics: readonly Metric[] = [
  {
    id: 'loss',
    title: 'Loss',
    kind: 'log',
    format: plainNumber,
    parts: [
      { id: 'train', name: '', from: { kind: 'steps', values: (steps) => steps.losses }, isSmoothed: true },
      {
        id: 'val',
        name: 'validation',
        from: { kind: 'evaluations', value: ({ loss }) => loss },
        isSmoothed: false,
      },
    ],
  },
  {
    id: 'accuracy',
    title: 'Accuracy',
    kind: 'linear',
    format: (value) => `${Number((value * 100).toFixed(1))} %`,
    most: 1,
    parts: [
      {
        id: 'batch',
        name: 'training batch',
        from: { kind: 'steps', values: (steps) => steps.batchAccuracies },
        isSmoothed: true,
        isFaint: true,
      },
      {
        id: 'val',
        name: '',
        from: { kind: 'evaluations', value: ({ accuracy }) => accuracy.value },
        isSmoothed: false,
      },
    ],
  },
  {
    id: 'rate',
    title: 'Learning rate',
    kind: 'log',
    format: (value) => exponent(value),
    parts: [
      {
        id: 'rate',
        name: '',
        from: { kind: 'steps', values: (steps) => steps.learningRates },
        isSmoothed: false,
      },
    ],
  },
  {
    id: 'speed',
    title: 'Images/s',
    kind: 'linear',
    format: formatRate,
    parts: [
      {
        id: 'speed',
        name: '',
        from: {
          kind: 'steps',
          values: ({ stepMs }, { batchSize }) =>
            Float64Array.from(stepMs, (ms) => (ms > 0 ? (batchSize * 1000) / ms : Number.NaN)),
        },
        isSmoothed: true,
      },
    ],
  },
  {
    id: 'wait',
    title: 'Waiting for images',
    kind: 'linear',
    format: (value) => percent(value, value < 0.1 ? 1 : 0),
    most: 1,
    parts: [
      {
        id: 'wait',
        name: '',
        from: {
          kind: 'steps',
          values: ({ stepMs, waitMs }) =>
            Float64Array.from(stepMs, (ms, place) => (ms > 0 ? (waitMs[place] ?? 0) / ms : Number.NaN)),
        },
        isSmoothed: true,
      },
    ],
  },
  {
    id: 'memory',
    title: 'Memory',
    kind: 'linear',
    format: formatBytes,
    parts: [
      {
        id: 'memory',
        name: '',
        from: { kind: 'steps', values: (steps) => steps.memoryBytes },
        isSmoothed: false,
      },
    ],
  },
  {
    id: 'gpu',
    title: 'GPU use',
    kind: 'linear',
    format: (value) => percent(value, 0),
    most: 1,
    parts: [
      { id: 'gpu', name: '', from: { kind: 'steps', values: (steps) => steps.gpuUse }, isSmoothed: true },
    ],
  },
]

/** Those that any of the runs has values of, or may get. */
export function metricsOf(
  sources: readonly {
    readonly run: Pick<CurveFacts, 'recipe'>
    readonly steps: Pick<StepValues, 'memoryBytes' | 'gpuUse'>
    readonly logged: LoggedCurves | null
  }[],
): Metric[] {
  const has = (column: 'memoryBytes' | 'gpuUse'): boolean =>
    sources.some(({ steps }) => steps[column].some((value) => Number.isFinite(value)))
  const ours = sources.filter(({ logged }) => logged === null)
  const isProbe = ours.length > 0 && ours.every(({ run }) => run.recipe?.linearProbe === true)
  const keys = new Set(sources.flatMap(({ logged }) => [...(logged?.keys() ?? [])]))
  const isLogged = ({ id, parts }: Metric): boolean => parts.some((part) => keys.has(`${id} ${part.id}`))
  const known = metrics
    .filter((metric) => ours.length > 0 || sources.length === 0 || isLogged(metric))
    .filter(({ id }) => (id === 'memory' ? has('memoryBytes') : id === 'gpu' ? has('gpuUse') : true))
    .map((metric) =>
      metric.id === 'speed' && isProbe ? { ...metric, title: rateName({ linearProbe: true }) } : metric,
    )
  const names = [...keys].flatMap((key) => /^logged (.*) own$/s.exec(key)?.[1] ?? [])
  return [...known, ...names.sort().map(loggedMetric)]
}

function loggedMetric(name: string): Metric {
  return {
    ...{ id: `logged ${name}`, title: name, kind: 'linear', format: plainNumber },
    parts: [{ id: 'own', name: '', from: { kind: 'logged' }, isSmoothed: true }],
  }
}
