/** From a model's id to a file of its weights, for as long as someone reads it. */
import { randomUUID } from 'node:crypto'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { ModelEntry } from '../../contract/entities/model'
import type { LossName } from '../../contract/entities/run'
import { fromWireError, WorkbenchError } from '../../contract/errors'
import { parameterShapes } from '../../domain/model/spec'
import { writeModelMetadata } from '../weights/model-metadata'
import { writePublished } from '../weights/safetensors'
import { checkpointHeaders, readCheckpoint } from '../store/checkpoints/checkpoint-read'
import { plainStoreError } from '../store/sqlite-errors'
import { resolveModel, type ResolvedModel } from './in-use'
import { knownModel, runCheckpoint } from './model-entries'
import type { ZooContext } from './model-places'

export interface ModelFile {
  readonly path: string
  /** Gives up what was made for this reader. */
  close(): Promise<void>
}

const nothingToClose = (): Promise<void> => Promise.resolve()

/** Throws 'not-found' where there is no such model here, e.g. not downloaded yet, or a run without a checkpoint; 'bad-weights'. */
export async function openModelFile(
  context: ZooContext,
  id: string,
  /** Of a run: after this step, in place of its last checkpoint. */
  step?: number,
): Promise<ModelFile> {
  const resolved = resolveModel(context.db, id)
  const { path } = await usableModel(context, resolved.id)
  // what is usable and has no file is a run
  return path === null ? runFile(context, resolved.id, step) : { path, close: nothingToClose }
}

/** A model whose weights are here. Throws as openModelFile. */
export async function usableModel(context: ZooContext, id: string): Promise<ModelEntry> {
  const { entry } = await knownModel(context, id)
  if (entry.problem !== null) throw fromWireError(entry.problem)
  if (entry.path === null && entry.runId === null) throw notDownloaded(entry)
  return entry
}

/** What the model is, without opening it. `classNames` null: not known. Throws as openModelFile, but not for what is only not downloaded yet. */
export async function modelInfo(context: ZooContext, id: string): Promise<ModelInfo> {
  const resolved = resolveModel(context.db, id)
  const { entry, classNames, loss } = await knownModel(context, resolved.id)
  if (entry.problem !== null) throw fromWireError(entry.problem)
  const { origin, name, title, spec, architecture, classCount, cropPx, parameterCount, trainedOn } = entry
  return {
    ...resolved,
    origin,
    name,
    title,
    spec,
    architecture,
    classCount,
    classNames,
    cropPx,
    loss,
    parameterCount,
    trainedOn,
  }
}

export interface ModelInfo
  extends
    Omit<ResolvedModel, 'id'>,
    Pick<
      ModelEntry,
      | 'id'
      | 'origin'
      | 'name'
      | 'title'
      | 'spec'
      | 'architecture'
      | 'classCount'
      | 'cropPx'
      | 'parameterCount'
      | 'trainedOn'
    > {
  readonly classNames: readonly string[] | null
  /** What turns its logits into probabilities. */
  readonly loss: LossName
}

function notDownloaded({ name, state }: ModelEntry): WorkbenchError {
  const what = state === 'absent' ? 'is not downloaded yet' : 'is only partly downloaded'
  return new WorkbenchError(
    'not-found',
    `${name} ${what}.`,
    `Download it first: bitw models download ${name}`,
  )
}

/** The trainer does not open the database: the checkpoint's parameters go to a file in the home's scratch folder. */
async function runFile(context: ZooContext, id: string, step: number | undefined): Promise<ModelFile> {
  const { db, checkpoints, paths } = context
  const { name, classNames, cropPx, loss, trainedOn } = await modelInfo(context, id)
  const { run, checkpoint } = runCheckpoint(context, id, step)
  await mkdir(paths.scratchPath, { recursive: true })
  const path = join(paths.scratchPath, `run-${String(run.id)}-${randomUUID()}.safetensors`)
  const metadata = writeModelMetadata({
    name,
    cropPx,
    loss,
    trainedOn,
    ...(classNames !== null && { classNames }),
  })
  // momenta are as large as the parameters and come after them: they are left where they are
  const parameters = parameterShapes(run.spec, run.classCount)
  try {
    const saved = await checkpointHeaders(db, checkpoints, checkpoint.id)
    const stranger = parameters.find(({ name }, index) => saved[index]?.name !== name)
    if (stranger !== undefined)
      throw new WorkbenchError('home-broken', `The checkpoint lacks the tensor ${stranger.name}.`)
    await writePublished(parameters, readCheckpoint(db, checkpoints, checkpoint.id), path, metadata)
  } catch (thrown) {
    // the disk of the scratch folder may be full, or read-only
    throw plainStoreError(thrown, path)
  }
  return { path, close: () => rm(path, { force: true }) }
}
