/** What the messages of one trainer say of this machine's speed. Pure. */
import type { Evaluation, Recipe, StepMetric } from '../../contract/entities/run'
import type { FromTrainerBody } from '../protocol/messages'

/** The first steps allocate memory and choose algorithms, after a start as after a resume. */
const leftOutSteps = 5
/** Fewer say little: a run of two steps says nothing. */
const leastSteps = 20
const leastEvaluatedImages = 32

export interface RunSpeed {
  /** `nowMs`: when it came. */
  see(body: FromTrainerBody, nowMs: number): void
  /** Of steps and evaluations that this trainer made; null where there were too few. */
  figures(): { readonly stepMsPerImage: number | null; readonly predictMsPerImage: number | null }
}

export function createRunSpeed({
  batchSize,
  linearProbe,
}: Pick<Recipe, 'batchSize' | 'linearProbe'>): RunSpeed {
  const stepsMs: number[] = []
  const seenParts = new Set<string>()
  let predictMsPerImage: number | null = null
  /** When the last thing before an evaluation ended. */
  let markMs: number | null = null

  // what waits for images says how large they are and how fast their disk is: an estimate reckons that by itself
  const seeStep = ({ stepMs, waitMs }: StepMetric): void => {
    stepsMs.push(stepMs - waitMs)
  }
  const seeEvaluation = ({ part, accuracy: { total } }: Evaluation, waitMs: number, nowMs: number): void => {
    // the first of a part records the graph
    if (seenParts.has(part) && markMs !== null && total >= leastEvaluatedImages)
      predictMsPerImage = Math.max(0, nowMs - markMs - waitMs) / total
    seenParts.add(part)
  }

  return {
    see(body, nowMs) {
      if (body.type === 'step') seeStep(body.metric)
      else if (body.type === 'evaluation') seeEvaluation(body.evaluation, body.waitMs, nowMs)
      else if (body.type !== 'phase' && body.type !== 'checkpoint-end') return
      markMs = nowMs
    },
    figures() {
      // a linear probe's steps and evaluations read features and say nothing of the network
      if (linearProbe) return { stepMsPerImage: null, predictMsPerImage: null }
      const counted = stepsMs.slice(leftOutSteps).sort((one, other) => one - other)
      const middleMs = counted[Math.floor((counted.length - 1) / 2)]
      const enough = counted.length >= leastSteps && middleMs !== undefined && middleMs > 0
      return {
        stepMsPerImage: enough ? middleMs / batchSize : null,
        predictMsPerImage: predictMsPerImage === 0 ? null : predictMsPerImage,
      }
    },
  }
}
