/** What a training would be: recipe, reasons, cost, and what stands in its way. Starts nothing. */
import type { DatasetDetail } from '../../contract/entities/dataset'
import type { Plan, Recipe, Run, TrainRequest } from '../../contract/entities/run'
import { convGmac, parameterCount, parseModel, type NamedModel } from '../model/spec'
import { getDataset } from '../store/datasets'
import { listMeasurements } from '../store/measurements'
import { listRuns } from '../store/runs'
import { chooseMicroBatch, estimateMemory } from '../training/estimate'
import { hyperRule } from '../training/hyper-rule'
import type { ServiceContext } from './context'
import type { EngineService } from './engine'
import { engineKey } from './engine-key'
import { memoryAvailable } from './memory-available'
import { findObstacles } from './obstacles'
import { suggestRunName } from './run-name'
import { estimateTime } from './time-estimate'

export interface Planned {
  readonly plan: Plan
  readonly model: NamedModel
  readonly dataset: DatasetDetail
}

export async function makePlan(
  context: ServiceContext,
  engine: EngineService,
  active: Run | null,
  request: TrainRequest,
): Promise<Planned> {
  const model = parseModel(request.model)
  const dataset = getDataset(context.db, request.datasetId)
  const available = memoryAvailable(engine.known())
  const { recipe, choices, departureCount } = chooseRecipe(model, dataset, request, available)
  const memoryBytes = estimateMemory(model.spec, dataset.classCount, recipe.cropPx, recipe.microBatchSize)
  // Parameters and momenta, float32.
  const checkpointBytes = parameterCount(model.spec, dataset.classCount) * 4 * 2
  const obstacles = await findObstacles(context, {
    request,
    dataset,
    active,
    memoryBytes,
    checkpointBytes,
    microBatchSize: recipe.microBatchSize,
  })
  const names = new Set(listRuns(context.db).map((run) => run.name))
  const plan: Plan = {
    suggestedName: suggestRunName(dataset.name, model.name, names),
    recipe,
    choices,
    departureCount,
    estimate: {
      ...timeOf(context, engine, model, recipe),
      memoryBytes,
      memoryBasis: `Estimated for ${recipe.microBatchSize} pictures at once at ${recipe.cropPx} px.`,
      memoryAvailableBytes: available,
      checkpointBytes,
    },
    parameterCount: parameterCount(model.spec, dataset.classCount),
    convGmac: convGmac(model.spec, recipe.cropPx),
    obstacles,
  }
  return { plan, model, dataset }
}

function chooseRecipe(model: NamedModel, dataset: DatasetDetail, request: TrainRequest, available: number) {
  const facts = {
    exampleCount: dataset.split.counts.train,
    classCount: dataset.classCount,
    medianWidthPx: dataset.medianWidthPx,
    medianHeightPx: dataset.medianHeightPx,
    model: model.name,
    seed: request.seed,
  }
  // The micro-batch depends on the crop, which the rule chooses: so the rule is asked twice.
  const first = hyperRule(request.rule, { ...facts, microBatchSize: 1 }, request.overrides).recipe
  const microBatchSize = chooseMicroBatch(
    model.spec,
    dataset.classCount,
    first.cropPx,
    first.batchSize,
    available,
  )
  return hyperRule(request.rule, { ...facts, microBatchSize }, request.overrides)
}

function timeOf(context: ServiceContext, engine: EngineService, model: NamedModel, recipe: Recipe) {
  const known = engine.known()
  const all = listMeasurements(context.db)
  // Before an engine has been asked, the last one that measured is taken to be the one that will train.
  const key = known !== null ? engineKey(known) : all[0]?.engineKey
  const measurements = all
    .filter((measurement) => measurement.engineKey === key)
    .map((measurement) => ({
      ...measurement,
      convGmac: convGmac(parseModel(measurement.model).spec, measurement.cropPx),
    }))
  return estimateTime(measurements, {
    model: model.name,
    cropPx: recipe.cropPx,
    convGmac: convGmac(model.spec, recipe.cropPx),
    imageCount: recipe.stepCount * recipe.batchSize,
  })
}
