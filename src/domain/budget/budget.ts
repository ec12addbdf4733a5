/**
 * A time budget becomes a recipe: which model to start from, crop, batch, steps, rate, precision, fine-tuning or linear probe, so that the run
 * ends within the budget on this machine. What the user set stands, and the rest is planned around it. Pure; the numbers are in
 * budget-numbers.ts, the sentences in budget-reasons.ts.
 */
import type { Overrides } from '../../contract/entities/run'
import type { BudgetCandidate, BudgetFacts } from './budget-facts'
import { budgetNumbers } from './budget-numbers'
import { probeChoice, smallChoice, type Tried } from './budget-choices'
import { publishedChoice } from './budget-published'
import { explainBudget } from './budget-reasons'

export interface BudgetResult {
  readonly candidate: BudgetCandidate
  /** What the budget decided, without what the user set. */
  readonly overrides: Overrides
  readonly expectedMs: number
  /** By the keys of the plan's lines; 'model' for the candidate. */
  readonly reasons: ReadonlyMap<string, string>
  /** Whether even the smallest choice takes longer than the budget. */
  readonly late: boolean
}

export function planBudget(facts: BudgetFacts): BudgetResult {
  const tried = choose(facts)
  const overrides = withoutSet(tried.overrides, facts.set)
  return {
    candidate: tried.candidate,
    overrides,
    expectedMs: tried.expectedMs,
    reasons: explainBudget(facts, tried, overrides),
    late: tried.expectedMs > facts.budgetMs * budgetNumbers.lateFactor,
  }
}

function choose(facts: BudgetFacts): Tried {
  for (const candidate of facts.candidates) {
    if (candidate.kind !== 'published') continue
    const tried = publishedChoice(facts, candidate)
    if (tried !== null) return tried
  }
  const small = facts.candidates.find(({ kind }) => kind === 'small')
  const [first] = facts.candidates
  if (first === undefined) throw new Error('There is no model to plan with.')
  // where only a published one was asked for and nothing of it fits, its head alone is the least
  if (small === undefined) return probeChoice(facts, first)
  return smallChoice(facts, small)
}

function withoutSet(overrides: Overrides, set: Overrides): Overrides {
  return Object.fromEntries(
    Object.entries(overrides).filter(([key]) => set[key as keyof Overrides] === undefined),
  )
}
