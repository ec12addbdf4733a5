/** The learning rate over the steps as a path in a 100 × 100 box, on a logarithmic axis. Pure. */
import { learningRate, ratePlateaus, ratesToCome, type Schedule } from '../../../domain/rules/schedule'

export interface ScheduleSketch {
  readonly path: string
  /** Rates at which the course stays, from the highest. */
  readonly levels: readonly { readonly rate: number; readonly top: number }[]
  /** Where it has risen from 0; null without a warm-up. */
  readonly risen: { readonly step: number; readonly left: number } | null
  /** Where it falls. */
  readonly falls: readonly { readonly step: number; readonly left: number; readonly top: number }[]
}

// Room above the first and below the last level, as a share of a decade.
const margin = 0.4
const warmupPoints = 24

export function scheduleSketch(schedule: Schedule): ScheduleSketch {
  const { baseLearningRate, decayAtSteps, warmupStepCount, stepCount } = schedule
  const rates = ratePlateaus(schedule)
  const decades = rates.length - 1 + 2 * margin
  // Step 0 of a warm-up has rate 0, which is below every axis.
  const topOf = (rate: number): number =>
    Math.min(100, ((Math.log10(baseLearningRate / rate) + margin) / decades) * 100)
  const leftOf = (step: number): number => (step / stepCount) * 100
  const points = (warmupStepCount > 0 ? warmupPoints : 0) + (warmupStepCount >= stepCount ? 1 : 0)
  const rise = Array.from({ length: points }, (_, turn) => {
    const step = (Math.min(warmupStepCount, stepCount) * turn) / warmupPoints
    return [leftOf(step), topOf(learningRate(schedule, step))] as const
  })
  const course = ratesToCome(schedule, warmupStepCount)
  const corners = [
    ...rise,
    ...course.xs.map((step, at) => [leftOf(step), topOf(course.ys[at] ?? 0)] as const),
  ]
  return {
    path: corners
      .map(([x, y], index) => `${index === 0 ? 'M' : 'L'}${x.toFixed(2)} ${y.toFixed(2)}`)
      .join(''),
    levels: rates.map((rate) => ({ rate, top: topOf(rate) })),
    risen: warmupStepCount > 0 ? { step: warmupStepCount, left: leftOf(warmupStepCount) } : null,
    falls: decayAtSteps
      .filter((step) => step < stepCount)
      .map((step, index) => ({ step, left: leftOf(step), top: topOf(rates[index + 1] ?? 0) })),
  }
}
