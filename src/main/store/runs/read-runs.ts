import type { DamagedRun, Run } from '../../../contract/entities/run'
import { readRows } from '../read-rows'
import { readRun, selectRuns, type RunRow } from './run-row'
import type { Db } from '../statement'

/** Newest first, each as far as it can be read. Throws 'home-broken' where none can. */
export function readRuns(db: Db): (Run | DamagedRun)[] {
  return readRows<RunRow, Run | DamagedRun>(db, {
    table: 'runs',
    select: selectRuns,
    read: readRun,
    unreadable: (id) => ({ id, name: `Run ${id}`, reason: 'its row cannot be read' }),
  }).reverse()
}
