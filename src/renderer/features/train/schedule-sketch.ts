/** The learning rate over the steps as a path in a 100 × 100 box, on a logarithmic axis. Pure. */
import type { Recipe } from '../../../contract/entities/run'

export interface ScheduleSketch {
  readonly path: string
  /** Rates at which the course stays, from the highest. */
  readonly levels: readonly { readonly rate: number; readonly top: number }[]
  /** Where it falls. */
  readonly falls: readonly { readonly step: number; readonly left: number; readonly top: number }[]
}

type Schedule = Pick<Recipe, 'baseLearningRate' | 'decayAtSteps' | 'warmupStepCount' | 'stepCount'>

// Room above the first and below the last level, as a share of a decade.
const margin = 0.4
const warmupPoints = 24

export function scheduleSketch({
  baseLearningRate,
  decayAtSteps,
  warmupStepCount,
  stepCount,
}: Schedule): ScheduleSketch {
  const decays = decayAtSteps.filter((step) => step < stepCount)
  const decades = decays.length + 2 * margin
  const topOf = (decadesDown: number): number => Math.min(100, ((decadesDown + margin) / decades) * 100)
  const leftOf = (step: number): number => (step / stepCount) * 100
  const points: [number, number][] = []
  // Step 0 of a warm-up has rate 0, which is below every axis.
  for (let turn = 0; turn < (warmupStepCount > 0 ? warmupPoints : 0); turn++) {
    const share = turn / warmupPoints
    points.push([leftOf(warmupStepCount * share), share === 0 ? 100 : topOf(-Math.log10(share))])
  }
  points.push([leftOf(warmupStepCount), topOf(0)])
  decays.forEach((step, index) => points.push([leftOf(step), topOf(index)], [leftOf(step), topOf(index + 1)]))
  points.push([100, topOf(decays.length)])
  return {
    path: points.map(([x, y], index) => `${index === 0 ? 'M' : 'L'}${x.toFixed(2)} ${y.toFixed(2)}`).join(''),
    levels: [0, ...decays].map((_, index) => ({ rate: baseLearningRate / 10 ** index, top: topOf(index) })),
    falls: decays.map((step, index) => ({ step, left: leftOf(step), top: topOf(index + 1) })),
  }
}
