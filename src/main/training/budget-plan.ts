/** A time budget for a dataset on this machine: the candidates, what each would cost, and the planner's choice. */
import type { Choice, Overrides, PlanBudget, Precision, Recipe } from '../../contract/entities/run'
import { WorkbenchError } from '../../contract/errors'
import { lineOf } from '../../domain/recipe/fields'
import { planBudget, type BudgetResult } from '../../domain/budget/budget'
import type { BudgetCandidate } from '../../domain/budget/budget-facts'
import { probeMemory } from '../../domain/estimate/probe-size'
import { ruleMixupAlpha, ruleSizeClass } from '../../domain/rules/rule-numbers'
import type { RuleResult } from '../../domain/rules/rule-facts'
import { runCosts } from '../../domain/estimate/run-time'
import { estimateMemory } from '../../domain/estimate/estimate'
import type { StartModel } from './start-models'
import { microBatchFor, timedDataset, type Circumstances } from '../costs/training-cost'

/** `starts`: what may be started from, the best first; one alone where the user named it. Throws 'bad-input' for pre-training. */
export function budgetPlan(
  circumstances: Circumstances,
  starts: readonly StartModel[],
  asked: boolean,
  { budgetMs, overrides, rule }: { budgetMs: number; overrides: Overrides; rule: Recipe['rule'] },
): BudgetResult {
  if (rule === 'upstream') {
    throw new WorkbenchError(
      'bad-input',
      'A time budget works only for fine-tuning; in pre-training the preset sets the number of epochs.',
      'Remove the budget, or choose HyperRule.',
    )
  }
  const { dataset, engine } = circumstances
  const { train } = dataset.split.counts
  const precisions: readonly Precision[] =
    engine?.recordedGraphs === true && engine.hasBfloat16 === true ? ['float32', 'bfloat16'] : ['float32']
  return planBudget({
    budgetMs,
    exampleCount: train,
    classCount: dataset.classCount,
    medianWidthPx: dataset.medianWidthPx,
    medianHeightPx: dataset.medianHeightPx,
    ruleMixes: ruleMixupAlpha[ruleSizeClass(train)] > 0,
    candidates: starts.map((start) => candidate(circumstances, start, asked, overrides)),
    precisions,
    set: overrides,
  })
}

function candidate(
  circumstances: Circumstances,
  { id, name, kind, cropPx, model }: StartModel,
  asked: boolean,
  set: Overrides,
): BudgetCandidate {
  const { dataset, speed, memoryLimitBytes } = circumstances
  const microBatch = (px: number, batchSize: number): number =>
    Math.min(set.microBatchSize ?? microBatchFor(circumstances, model, px, batchSize), batchSize)
  const flip = set.flip ?? true
  return {
    id,
    name,
    kind,
    cropPx,
    asked,
    costs: (size) =>
      runCosts(
        model,
        timedDataset(dataset),
        {
          ...size,
          flip,
          microBatchSize: microBatch(size.cropPx, size.batchSize),
          resizePx: set.resizePx ?? size.cropPx,
        },
        speed,
      ),
    fits: ({ cropPx: px, batchSize, linearProbe }) => {
      const microBatchSize = microBatch(px, batchSize)
      const { classCount, split } = dataset
      const bytes = linearProbe
        ? probeMemory(model.spec, classCount, { flip, cropPx: px, microBatchSize }, split.counts)
        : estimateMemory(model.spec, classCount, px, microBatchSize)
      return bytes <= memoryLimitBytes
    },
  }
}

/** The rule's lines, with the budget's reasons where the budget decided; what the user set as well stays the user's. */
export function withBudget(result: RuleResult, { reasons }: BudgetResult, set: Overrides): RuleResult {
  const users = new Set(Object.keys(set).map(lineOf))
  const choices = result.choices.map((choice): Choice => {
    const because = users.has(choice.key) ? undefined : reasons.get(choice.key)
    if (because === undefined) return choice
    const departure = choice.departure === null ? null : { ...choice.departure, by: 'budget' as const }
    return { ...choice, because, departure }
  })
  return { ...result, choices }
}

export function budgetOf(
  { candidate: { id }, reasons }: BudgetResult,
  budgetMs: number,
  expectedMs: number,
): PlanBudget {
  return {
    budgetMs,
    expectedMs,
    weights: id,
    reasons: [...reasons].map(([key, text]) => ({ key, text })),
  }
}
