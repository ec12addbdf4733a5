/** A published model within a budget: fine-tuned with the paper's rate where enough steps fit, else its head alone, else not at all. Pure. */
import type { BudgetCandidate, BudgetFacts } from './budget-facts'
import {
  batchFor,
  cropsOf,
  finished,
  imagesAt,
  probeChoice,
  rounded,
  sizeOf,
  stepsIn,
  type Tried,
} from './budget-choices'
import { budgetNumbers } from './budget-numbers'

const numbers = budgetNumbers.published

/** null where not even its head fits and the user did not name it. */
export function publishedChoice(facts: BudgetFacts, candidate: BudgetCandidate): Tried | null {
  const leastPx = Math.min(candidate.cropPx * numbers.leastCropShare, Math.max(...cropsOf(facts)))
  if (facts.set.linearProbe !== true) {
    const tuned = fineTuning(facts, candidate, leastPx)
    if (tuned !== null) return tuned
  }
  if (facts.set.linearProbe !== false) {
    const probe = probeChoice(facts, candidate, leastPx)
    if (candidate.fits(probe.size) && probe.expectedMs <= facts.budgetMs) return probe
    if (candidate.asked) return probe
  }
  return candidate.asked ? leastFineTuning(facts, candidate) : null
}

/** At the largest crop for which the smallest batch has enough steps; null where there is none. */
function fineTuning(facts: BudgetFacts, candidate: BudgetCandidate, leastPx: number): Tried | null {
  const [smallest] = numbers.batches
  const cropPx = cropsOf(facts).findLast((px) => {
    const batchSize = batchFor(facts, smallest)
    if (px < leastPx || !candidate.fits(sizeOf(facts, candidate, px, batchSize))) return false
    return imagesAt(facts, candidate, px, batchSize) >= numbers.leastSteps * batchSize
  })
  return cropPx === undefined ? null : tuned(facts, candidate, cropPx)
}

function leastFineTuning(facts: BudgetFacts, candidate: BudgetCandidate): Tried {
  const [cropPx = candidate.cropPx] = cropsOf(facts)
  return tuned(facts, candidate, cropPx)
}

/** With the largest batch that has enough steps. */
function tuned(facts: BudgetFacts, candidate: BudgetCandidate, cropPx: number): Tried {
  const [smallest] = numbers.batches
  const stepsWith = (batchSize: number): number =>
    stepsIn(facts, candidate.costs(sizeOf(facts, candidate, cropPx, batchSize)), batchSize)
  const batch = batchFor(
    facts,
    numbers.batches.findLast((size) => stepsWith(size) >= numbers.leastSteps) ?? smallest,
  )
  const size = sizeOf(facts, candidate, cropPx, batch)
  const stepCount = facts.set.stepCount ?? stepsWith(batch)
  const { batchSize, rate } = numbers.rate
  return finished(facts, candidate, size, stepCount, {
    baseLearningRate: rounded((rate * batch) / batchSize),
  })
}
