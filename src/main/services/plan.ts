/** What a training would be: recipe, reasons, cost, and what stands in its way. Starts nothing. */
import os from 'node:os'
import type { DatasetDetail } from '../../contract/entities/dataset'
import type { Plan, Recipe, Run, TrainRequest } from '../../contract/entities/run'
import { convGmac, parameterCount, parseModel, type NamedModel } from '../model/spec'
import { getDataset } from '../store/datasets'
import { listMeasurements, type Measurement } from '../store/measurements'
import { listRuns } from '../store/runs'
import { chooseMicroBatch, estimateMemory } from '../training/estimate'
import { hyperRule } from '../training/hyper-rule'
import { upstreamRule } from '../training/upstream-rule'
import type { ServiceContext } from './context'
import type { EngineService } from './engine'
import { engineKey } from './engine-key'
import { memoryAvailable } from './memory-available'
import { findCautions, findObstacles } from './obstacles'
import { suggestRunName } from './run-name'
import { estimateTime } from './time-estimate'

/** Of the free memory; the rest is for decoded pictures and for what else the machine does. */
const modelShare = 0.7

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
  const runs = listRuns(context.db)
  // Before the engine has been asked, the one that trained last is taken to be the one that will train.
  const expected = engine.known() ?? runs.find((run) => run.engine !== null)?.engine ?? null
  const available = memoryAvailable(expected)
  const { recipe, choices, departureCount } = chooseRecipe(model, dataset, request, available)
  const measurements = listMeasurements(context.db).filter(
    ({ engineKey: key }) => expected !== null && key === engineKey(expected, recipe.precision),
  )
  const memory = memoryOf(measurements, model, dataset.classCount, recipe)
  // Parameters and momenta, float32.
  const checkpointBytes = parameterCount(model.spec, dataset.classCount) * 4 * 2
  const obstacles = await findObstacles(context, {
    request,
    dataset,
    active,
    memoryBytes: memory.memoryBytes,
    memoryLimitBytes: expected?.device === 'gpu' ? expected.memoryBytes : os.totalmem(),
    checkpointBytes,
    microBatchSize: recipe.microBatchSize,
    engine: expected,
    precision: recipe.precision,
  })
  const names = new Set(runs.map((run) => run.name))
  const plan: Plan = {
    suggestedName: suggestRunName(dataset.name, model.name, names),
    recipe,
    choices,
    departureCount,
    estimate: {
      ...timeOf(measurements, model, recipe),
      ...memory,
      memoryAvailableBytes: available,
      checkpointBytes,
    },
    parameterCount: parameterCount(model.spec, dataset.classCount),
    convGmac: convGmac(model.spec, recipe.cropPx),
    obstacles,
    cautions: findCautions(expected, recipe.precision),
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
  const ruled = (microBatchSize: number) =>
    request.rule === 'upstream'
      ? upstreamRule(request.preset, { ...facts, microBatchSize }, request.overrides)
      : hyperRule(request.rule, { ...facts, microBatchSize }, request.overrides)
  const first = ruled(1).recipe
  const microBatchSize = chooseMicroBatch(
    model.spec,
    dataset.classCount,
    first.cropPx,
    first.batchSize,
    available * modelShare,
  )
  return ruled(microBatchSize)
}

/** What the same model needed here, pictures included, where that is known; else computed. */
function memoryOf(
  measurements: readonly Measurement[],
  model: NamedModel,
  classCount: number,
  recipe: Recipe,
) {
  const { cropPx, microBatchSize } = recipe
  const computed = estimateMemory(model.spec, classCount, cropPx, microBatchSize)
  const seen = measurements.find(
    (one) => one.model === model.name && one.cropPx === cropPx && one.microBatchSize === microBatchSize,
  )
  if (seen !== undefined && seen.peakMemoryBytes > computed) {
    return {
      memoryBytes: seen.peakMemoryBytes,
      memoryBasis: `The peak of ${model.name} with ${microBatchSize} pictures of ${cropPx} px at once on this machine.`,
    }
  }
  return {
    memoryBytes: computed,
    memoryBasis: `Computed for ${microBatchSize} pictures of ${cropPx} px at once; decoded pictures come on top.`,
  }
}

function timeOf(measurements: readonly Measurement[], model: NamedModel, recipe: Recipe) {
  const costed = measurements.map((measurement) => ({
    ...measurement,
    convGmac: convGmac(parseModel(measurement.model).spec, measurement.cropPx),
  }))
  return estimateTime(costed, {
    model: model.name,
    cropPx: recipe.cropPx,
    convGmac: convGmac(model.spec, recipe.cropPx),
    imageCount: recipe.stepCount * recipe.batchSize,
  })
}
