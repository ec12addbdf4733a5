/** The history as a desk: what is found, what is said of runs, the trash. */
import type { Run } from '../../contract/entities/run'
import { mostTagCharacters } from '../../contract/entities/run-list'
import { WorkbenchError } from '../../contract/errors'
import { typedName } from '../../domain/names'
import type { ServiceContext } from '../app/context'
import type { DomainHandlers } from '../app/handlers'
import { sweepCheckpoints, withRoomOfLogs } from '../store/checkpoints/checkpoint-space'
import { otherRunName } from '../store/runs/other-runs'
import { createRunFacts } from '../store/runs/run-facts'
import { markRuns, outdatedRuns, restoreRuns, trashedRuns, trashRuns } from '../store/runs/run-marks'
import { deleteRun, getRun } from '../store/runs/runs'
import { reclaimIfPossible, runSpace, withRoomOfLog } from '../store/home/space'
import { findRuns, shownRow } from './find-runs'

/** What a deletion gives back to the disk at once; the rest is used again, or given back when the core closes. */
const givenBackBytes = 256e6
/** More runs than this that change at once are told as one change. */
const mostTold = 20

export function historyHandlers({
  db,
  checkpoints,
  clock,
  emit,
}: Pick<ServiceContext, 'db' | 'checkpoints' | 'clock' | 'emit'>): DomainHandlers<'history'> {
  const facts = createRunFacts(db)

  function tell(ids: readonly number[], what: (run: Run) => void): void {
    if (ids.length <= mostTold) for (const id of ids) if (otherRunName(db, id) === null) what(getRun(db, id))
    emit({ type: 'runs-changed' })
  }
  const tellChanged = (ids: readonly number[]): void => tell(ids, (run) => emit({ type: 'run', run }))

  return {
    'history.find': async (question) => findRuns(facts.all(), question),
    'history.rows': async ({ ids }) => {
      const wanted = new Set(ids)
      return facts
        .all()
        .filter(({ id }) => wanted.has(id))
        .map(shownRow)
    },
    'history.mark': async ({ ids, marks }) => {
      const { addTags, removeTags, ...others } = marks
      markRuns(
        db,
        ids,
        {
          ...others,
          ...(addTags !== undefined && { addTags: addTags.map(typedTag) }),
          ...(removeTags !== undefined && { removeTags: removeTags.map((tag) => tag.trim()) }),
        },
        clock(),
      )
      tellChanged(ids)
      return {}
    },
    'history.trash': async ({ ids, evenInUse }) => {
      if (!evenInUse) refuseInUse(facts.all(), ids)
      trashRuns(db, ids, clock())
      for (const id of ids) emit({ type: 'run-deleted', runId: id })
      emit({ type: 'runs-changed' })
      emit({ type: 'datasets-changed' }) // its count of runs
      return {}
    },
    'history.restore': async ({ ids }) => {
      restoreRuns(db, ids)
      tellChanged(ids)
      emit({ type: 'datasets-changed' })
      return {}
    },
    'history.purge': async ({ ids }) => {
      const inTrash = trashedRuns(db)
      const doomed = ids === undefined ? inTrash : ids.filter((id) => inTrash.includes(id))
      for (const id of doomed) {
        await withRoomOfLogs({ db, checkpoints }, () => deleteRun(db, id))
        reclaimIfPossible(db, givenBackBytes)
        emit({ type: 'run-deleted', runId: id })
        // Between two of them, other work.
        await new Promise<void>((resolve) => setImmediate(resolve))
      }
      if (doomed.length > 0) {
        emit({ type: 'runs-changed' })
        emit({ type: 'datasets-changed' }) // its count of runs in the trash
        await sweepCheckpoints({ db, checkpoints }, true)
      }
      return { count: doomed.length }
    },
    'history.space': async ({ ids }) => {
      const of = ids ?? trashedRuns(db)
      const byteCount = of.reduce((sum, id) => {
        if (otherRunName(db, id) !== null) return sum
        const { checkpointBytes, predictionBytes } = runSpace(db, id)
        return sum + checkpointBytes + predictionBytes
      }, 0)
      return { count: of.length, byteCount }
    },
  }
}

/** At a start: what has been in the trash for 30 days is gone. Returns how many. */
export function purgeOutdated({ db, clock }: Pick<ServiceContext, 'db' | 'clock'>): number {
  const ids = outdatedRuns(db, clock())
  for (const id of ids) withRoomOfLog(db, () => deleteRun(db, id))
  return ids.length
}

function typedTag(text: string): string {
  const tag = typedName(text, 'tag')
  if (tag.length <= mostTagCharacters) return tag
  throw new WorkbenchError(
    'bad-input',
    `The tag “${tag.slice(0, 40)}…” has ${String(tag.length)} characters.`,
    `Use at most ${String(mostTagCharacters)}.`,
  )
}

function refuseInUse(
  all: readonly {
    readonly id: number
    readonly name: string
    readonly datasetName: string
    readonly isInUse: boolean
  }[],
  ids: readonly number[],
): void {
  const wanted = new Set(ids)
  const used = all.find(({ id, isInUse }) => isInUse && wanted.has(id))
  if (used === undefined) return
  throw new WorkbenchError(
    'needs-consent',
    `The run "${used.name}" is the model in use of ${used.datasetName}.`,
    'Promote another run first, or say that you want it deleted all the same.',
  )
}
