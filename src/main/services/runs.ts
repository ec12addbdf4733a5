/** The history: read, rename, delete, export. */
import { mkdir, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { activeRunStates } from '../../contract/entities/run'
import { WorkbenchError } from '../../contract/errors'
import { parameterShapes } from '../model/spec'
import { writeNpz } from '../model/weights/npz'
import { writeSafetensors } from '../model/weights/safetensors'
import type { WeightSet } from '../model/weights/weight-set'
import { latestCheckpoint, listCheckpoints, readCheckpoint } from '../store/checkpoints'
import { listEvaluations, listLog, listSteps } from '../store/metrics'
import { deleteRun, getRun, listRuns, renameRun } from '../store/runs'
import { reclaimSpace } from '../store/space'
import type { ServiceContext } from './context'
import type { DomainHandlers } from './handlers'

/** What a deletion gives back to the disk at once; the rest is used again, or given back when the core closes. */
const givenBackBytes = 256e6

export function runsHandlers({ db, emit }: ServiceContext): DomainHandlers<'runs'> {
  return {
    'runs.list': async () => listRuns(db),
    'runs.get': async ({ id }) => getRun(db, id),
    'runs.steps': async ({ id, fromStep }) => listSteps(db, getRun(db, id).id, fromStep),
    'runs.evaluations': async ({ id }) => listEvaluations(db, getRun(db, id).id),
    'runs.log': async ({ id, limit }) => listLog(db, getRun(db, id).id, limit),
    'runs.checkpoints': async ({ id }) => listCheckpoints(db, getRun(db, id).id),
    'runs.rename': async ({ id, name }) => {
      renameRun(db, id, name.trim())
      const run = getRun(db, id)
      emit({ type: 'run', run })
      return run
    },
    'runs.delete': async ({ id }) => {
      const run = getRun(db, id)
      if (activeRunStates.includes(run.state)) {
        throw new WorkbenchError('busy', `The run "${run.name}" is still training.`, 'Stop it first.')
      }
      deleteRun(db, id)
      reclaimSpace(db, givenBackBytes)
      emit({ type: 'run-deleted', runId: id })
      emit({ type: 'datasets-changed' }) // its count of runs
      return {}
    },
    'runs.export': async ({ id, format, path }) => {
      const run = getRun(db, id)
      const latest = latestCheckpoint(db, id)
      if (latest === null) {
        throw new WorkbenchError(
          'not-found',
          `The run "${run.name}" has no checkpoint to export.`,
          'Let a run go on until its first checkpoint, or to its end.',
        )
      }
      const target = resolve(path)
      const { stepIndex, tensors } = readCheckpoint(db, latest.id)
      // Momenta are of use to a run that goes on, not to who uses the model.
      const weights: WeightSet = new Map(
        parameterShapes(run.spec, run.classCount).map(({ name }) => [name, parameter(tensors, name)]),
      )
      await mkdir(dirname(target), { recursive: true })
      await (format === 'npz' ? writeNpz(weights, target) : writeSafetensors(weights, target))
      return { path: target, byteCount: (await stat(target)).size, stepIndex }
    },
  }
}

function parameter(tensors: WeightSet, name: string) {
  const tensor = tensors.get(name)
  if (tensor === undefined)
    throw new WorkbenchError('home-broken', `The checkpoint lacks the tensor ${name}.`)
  return tensor
}
