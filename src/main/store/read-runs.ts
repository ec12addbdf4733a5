import type { DamagedRun, Run } from '../../contract/entities/run'
import { WorkbenchError } from '../../contract/errors'
import { readRun, selectRuns, type RunRow } from './run-row'
import { statement, type Db } from './statement'

/** Newest first, each as far as it can be read. Throws 'home-broken' where none can. */
export function readRuns(db: Db): (Run | DamagedRun)[] {
  try {
    return statement<RunRow>(db, `${selectRuns} ORDER BY runs.id DESC`).all().map(readRun)
  } catch (thrown) {
    if (!(thrown instanceof WorkbenchError) || thrown.code !== 'home-broken') throw thrown
    return readOneByOne(db, thrown)
  }
}

/** Where a page is damaged that some of them lie on. */
function readOneByOne(db: Db, cause: WorkbenchError): (Run | DamagedRun)[] {
  const last =
    statement<{ seq: number }>(db, "SELECT seq FROM sqlite_sequence WHERE name = 'runs'").get()?.seq ?? 0
  const runs: (Run | DamagedRun)[] = []
  for (let id = last; id > 0; id--) {
    try {
      const row = statement<RunRow>(db, `${selectRuns} WHERE runs.id = ?`).get(id)
      if (row !== undefined) runs.push(readRun(row))
    } catch (thrown) {
      if (!(thrown instanceof WorkbenchError) || thrown.code !== 'home-broken') throw thrown
      runs.push({ id, name: `Run ${id}`, reason: 'its row cannot be read' })
    }
  }
  if (runs.every((run) => 'reason' in run)) throw cause
  return runs
}
