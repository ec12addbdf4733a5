/** Runs that leave this workbench, and runs that come to it. */
import { basename } from 'node:path'
import type { ServiceContext } from '../app/context'
import type { DomainHandlers } from '../app/handlers'
import { wholePath } from '../app/whole-path'
import { getRun } from '../store/runs/runs'
import { exportBundle } from './export-bundle'
import { importBundle } from './import-bundle'
import { lookAtBundleHandler } from './look-at-bundle'
import { othersHandlers } from './other/others'
import { writeReport, type Asked } from './write-report'

/** Of bundles that are looked at: host/opened-bundles.ts answers. */
export type OpenedBundleHandlers = Pick<
  DomainHandlers<'exchange'>,
  'exchange.open' | 'exchange.opened' | 'exchange.ask' | 'exchange.close'
>

/** `asked`: what reports are made from. */
export function exchangeHandlers(
  context: ServiceContext,
  asked: Asked,
): Omit<DomainHandlers<'exchange'>, keyof OpenedBundleHandlers> {
  const { db, tasks, emit, clock } = context
  return {
    'exchange.saveRun': async ({ id, path }) => {
      const { name } = getRun(db, id)
      const file = wholePath(path)
      const taskId = tasks.start('bundle', `Save ${name}`, async (task) => {
        await exportBundle(context, id, file, task)
        return null
      })
      return { taskId }
    },
    'exchange.saveReport': async ({ of, path }) => {
      const file = wholePath(path)
      const taskId = tasks.start('report', `Write ${basename(file)}`, async (task) => {
        await writeReport(asked, of, file, clock(), task)
        return null
      })
      return { taskId }
    },
    ...othersHandlers(context),
    ...lookAtBundleHandler(context),
    'exchange.takeRun': async ({ path }) => {
      const file = wholePath(path)
      // One after the other: two at once could both find that the run is not here yet.
      const taskId = tasks.start('bundle', `Import ${basename(file)}`, (task) =>
        context.ordered(importKey, async () => {
          const { runId, isNew, wasTrashed, madeDataset } = await importBundle(context, file, task)
          const run = getRun(db, runId)
          emit({ type: 'run', run })
          if (isNew || wasTrashed) emit({ type: 'datasets-changed' }) // its count of runs
          const here = wasTrashed ? 'it was in the trash and is back' : 'it was here already'
          const note = !isNew ? here : madeDataset ? 'its images are not here' : ''
          task.progress({ phase: 'Done', done: 1, total: 1, note })
          return runId
        }),
      )
      return { taskId }
    },
  }
}

/** Below all ids of datasets. */
const importKey = -1
