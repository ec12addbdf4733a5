/** What is said of a time budget. Pure. */
import type { Plan } from '../../../contract/entities/run'
import { formatDuration, plural } from '../../format'
import { budgets } from '../../state/runs/offered-budget'

export const byRule = 'rule'

export interface BudgetOption {
  /** Milliseconds, or `byRule`. */
  readonly id: string
  readonly label: string
}

/**
 * The budgets that are offered, the one that was given where it is another, and the rule with what it takes here. `isAgain`: with the settings of a run that
 * is trained again, in place of the rule.
 */
export function budgetOptions(
  budgetMs: number | null,
  plan: Plan | null,
  measuring: boolean,
  isAgain = false,
): BudgetOption[] {
  const lengths = [...new Set([...budgets, ...(budgetMs === null ? [] : [budgetMs])])].sort((a, b) => a - b)
  const rule = ruleName(plan)
  const takes = plan === null || measuring ? '' : ` · ${roughly(plan.byRule.durationMs)}`
  return [
    ...lengths.map((length) => ({ id: String(length), label: formatDuration(length) })),
    { id: byRule, label: isAgain && budgetMs === null ? 'As before' : `${rule}${takes}` },
  ]
}

/** Hours and days without their minutes: it is an estimate. */
export function roughly(durationMs: number): string {
  const hours = durationMs / 3_600_000
  if (hours < 1) return formatDuration(Math.max(60_000, Math.round(durationMs / 60_000) * 60_000))
  if (hours < 48) return `${hours < 10 ? String(Number(hours.toFixed(1))) : String(Math.round(hours))} h`
  return `${Math.round(hours / 24).toLocaleString('en')} d`
}

/** What the choice comes to, in a sentence. `startName`: what the model is called. */
export function budgetSentence(plan: Plan, startName: string, isAgain = false): string {
  const { budget, estimate, departureCount } = plan
  if (budget === null) {
    const changes = departureCount === 0 ? 'unchanged' : `with ${plural(departureCount, 'departure')}`
    if (isAgain) return 'The settings of the run before, but for what you change: no time limit.'
    return `${ruleName(plan)}, ${changes}: no time limit.`
  }
  const why = budget.reasons.find(({ key }) => key === 'model')?.text
  const from = why === undefined ? startName : `${startName}: ${why}`
  return `Expected to finish in ${formatDuration(estimate.durationMs)}. It starts from ${from}.`
}

function ruleName(plan: Plan | null): string {
  return plan?.recipe.rule === 'reference-code' ? 'The authors’ code' : 'The paper’s rule'
}
