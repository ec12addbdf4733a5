/** The way back of a line that was set: to the rule's value, or to what the budget chose. Pure. */
import type { Choice, Plan } from '../../../contract/entities/run'
import type { Change, Settings } from '../../state/runs/train-settings'
import { isSet, type RuleField } from './rule-fields'

export interface WayBack {
  /** "back to the rule" */
  readonly words: string
  readonly change: Change
}

/**
 * Of what the user set: nothing is set any more. Of what the budget decided: the rule's values are set, and the budget plans around them. null
 * where there is nothing to go back from.
 */
export function wayBack(
  fields: readonly RuleField[],
  settings: Settings,
  { departure }: Choice,
  { budget, byRule }: Pick<Plan, 'budget' | 'byRule'>,
): WayBack | null {
  if (isSet(fields, settings)) {
    const words = budget === null ? 'restore the rule’s value' : 'restore the budget’s value'
    return { words, change: Object.fromEntries(fields.map(({ key }) => [key, undefined])) }
  }
  if (departure?.by !== 'budget') return null
  // how many are computed at once is no matter of the rule's
  const own = Object.entries(byRule.recipe).filter(
    ([key]) => key !== 'microBatchSize' && fields.some((field) => field.key === key),
  )
  return { words: 'use the rule’s value', change: Object.fromEntries(own) }
}
