/** What a prediction needs to know of a model. */
import { stat } from 'node:fs/promises'
import { WorkbenchError } from '../../contract/errors'
import type { Precision } from '../../contract/entities/run'
import type { ServiceContext } from '../app/context'
import { runCheckpoint } from '../models/model-entries'
import { modelInfo, openModelFile, type ModelFile, type ModelInfo } from '../models/model-source'

export interface PredictModel extends Pick<
  ModelInfo,
  'name' | 'spec' | 'classCount' | 'classNames' | 'cropPx' | 'loss'
> {
  /** Of the model in use: divides the logits; absent or null: 1. */
  readonly temperature?: number | null
  /** Predictions that are less probable are unsure. */
  readonly threshold?: number | null
  /** A run predicts as it was evaluated. */
  readonly precision: Precision
  /** Another one where the weights are others. */
  readonly weightsKey: string
  open(): Promise<ModelFile>
}

/** Throws 'not-found', 'bad-weights', 'path-not-found'. */
export async function predictModel(
  context: ServiceContext,
  id: string,
  /** Of a run: as it was after this step, in place of its last checkpoint. */
  step?: number,
): Promise<PredictModel> {
  const info = await modelInfo(context, id)
  const { name, spec, classCount, classNames, cropPx, loss, temperature, threshold } = info
  const open = (): Promise<ModelFile> => openModelFile(context, info.id, step)
  const known = { name, spec, classCount, classNames, cropPx, loss, temperature, threshold, open }
  if (info.origin === 'run') {
    const { run, checkpoint } = runCheckpoint(context, info.id, step)
    return { ...known, precision: run.recipe.precision, weightsKey: `run ${String(checkpoint.id)}` }
  }
  const file = await open()
  try {
    const { size, mtimeMs } = await stat(file.path)
    return {
      ...known,
      precision: 'float32',
      weightsKey: `${file.path} ${size} ${mtimeMs}`,
    }
  } finally {
    await file.close()
  }
}

export function noHead(name: string): WorkbenchError {
  return new WorkbenchError(
    'unsupported',
    `${name} has no head: it computes features but predicts no classes.`,
    'Fine-tune it on a dataset first, or get its features with "bitw embed".',
  )
}
