/** The history: read, rename, delete. How two runs compare: compared.ts. */
import { activeRunStates } from '../../contract/entities/run'
import { typedName } from '../../domain/names'
import { listCheckpoints } from '../store/checkpoints/checkpoints'
import { listEvaluations, listLog, listSteps } from '../store/runs/metrics'
import { packFullBlocks, readStepBlocks } from '../store/runs/step-blocks'
import { classNamesOf } from '../store/datasets/splits'
import { otherRunName } from '../store/runs/other-runs'
import { listPredictionSets } from '../store/runs/prediction-sets'
import { listSetPredictions } from '../store/runs/prediction-set-read'
import { accuracyWithoutTwins } from '../store/runs/run-twins'
import { deleteRun, getRun, listDamagedRuns, listRuns, renameRun } from '../store/runs/runs'
import { sweepCheckpoints, withRoomOfLogs } from '../store/checkpoints/checkpoint-space'
import { reclaimIfPossible, runSpace } from '../store/home/space'
import type { ServiceContext } from '../app/context'
import type { DomainHandlers } from '../app/handlers'
import type { ComparisonCall } from './compared'

/** What a deletion gives back to the disk at once; the rest is used again, or given back when the core closes. */
const givenBackBytes = 256e6

/** Each takes about two milliseconds. */
const blocksAtOnce = 4

export function runsHandlers({
  db,
  emit,
  checkpoints,
}: ServiceContext): Omit<DomainHandlers<'runs'>, ComparisonCall> {
  return {
    'runs.list': async () => listRuns(db),
    'runs.damaged': async () => listDamagedRuns(db),
    'runs.get': async ({ id }) => getRun(db, id),
    'runs.classNames': async ({ id }) => classNamesOf(db, getRun(db, id).splitId),
    'runs.steps': async ({ id, fromStep }) => listSteps(db, getRun(db, id).id, fromStep),
    'runs.curves': async ({ id, fromStep }) => {
      const { state } = getRun(db, id)
      // of a home of an older version; a run that trains packs its own
      if (!db.readonly && !activeRunStates.includes(state)) packFullBlocks(db, id, blocksAtOnce)
      return {
        blocks: readStepBlocks(db, id, fromStep).map((bytes) =>
          Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64'),
        ),
      }
    },
    'runs.evaluations': async ({ id }) => listEvaluations(db, getRun(db, id).id),
    'runs.log': async ({ id, limit }) => listLog(db, getRun(db, id).id, limit),
    'runs.checkpoints': async ({ id }) => listCheckpoints(db, getRun(db, id).id),
    'runs.predictionSets': async ({ id }) => listPredictionSets(db, getRun(db, id).id),
    'runs.setPredictions': async ({ setId, offset, limit }) => listSetPredictions(db, setId, offset, limit),
    'runs.withoutTwins': async ({ id }) => accuracyWithoutTwins(db, id),
    'runs.space': async ({ id }) => runSpace(db, getRun(db, id).id),
    'runs.rename': async ({ id, name }) => {
      const typed = typedName(name, 'run')
      renameRun(db, id, typed)
      if (otherRunName(db, id) === null) emit({ type: 'run', run: getRun(db, id) })
      else emit({ type: 'runs-changed' })
      return { name: typed }
    },
    'runs.delete': async ({ id }) => {
      await withRoomOfLogs({ db, checkpoints }, () => deleteRun(db, id))
      reclaimIfPossible(db, givenBackBytes)
      void sweepCheckpoints({ db, checkpoints }, true)
      emit({ type: 'run-deleted', runId: id })
      emit({ type: 'datasets-changed' }) // its count of runs
      return {}
    },
  }
}
