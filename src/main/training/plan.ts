/** What a training would be: recipe, reasons, cost, and what stands in its way. Starts nothing. */
import type { DatasetDetail } from '../../contract/entities/dataset'
import { autoModel, type Plan, type Run, type TrainRequest } from '../../contract/entities/run'
import type { WireError } from '../../contract/errors'
import { convGmac, parameterCount, type NamedModel } from '../../domain/model/spec'
import { findRun, runNames } from '../store/runs/find-runs'
import type { Db } from '../store/statement'
import { budgetOf, budgetPlan, withBudget } from './budget-plan'
import { refuseOtherStart } from './changed-start'
import { continuedRun, onSplitOf, refuseOtherWeights } from './continued'
import type { ServiceContext } from '../app/context'
import type { EngineService } from '../engine/engine'
import { isChecked, leakCautions } from './leak'
import { runModelOf } from '../../domain/model/run-model'
import { findCautions, findObstacles } from './obstacles'
import { suggestRunName } from './run-name'
import { runAgainOf, withBefore } from './same-again'
import { startModels } from './start-models'
import { readCircumstances, trainingCost, type Circumstances } from '../costs/training-cost'

export interface Planned {
  readonly plan: Plan
  readonly model: NamedModel
  readonly dataset: DatasetDetail
  /** What it goes on from. */
  readonly parent: Run['parent']
  /** What it trains again. */
  readonly again: Run | null
}

/** A run that is gone stays as it is; that it cannot be started from is an obstacle. */
function originOf(db: Db, weights: string | null): string | null {
  const runId = weights === null ? undefined : runModelOf(weights)?.runId
  const run = runId === undefined ? null : findRun(db, runId)
  return run === null ? weights : run.origin
}

export async function makePlan(
  context: ServiceContext,
  engineService: EngineService,
  inTheWay: WireError | null,
  request: TrainRequest,
): Promise<Planned> {
  const continued = continuedRun(context.db, request)
  const again = runAgainOf(context.db, request)
  const before = again ?? continued
  const circumstances = onSplitOf(readCircumstances(context, engineService, request.datasetId), continued)
  const { dataset, engine, memoryLimitBytes } = circumstances
  const { model, weights, budget, late, recipe, choices, departureCount, estimate } = await decide(
    context,
    circumstances,
    request,
  )
  const ruled = trainingCost(circumstances, model, { ...request, overrides: {} })
  if (continued !== null) {
    refuseOtherWeights(continued, recipe, request)
    if (recipe.decayTowardInitial !== 0 && weights === continued.weights)
      refuseOtherStart(context.db, continued)
  }
  const obstacles = await findObstacles(context, {
    // after a checkpoint, only what pulls toward the initial weights needs them
    request: { ...request, weights: continued !== null && recipe.decayTowardInitial === 0 ? null : weights },
    model,
    dataset,
    inTheWay,
    memoryBytes: estimate.memoryBytes,
    memoryLimitBytes,
    checkpointBytes: estimate.checkpointBytes,
    engine,
    recipe,
  })
  const plan: Plan = {
    suggestedName: suggestRunName(
      dataset.name,
      { origin: originOf(context.db, weights), model: model.name },
      runNames(context.db),
    ),
    model: model.name,
    weights,
    recipe,
    budget,
    byRule: { recipe: ruled.recipe, durationMs: ruled.estimate.durationMs },
    choices: before === null ? choices : withBefore(choices, request.overrides, before),
    departureCount,
    estimate,
    parameterCount: parameterCount(model.spec, dataset.classCount),
    convGmac: convGmac(model.spec, recipe.cropPx),
    obstacles,
    cautions: [
      ...(late ? [tooLate] : []),
      ...leakCautions(context.db, dataset),
      ...findCautions(engine, recipe, model.spec, weights),
    ],
    isChecked: isChecked(context.db, dataset),
  }
  return { plan, model, dataset, parent: request.continues ?? null, again }
}

const tooLate: Plan['cautions'][number] = {
  message: 'This machine needs longer than the budget: even the smallest choice takes the time shown.',
  wayOut: 'Choose a longer budget, or hold out fewer images: each one is classified at the end.',
}

/** The rule alone, or what a budget makes of it. */
async function decide(context: ServiceContext, circumstances: Circumstances, request: TrainRequest) {
  const starts = await startModels(context, request)
  const { budgetMs, overrides } = request
  const [first] = starts
  if (first === undefined) throw new Error('There is no model to start from.')
  if (budgetMs === null) {
    const cost = trainingCost(circumstances, first.model, request)
    return { ...cost, model: first.model, weights: first.id, budget: null, late: false }
  }
  const found = budgetPlan(
    circumstances,
    starts,
    starts.length === 1 && (request.model !== autoModel || request.weights !== null),
    {
      budgetMs,
      overrides,
      rule: request.rule,
    },
  )
  const start = starts.find(({ id }) => id === found.candidate.id) ?? first
  const cost = trainingCost(circumstances, start.model, {
    ...request,
    overrides: { ...found.overrides, ...overrides },
  })
  const shown = withBudget(cost, found, overrides)
  return {
    ...cost,
    ...shown,
    model: start.model,
    weights: start.id,
    budget: budgetOf(found, budgetMs, cost.estimate.durationMs),
    late: found.late,
  }
}
