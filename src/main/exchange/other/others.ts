/** Runs of other programs: taken in, looked at, deleted; and ours, written as they keep theirs. */
import { basename } from 'node:path'
import { WorkbenchError } from '../../../contract/errors'
import type { ServiceContext } from '../../app/context'
import type { DomainHandlers } from '../../app/handlers'
import { wholePath } from '../../app/whole-path'
import { deleteOtherRun, listOtherRuns, otherPoints, putOtherRun } from '../../store/runs/other-runs'
import { getRun } from '../../store/runs/runs'
import type { TaskWork } from '../../tasks/tasks'
import { shownName } from '../../../domain/names'
import { exportMlruns } from './export-mlruns'
import { exportTensorboard } from './export-tensorboard'
import { findRuns } from './find-runs'
import type { FoundRun } from './found-run'
import { thinned } from './thinned'

type OthersHandlers = Pick<
  DomainHandlers<'exchange'>,
  | 'exchange.takeOthers'
  | 'exchange.others'
  | 'exchange.otherCurve'
  | 'exchange.deleteOther'
  | 'exchange.saveCurves'
>

export function othersHandlers(context: ServiceContext): OthersHandlers {
  const { db, tasks, emit } = context
  return {
    'exchange.takeOthers': async ({ path }) => {
      const place = wholePath(path)
      const taskId = tasks.start('curves', `Import ${basename(place)}`, async (task) => {
        const note = await takeOthers(context, place, task)
        emit({ type: 'other-runs-changed' })
        task.progress({ phase: 'Done', done: 1, total: 1, note })
        return null
      })
      return { taskId }
    },
    'exchange.others': async () => listOtherRuns(db),
    'exchange.otherCurve': async ({ id, name, most }) => thinned(otherPoints(db, id, name), most),
    'exchange.deleteOther': async ({ id }) => {
      deleteOtherRun(db, id)
      emit({ type: 'other-runs-changed' })
      return {}
    },
    'exchange.saveCurves': async ({ ids, format, path }) => {
      const folder = wholePath(path)
      const runs = ids.map((id) => getRun(db, id))
      const write = format === 'mlruns' ? exportMlruns : exportTensorboard
      const taskId = tasks.start('curves', `Write ${basename(folder)}`, async (task) => {
        for (const [done, run] of runs.entries()) {
          task.signal.throwIfAborted()
          task.progress({ phase: `Writing ${run.name}`, done, total: runs.length })
          await write(db, run, folder)
        }
        return null
      })
      return { taskId }
    },
  }
}

/** Answers with how many there were. A damaged one does not cost the others; where there is no other, it is thrown. */
async function takeOthers({ db, clock }: ServiceContext, path: string, task: TaskWork): Promise<string> {
  const pause = (): void => task.signal.throwIfAborted()
  const places = await findRuns(path, pause)
  const counts = { new: 0, newer: 0, same: 0 }
  const faults: WorkbenchError[] = []
  for (const [done, place] of places.entries()) {
    task.progress({ phase: 'Reading runs', done, total: places.length })
    try {
      const found = await place.read(pause)
      if (found === null || found.metrics.size === 0) continue
      counts[putOtherRun(db, rowOf(found, clock())).change]++
    } catch (thrown) {
      if (!(thrown instanceof WorkbenchError) || thrown.code === 'cancelled') throw thrown
      faults.push(thrown)
    }
  }
  const total = counts.new + counts.newer + counts.same
  const [first] = faults
  if (total === 0) {
    throw (
      first ?? new WorkbenchError('not-found', `The runs in ${path} have no curves.`, 'Nothing was taken in.')
    )
  }
  return [
    `${counts.new} new`,
    counts.newer > 0 ? `${counts.newer} brought up to date` : '',
    counts.same > 0 ? `${counts.same} here already` : '',
    first === undefined ? '' : `${faults.length} left out: ${first.message}`,
  ]
    .filter((part) => part !== '')
    .join(', ')
}

function rowOf(found: FoundRun, nowMs: number) {
  const pairs = (list: FoundRun['settings']): [string, string][] =>
    list.map(([name, value]) => [name.slice(0, 500), value.slice(0, 10_000)])
  return {
    ...found,
    name: shownName(found.name, 'imported run').slice(0, 200),
    startedAtMs: finite(found.startedAtMs),
    endedAtMs: finite(found.endedAtMs),
    importedAtMs: nowMs,
    settings: pairs(found.settings),
    tags: pairs(found.tags),
    metrics: [...found.metrics].map(([name, list]) => [name, list.sorted()] as const),
  }
}

function finite(value: number | null): number | null {
  return value !== null && Number.isFinite(value) ? value : null
}
