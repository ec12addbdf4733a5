/** What a rule is given, and what it answers. */
import type { Choice, Recipe } from '../../contract/entities/run'

export interface RuleFacts {
  /** Training images. */
  readonly exampleCount: number
  readonly classCount: number
  readonly medianWidthPx: number
  readonly medianHeightPx: number
  /** R50x1 … or units:…,width:… */
  readonly model: string
  readonly seed: number
  /** What fits into memory, see estimate.ts; cut to the batch. */
  readonly microBatchSize: number
}

export interface RuleResult {
  readonly recipe: Recipe
  readonly choices: Choice[]
  readonly departureCount: number
}
