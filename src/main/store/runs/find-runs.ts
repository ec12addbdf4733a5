/** What is asked of runs one at a time: of thousands, the others are not read. Deleted and damaged runs are left out. */
import { engineReportSchema, type EngineReport } from '../../../contract/entities/model'
import type { Run } from '../../../contract/entities/run'
import { statement, type Db } from '../statement'
import { withKeptEnd } from './kept-ends'
import { readRun, selectRuns, type RunRow } from './run-row'

export function findRun(db: Db, id: number): Run | null {
  const row = statement<RunRow>(db, `${selectRuns} WHERE runs.id = ? AND deleted_at_ms IS NULL`).get(id)
  const run = row === undefined ? null : readRun(row)
  return run === null || 'reason' in run ? null : withKeptEnd(db, run)
}

export function runNames(db: Db): Set<string> {
  const rows = statement<{ name: string }>(db, 'SELECT name FROM runs WHERE deleted_at_ms IS NULL').all()
  return new Set(rows.map(({ name }) => name))
}

/** The engine that the newest run trained on, of those that trained here: one that was imported has the engine of another machine. */
export function newestEngine(db: Db): EngineReport | null {
  // One that is damaged is passed over; among so many, one is sound.
  const newest = statement<{ engine: string }>(
    db,
    `SELECT engine_json AS engine FROM runs WHERE engine_json IS NOT NULL AND deleted_at_ms IS NULL
       AND NOT EXISTS (SELECT 1 FROM run_bundles WHERE run_id = runs.id)
     ORDER BY id DESC LIMIT 20`,
  ).all()
  for (const { engine } of newest) {
    const read = engineReportSchema.safeParse(JSON.parse(engine)).data
    if (read !== undefined) return read
  }
  return null
}

/** The newest older run of the same dataset that was evaluated. */
export function evaluatedBefore(db: Db, { id, datasetId }: Pick<Run, 'id' | 'datasetId'>): Run | null {
  const older = statement<{ id: number }>(
    db,
    'SELECT id FROM runs WHERE dataset_id = ? AND id < ? AND wrong_count IS NOT NULL AND deleted_at_ms IS NULL ORDER BY id DESC',
  ).all(datasetId, id)
  for (const one of older) {
    const run = findRun(db, one.id)
    if (run !== null) return run
  }
  return null
}
