/** What a training would take here, in memory and in time, and the recipe that this follows from. Cheap: many models can be asked about. */
import os from 'node:os'
import type { DatasetDetail } from '../../contract/entities/dataset'
import type { EngineReport, ModelSpec } from '../../contract/entities/model'
import type { Estimate, Recipe, TrainRequest } from '../../contract/entities/run'
import { sizeWords } from '../../domain/model/model-names'
import { parameterCount, type NamedModel } from '../../domain/model/spec'
import { getDataset } from '../store/datasets/datasets'
import { newestEngine } from '../store/runs/find-runs'
import type { Measurement } from '../store/measurements'
import { basisWithCompilation } from '../../domain/estimate/compilation'
import { chooseMicroBatch, estimateMemory } from '../../domain/estimate/estimate'
import { hyperRule } from '../../domain/rules/hyper-rule'
import type { RuleResult } from '../../domain/rules/rule-facts'
import { probeMemory, probePassCount } from '../../domain/estimate/probe-size'
import { runCosts, runDurationMs } from '../../domain/estimate/run-time'
import type { Speed } from '../../domain/estimate/speed'
import { upstreamRule } from '../../domain/rules/upstream-rule'
import type { ServiceContext } from '../app/context'
import type { EngineService } from '../engine/engine'
import { engineKey } from './engine-key'
import { knownSpeed } from './known-speed'
import { memoryAvailable } from '../engine/memory-available'

/** Of the free memory; the rest is for decoded images and for what else the machine does. */
const modelShare = 0.7

/** What every estimate for one dataset starts from; read once for all of them. */
export interface Circumstances {
  readonly dataset: DatasetDetail
  /** The one that will train, as far as it is known. */
  readonly engine: EngineReport | null
  readonly memoryAvailableBytes: number
  /** All that the device has. */
  readonly memoryLimitBytes: number
  /** Of the engine. */
  readonly measurements: readonly Measurement[]
  readonly speed: Speed
}

/** What decides a recipe, beside dataset and model. */
export type RecipeRequest = Pick<TrainRequest, 'rule' | 'preset' | 'seed' | 'overrides' | 'continues'>

/** Throws 'not-found'. */
export function readCircumstances(
  { db }: Pick<ServiceContext, 'db'>,
  service: Pick<EngineService, 'known'>,
  datasetId: number,
): Circumstances {
  // Before the engine has been asked, the one that trained last is taken to be the one that will train.
  const engine = service.known() ?? newestEngine(db)
  return {
    dataset: getDataset(db, datasetId),
    engine,
    memoryAvailableBytes: memoryAvailable(engine),
    memoryLimitBytes: engine?.device === 'gpu' && engine.memoryBytes > 0 ? engine.memoryBytes : os.totalmem(),
    ...knownSpeed(db, engine),
  }
}

/** Throws 'bad-input' where the overrides contradict each other. */
export function trainingCost(
  circumstances: Circumstances,
  model: NamedModel,
  request: RecipeRequest,
): RuleResult & { readonly estimate: Estimate } {
  const { dataset, engine, memoryAvailableBytes, speed } = circumstances
  const result = chooseRecipe(circumstances, model, request)
  const { recipe } = result
  const measurements = circumstances.measurements.filter(
    ({ engineKey: key, what }) =>
      what === 'step' && engine !== null && key === engineKey(engine, recipe.precision),
  )
  const { certainty, basis } = speed.origin(model, recipe.precision, recipe.cropPx)
  const costs = runCosts(model, timedDataset(dataset), recipe, speed)
  const durationMs = runDurationMs(costs, stepsToTake(recipe, request), dataset.split.counts.train)
  const estimate = {
    durationMs,
    imagesPerSecond: (recipe.batchSize * 1000) / costs.stepMs,
    certainty,
    timeBasis: basisWithCompilation(basis, engine?.device, durationMs),
    // on a card the peak is that of the host's memory, and says nothing of the card's
    ...memoryOf(engine?.device === 'gpu' ? [] : measurements, model, dataset, recipe),
    memoryAvailableBytes,
    // Parameters and momenta, float32; a probe has few of the latter.
    checkpointBytes: parameterCount(model.spec, dataset.classCount) * 4 * (recipe.linearProbe ? 1 : 2),
  }
  return { ...result, estimate }
}

/** Those before the checkpoint that it goes on from are done. */
function stepsToTake(recipe: Recipe, { continues }: RecipeRequest): Recipe {
  return { ...recipe, stepCount: Math.max(1, recipe.stepCount - (continues?.stepIndex ?? 0)) }
}

export function timedDataset(dataset: DatasetDetail) {
  const { classCount, medianWidthPx, medianHeightPx, split } = dataset
  return { classCount, medianWidthPx, medianHeightPx, counts: split.counts }
}

/** How many images are computed at once, where nobody set it. */
export function microBatchFor(
  { dataset, memoryAvailableBytes }: Pick<Circumstances, 'dataset' | 'memoryAvailableBytes'>,
  { spec }: NamedModel,
  cropPx: number,
  batchSize: number,
): number {
  return chooseMicroBatch(spec, dataset.classCount, cropPx, batchSize, memoryAvailableBytes * modelShare)
}

function chooseRecipe(circumstances: Circumstances, model: NamedModel, request: RecipeRequest): RuleResult {
  const { dataset } = circumstances
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
  return ruled(microBatchFor(circumstances, model, first.cropPx, first.batchSize))
}

/** What the same model needed here, images included, where that is known; else computed. */
function memoryOf(
  measurements: readonly Measurement[],
  model: NamedModel,
  { classCount, split: { counts } }: DatasetDetail,
  recipe: Recipe,
) {
  const { cropPx, microBatchSize } = recipe
  const computed = memoryNeeded(model.spec, classCount, recipe, counts)
  if (recipe.linearProbe) {
    return {
      memoryBytes: computed,
      memoryBasis: `Computed: the model, and the features of ${probePassCount(recipe, counts)} images; decoded images need more.`,
    }
  }
  const seen = measurements.find(
    (one) => one.model === model.name && one.cropPx === cropPx && one.microBatchSize === microBatchSize,
  )
  if (seen !== undefined && seen.peakMemoryBytes > computed) {
    return {
      memoryBytes: seen.peakMemoryBytes,
      memoryBasis: `Measured peak of ${sizeWords(model.name)} with ${microBatchSize} images of ${cropPx} px at once on this machine.`,
    }
  }
  return {
    memoryBytes: computed,
    memoryBasis: `Computed for ${microBatchSize} images of ${cropPx} px at once; decoded images need more.`,
  }
}

/** Peak of the trainer, bytes, computed; without the cache of decoded images. */
export function memoryNeeded(
  spec: ModelSpec,
  classCount: number,
  recipe: Recipe,
  counts: DatasetDetail['split']['counts'],
): number {
  return recipe.linearProbe
    ? probeMemory(spec, classCount, recipe, counts)
    : estimateMemory(spec, classCount, recipe.cropPx, recipe.microBatchSize)
}
