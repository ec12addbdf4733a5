/** From a model's id to a file of its weights, for as long as someone reads it. */
import { randomUUID } from 'node:crypto'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { ModelEntry } from '../../contract/entities/model'
import type { LossName } from '../../contract/entities/run'
import { fromWireError, WorkbenchError } from '../../contract/errors'
import { parameterShapes } from '../../domain/model/spec'
import { writeModelMetadata } from '../weights/model-metadata'
import { writeSafetensors } from '../weights/safetensors'
import type { WeightSet } from '../weights/weight-set'
import { writeWhole } from '../weights/write-whole'
import { checkpointTensors } from '../store/checkpoint-read'
import { checkpointOf, readCheckpoint } from '../store/checkpoints'
import { getRun } from '../store/runs'
import { plainStoreError } from '../store/sqlite-errors'
import type { ServiceContext } from '../app/context'
import { resolveModel, type ResolvedModel } from './in-use'
import { knownModel, noCheckpoint } from './model-entries'
import { splitModelId, type ZooContext } from './model-places'

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
  return path === null
    ? runFile(context, Number(splitModelId(resolved.id)[1]), step ?? resolved.step)
    : { path, close: nothingToClose }
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
  extends Omit<ResolvedModel, 'id'>,
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

/** The trainer does not open the database: the last checkpoint's parameters go to a file in the home's scratch folder. */
async function runFile(context: ZooContext, runId: number, step: number | undefined): Promise<ModelFile> {
  const { db, paths } = context
  const { name, classNames, cropPx, loss, trainedOn } = await modelInfo(context, `run:${runId}`)
  await mkdir(paths.scratchPath, { recursive: true })
  const path = join(paths.scratchPath, `run-${runId}-${randomUUID()}.safetensors`)
  const metadata = { name, cropPx, loss, trainedOn, ...(classNames !== null && { classNames }) }
  await inWords(path, () => writeSafetensors(runWeights(db, runId, step), path, writeModelMetadata(metadata)))
  return { path, close: () => rm(path, { force: true }) }
}

/** A checkpoint's values and momenta for a trainer that goes on with it, see trainer/step/checkpoint-file.ts. */
export async function openCheckpointFile(
  { db, paths }: Pick<ServiceContext, 'db' | 'paths'>,
  checkpointId: number,
): Promise<ModelFile> {
  await mkdir(paths.scratchPath, { recursive: true })
  const path = join(paths.scratchPath, `checkpoint-${checkpointId}-${randomUUID()}`)
  await inWords(path, () =>
    writeWhole(path, async (write) => {
      for (const { data } of checkpointTensors(db, checkpointId))
        await write(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
    }),
  )
  return { path, close: () => rm(path, { force: true }) }
}

/** The disk of the scratch folder may be full, or read-only. */
async function inWords(path: string, write: () => Promise<void>): Promise<void> {
  try {
    await write()
  } catch (thrown) {
    throw plainStoreError(thrown, path)
  }
}

/** Parameters of the run's last checkpoint, or that after `step`, without momenta. Throws 'not-found' where it has none. */
function runWeights(db: ServiceContext['db'], runId: number, step: number | undefined): WeightSet {
  const run = getRun(db, runId)
  const latest = checkpointOf(db, runId, step)
  if (latest === null) throw noCheckpoint(run)
  const names = parameterShapes(run.spec, run.classCount).map(({ name }) => name)
  // momenta are as large as the parameters: they are left where they are
  const wanted = new Set(names)
  const { tensors } = readCheckpoint(db, latest.id, (name) => wanted.has(name))
  return new Map(
    names.map((name) => {
      const tensor = tensors.get(name)
      if (tensor === undefined)
        throw new WorkbenchError('home-broken', `The checkpoint lacks the tensor ${name}.`)
      return [name, tensor]
    }),
  )
}
