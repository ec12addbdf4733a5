/** How long a run may take: what is offered, and what is offered first. Pure. */
import type { Plan } from '../../../contract/entities/run'

const minuteMs = 60_000
export const budgets: readonly number[] = [1, 5, 30, 120].map((minutes) => minutes * minuteMs)

/** Where the rule takes longer than this here, a budget comes first. */
const patienceMs = 60 * minuteMs
const firstBudgetMs = 5 * minuteMs

/** null: the rule, which takes no longer than an hour here. */
export function offeredBudget({ byRule }: Pick<Plan, 'byRule'>): number | null {
  return byRule.durationMs > patienceMs ? firstBudgetMs : null
}
