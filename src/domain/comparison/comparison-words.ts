/** Two runs compared, in the same words on screens and in commands. Pure. */
import type { ComparisonGroup } from '../../contract/entities/comparison'

export const comparisonNames: Readonly<Record<ComparisonGroup, string>> = {
  fixed: 'Fixed',
  broken: 'Broken',
  'same-wrong': 'Still wrong, same answer',
  'other-wrong': 'Still wrong, another answer',
  right: 'Right in both',
}

/** 'p = 0.020', 'p < 0.001' */
export function pText(p: number): string {
  return p < 0.001 ? 'p < 0.001' : `p = ${p.toFixed(3)}`
}
