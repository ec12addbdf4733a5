/** What the planner of a time budget is given. */
import type { Overrides, Precision, Recipe } from '../../contract/entities/run'
import type { RunCosts } from '../estimate/run-time'

export interface BudgetFacts {
  readonly budgetMs: number
  /** Training images. */
  readonly exampleCount: number
  readonly classCount: number
  readonly medianWidthPx: number
  readonly medianHeightPx: number
  /** Whether the rule mixes images of a dataset of this size. */
  readonly ruleMixes: boolean
  /** At least one; published ones are considered from the first on, so the best comes first. */
  readonly candidates: readonly BudgetCandidate[]
  /** What this engine has. float32 at least. */
  readonly precisions: readonly Precision[]
  /** What the user set: it stands. */
  readonly set: Overrides
}

export interface BudgetCandidate {
  /** null: random weights. */
  readonly id: string | null
  readonly name: string
  /** published: trained on millions of images. small: what comes with the workbench, or whatever else the user named. */
  readonly kind: 'small' | 'published'
  /** Side of the images that it was trained on. */
  readonly cropPx: number
  /** Whether the user named it, so that nothing else is tried. */
  readonly asked: boolean
  costs(size: BudgetSize): RunCosts
  /** Whether there is memory for it. */
  fits(size: BudgetSize): boolean
}

export interface BudgetSize {
  readonly cropPx: number
  readonly batchSize: number
  readonly precision: Precision
  readonly linearProbe: boolean
  readonly freeze: Recipe['freeze']
}
