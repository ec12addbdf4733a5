/** What a training would be: recipe, reasons, cost, and what stands in its way. Starts nothing. */
import type { DatasetDetail } from '../../contract/entities/dataset'
import type { Plan, Run, TrainRequest } from '../../contract/entities/run'
import { convGmac, parameterCount, parseModel, type NamedModel } from '../model/spec'
import { listRuns } from '../store/runs'
import type { ServiceContext } from './context'
import type { EngineService } from './engine'
import { findCautions, findObstacles } from './obstacles'
import { suggestRunName } from './run-name'
import { readCircumstances, trainingCost } from './training-cost'

export interface Planned {
  readonly plan: Plan
  readonly model: NamedModel
  readonly dataset: DatasetDetail
}

/** A run that is gone stays as it is; that it cannot be started from is an obstacle. */
function originOf(runs: readonly Run[], weights: string | null): string | null {
  const run = runs.find(({ id }) => weights === `run:${id}`)
  return run === undefined ? weights : run.origin
}

export async function makePlan(
  context: ServiceContext,
  engineService: EngineService,
  active: Run | null,
  request: TrainRequest,
): Promise<Planned> {
  const model = parseModel(request.model)
  const runs = listRuns(context.db)
  const circumstances = readCircumstances(context, engineService, runs, request.datasetId)
  const { dataset, engine, memoryLimitBytes } = circumstances
  const { recipe, choices, departureCount, estimate } = trainingCost(circumstances, model, request)
  const obstacles = await findObstacles(context, {
    request,
    model,
    dataset,
    active,
    memoryBytes: estimate.memoryBytes,
    memoryLimitBytes,
    checkpointBytes: estimate.checkpointBytes,
    engine,
    recipe,
  })
  const names = new Set(runs.map((run) => run.name))
  const plan: Plan = {
    suggestedName: suggestRunName(
      dataset.name,
      { origin: originOf(runs, request.weights), model: model.name },
      names,
    ),
    recipe,
    choices,
    departureCount,
    estimate,
    parameterCount: parameterCount(model.spec, dataset.classCount),
    convGmac: convGmac(model.spec, recipe.cropPx),
    obstacles,
    cautions: findCautions(engine, recipe, model.spec, request.weights),
  }
  return { plan, model, dataset }
}
