/** What a training may start from: the model that was named, or those that the workbench considers by itself. */
import { autoModel, type TrainRequest } from '../../contract/entities/run'
import { startModelId, type ModelEntry } from '../../contract/entities/model'
import { runModelOf } from '../../domain/model/run-model'
import { parseModel, smallestModel, type NamedModel } from '../../domain/model/spec'
import { knownModel, knownModels, runCheckpoint } from '../models/model-entries'
import type { ZooContext } from '../models/model-places'

export interface StartModel {
  /** null: random weights. */
  readonly id: string | null
  readonly name: string
  readonly kind: 'small' | 'published'
  readonly model: NamedModel
  /** Side of the images that it was trained on. */
  readonly cropPx: number
}

const unknownCropPx = 128

/**
 * The one that was named, with weights of a run as those of a step, which never change; else the published models that are here, the largest first,
 * then the one that comes with the workbench. Without a budget that one alone. Throws 'bad-input' for an unknown size.
 */
export async function startModels(
  context: ZooContext,
  request: Pick<TrainRequest, 'model' | 'weights' | 'budgetMs' | 'continues'>,
): Promise<readonly StartModel[]> {
  const { model, weights, budgetMs } = request
  if (model !== autoModel) return [await named(context, request)]
  if (weights !== null) return [await withWeights(context, weights)]
  const ready = (await knownModels(context))
    .map(({ entry }) => entry)
    .filter(({ state }) => state === 'ready')
  const embedded =
    ready.find(({ id }) => id === startModelId) ?? ready.find(({ origin }) => origin === 'embedded')
  // where nothing comes with the workbench: the smallest, from random weights
  const own: StartModel =
    embedded === undefined
      ? { id: null, name: smallestModel.name, kind: 'small', model: smallestModel, cropPx: unknownCropPx }
      : startOf(embedded)
  if (budgetMs === null) return [own]
  const published = ready
    .filter(({ origin }) => origin === 'published')
    .sort((one, other) => other.parameterCount - one.parameterCount)
  return [...published.map(startOf), own]
}

/** Its size is the request's; whether the weights are here and of that size is an obstacle of the plan, and no matter here. */
async function named(
  context: ZooContext,
  { model, weights, continues }: Pick<TrainRequest, 'model' | 'weights' | 'continues'>,
): Promise<StartModel> {
  const size = parseModel(model)
  const plain = { id: weights, name: size.name, kind: 'small', model: size, cropPx: unknownCropPx } as const
  if (weights === null) return plain
  try {
    const start = { ...(await withWeights(context, weights)), model: size }
    // what goes on from a checkpoint began long ago, with the weights that its run names
    return continues === undefined ? start : { ...start, id: weights }
  } catch {
    return plain // what is wrong with them is told as an obstacle
  }
}

async function withWeights(context: ZooContext, weights: string): Promise<StartModel> {
  const { entry } = await knownModel(context, weights)
  return { ...startOf(entry), id: ofOneStep(context, entry.id) }
}

/** run:12 → run:12@300: the run may be trained further, or go back to a checkpoint before. */
function ofOneStep(context: ZooContext, id: string): string {
  if (runModelOf(id) === null) return id
  const { run, checkpoint } = runCheckpoint(context, id)
  return `run:${String(run.id)}@${String(checkpoint.stepIndex)}`
}

function startOf({ id, name, origin, architecture, spec, cropPx }: ModelEntry): StartModel {
  const kind = origin === 'published' ? 'published' : 'small'
  return { id, name, kind, model: { name: architecture, spec }, cropPx }
}
