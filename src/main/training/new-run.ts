import { parameterCount } from '../../domain/model/spec'
import type { NewRun } from '../store/runs/runs'
import type { Planned } from './plan'

/** The run that a plan is. `typedName` null: it gets the name that the plan suggests. */
export function newRun(
  typedName: string | null,
  { plan, model, dataset, parent, again }: Planned,
  budgetMs: number | null,
  createdAtMs: number,
  groupId: number | null = null,
): NewRun {
  return {
    name: typedName ?? plan.suggestedName,
    datasetId: dataset.id,
    splitId: dataset.split.id,
    model: model.name,
    spec: model.spec,
    recipe: plan.recipe,
    choices: plan.choices,
    departureCount: plan.departureCount,
    weights: plan.weights,
    budgetMs,
    expectedMs: plan.estimate.durationMs,
    exampleCount: dataset.split.counts.train,
    classCount: dataset.classCount,
    parameterCount: parameterCount(model.spec, dataset.classCount),
    createdAtMs,
    parent,
    groupId,
    againOf: again?.id ?? null,
  }
}
