/** Evaluations as they come. Pure. */
import type { Evaluation } from '../../../contract/entities/run'

/** A run that goes on evaluates a step anew: the later evaluation of a step and a part stands for the earlier. */
export function putEvaluation(evaluations: readonly Evaluation[], fresh: Evaluation): Evaluation[] {
  const others = evaluations.filter(
    ({ stepIndex, part }) => stepIndex !== fresh.stepIndex || part !== fresh.part,
  )
  return [...others, fresh]
}
