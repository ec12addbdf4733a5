import { statement, type Db } from '../statement'

/** Runs of any version of a dataset that have results, by their numbers, but for deleted ones; `results`: other ones have another text. */
export function runsWithResults(db: Db, datasetId: number): { id: number; results: string }[] {
  return statement<{ id: number; results: string }>(
    db,
    `SELECT runs.id, coalesce(result_step, '') || ' ' || coalesce(result_set_id, '') || ' ' || coalesce(ended_at_ms, '') AS results
     FROM runs JOIN splits ON splits.id = split_id WHERE splits.dataset_id = ? AND wrong_count IS NOT NULL AND deleted_at_ms IS NULL ORDER BY runs.id`,
  ).all(datasetId)
}

/** By number or whole name; names may be shared. */
export function runsNamed(db: Db, run: string): number[] {
  const id = /^\d{1,15}$/.test(run) ? Number(run) : null
  return statement<{ id: number }>(db, 'SELECT id FROM runs WHERE id = ? OR name = ? ORDER BY id')
    .all(id, run)
    .map((row) => row.id)
}
