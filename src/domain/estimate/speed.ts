/** How fast this machine is: measured figures where there are some, everything else scaled from them by the shape of the costs. Pure. */
import type { Estimate, Precision } from '../../contract/entities/run'
import { sizeWords } from '../model/model-names'
import { parseModel, type NamedModel } from '../model/spec'
import { predictCostMs, stepCostMs, type StepSize } from './cost'

export interface SpeedMeasurement {
  readonly what: 'step' | 'predict'
  readonly precision: Precision
  readonly model: string
  readonly cropPx: number
  readonly microBatchSize: number
  readonly batchSize: number
  readonly msPerImage: number
}

export interface Speed {
  /** A whole optimizer step, ms. */
  stepMs(model: NamedModel, precision: Precision, size: StepSize): number
  /** `count` forward passes in calls of `microBatchSize`, ms. */
  predictMs(
    model: NamedModel,
    precision: Precision,
    cropPx: number,
    count: number,
    microBatchSize: number,
  ): number
  /** Where a step's time comes from. `basis`: a sentence. */
  origin(model: NamedModel, precision: Precision, cropPx: number): Origin
  readonly start: StartTimes
  /** Threads that prepare images, beside a GPU or in turn with the engine on the same processor. */
  readonly threadCount: number
  readonly preparesBeside: boolean
}

export interface Origin {
  readonly certainty: Estimate['certainty']
  readonly basis: string
}

export interface StartTimes {
  /** Until the engine is loaded, ms. */
  readonly engineMs: number
  /** Recording and loading a step's graphs, ms for each residual unit. */
  readonly graphMs: number
}

/** `guess`: how many times slower than the reference machine, where nothing was measured. */
export function speedOf(
  measurements: readonly SpeedMeasurement[],
  machine: Pick<Speed, 'start' | 'threadCount' | 'preparesBeside'> & { readonly guess: number },
): Speed {
  const known = measurements.map((one) => ({ ...one, logRatio: Math.log(one.msPerImage / costOf(one)) }))
  const steps = known.filter(({ what }) => what === 'step')
  const predictions = known.filter(({ what }) => what === 'predict')
  const scale = (question: Omit<SpeedMeasurement, 'msPerImage'>): number => {
    // a prediction is a third of a step: where none was measured, the steps say how fast the machine is
    const own = question.what === 'predict' && predictions.length > 0 ? predictions : steps
    return own.length === 0 ? machine.guess : Math.exp(weightedMean(own, question))
  }
  return {
    ...machine,
    stepMs: (model, precision, size) =>
      stepCostMs(model.spec, precision, size) *
      scale({ what: 'step', precision, model: model.name, ...size }),
    predictMs: (model, precision, cropPx, count, microBatchSize) =>
      predictCostMs(model.spec, precision, cropPx, count, microBatchSize) *
      scale({
        what: 'predict',
        precision,
        model: model.name,
        cropPx,
        microBatchSize,
        batchSize: microBatchSize,
      }),
    origin: (model, precision, cropPx) => originOf(steps, model, precision, cropPx),
  }
}

/** On the reference machine, ms an image. */
function costOf({ what, precision, model, ...size }: Omit<SpeedMeasurement, 'msPerImage'>): number {
  const { spec } = parseModel(model)
  const { cropPx, microBatchSize, batchSize } = size
  return what === 'step'
    ? stepCostMs(spec, precision, size) / batchSize
    : predictCostMs(spec, precision, cropPx, microBatchSize, microBatchSize) / microBatchSize
}

type Known = SpeedMeasurement & { readonly logRatio: number }

/** The nearer a measurement, the more it counts; one of just this counts a thousand times as much as the next. */
function weightedMean(known: readonly Known[], question: Omit<SpeedMeasurement, 'msPerImage'>): number {
  let [sum, weights] = [0, 0]
  for (const one of known) {
    const weight = 1 / (squaredDistance(one, question) + 1e-3)
    sum += weight * one.logRatio
    weights += weight
  }
  return sum / weights
}

/** Another model or precision is further than any crop of the same; a batch of another size is nearer than a crop. */
function squaredDistance(one: SpeedMeasurement, other: Omit<SpeedMeasurement, 'msPerImage'>): number {
  const octaves = (a: number, b: number): number => Math.log2(a / b) ** 2
  const others =
    one.model === other.model ? 0 : 1 + octaves(parameters(one.model), parameters(other.model)) / 4
  return (
    (one.precision === other.precision ? 0 : 9) +
    others +
    octaves(one.cropPx, other.cropPx) +
    octaves(one.microBatchSize, other.microBatchSize) / 4 +
    octaves(one.batchSize, other.batchSize) / 8
  )
}

function parameters(model: string): number {
  const { units, width } = parseModel(model).spec
  return units.reduce((sum, count) => sum + count, 0) * width
}

function originOf(steps: readonly Known[], model: NamedModel, precision: Precision, cropPx: number): Origin {
  if (steps.length === 0) {
    return {
      certainty: 'guessed',
      basis: 'A guess from the kind of engine and processor: this machine has not been measured yet.',
    }
  }
  const same = steps.some(
    (one) => one.model === model.name && one.cropPx === cropPx && one.precision === precision,
  )
  if (same)
    return {
      certainty: 'measured',
      basis: `Measured on this machine with ${sizeWords(model.name)} at ${String(cropPx)} px.`,
    }
  return {
    certainty: 'scaled',
    basis:
      'Scaled from measurements of another model on this machine, by the work per image. Measure this model for a better estimate.',
  }
}
