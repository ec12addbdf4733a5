/** From a model's id to a file of its weights, for as long as someone reads it. */
import { randomUUID } from 'node:crypto'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { WorkbenchError } from '../../contract/errors'
import { parameterShapes } from '../model/spec'
import { writeSafetensors } from '../model/weights/safetensors'
import type { WeightSet } from '../model/weights/weight-set'
import { latestCheckpoint, readCheckpoint } from '../store/checkpoints'
import { getRun } from '../store/runs'
import type { ServiceContext } from './context'

export interface ModelFile {
  readonly path: string
  /** Gives up what was made for this reader. */
  close(): Promise<void>
}

const nothingToClose = (): Promise<void> => Promise.resolve()

/** Throws 'not-found' where there is no such model here, e.g. not downloaded yet, or a run without a checkpoint. */
export async function openModelFile(
  context: Pick<ServiceContext, 'db' | 'paths'>,
  id: string,
): Promise<ModelFile> {
  const [origin, rest] = splitModelId(id)
  switch (origin) {
    case 'path':
      return { path: rest, close: nothingToClose }
    case 'run':
      return runFile(context, Number(rest))
    default:
      throw new WorkbenchError('not-found', `There is no model ${id} here.`)
  }
}

export function splitModelId(id: string): [origin: string, rest: string] {
  const colon = id.indexOf(':')
  return [id.slice(0, colon), id.slice(colon + 1)]
}

/** The trainer does not open the database: the last checkpoint's parameters go to a file in the home's scratch folder. */
async function runFile(
  { db, paths }: Pick<ServiceContext, 'db' | 'paths'>,
  runId: number,
): Promise<ModelFile> {
  const weights = runWeights(db, runId)
  await mkdir(paths.scratchPath, { recursive: true })
  const path = join(paths.scratchPath, `run-${runId}-${randomUUID()}.safetensors`)
  await writeSafetensors(weights, path)
  return { path, close: () => rm(path, { force: true }) }
}

/** Parameters of the run's last checkpoint, without momenta. Throws 'not-found' where it has none. */
export function runWeights(db: ServiceContext['db'], runId: number): WeightSet {
  const run = getRun(db, runId)
  const latest = latestCheckpoint(db, runId)
  if (latest === null) {
    throw new WorkbenchError(
      'not-found',
      `The run "${run.name}" has no checkpoint.`,
      'Let a run go on until its first checkpoint, or to its end.',
    )
  }
  const { tensors } = readCheckpoint(db, latest.id)
  return new Map(
    parameterShapes(run.spec, run.classCount).map(({ name }) => {
      const tensor = tensors.get(name)
      if (tensor === undefined)
        throw new WorkbenchError('home-broken', `The checkpoint lacks the tensor ${name}.`)
      return [name, tensor]
    }),
  )
}
