import { statement, type Db } from '../statement'

/** Runs of any version of a dataset that have results, by their numbers; `results`: other ones have another text. */
export function runsWithResults(db: Db, datasetId: number): { id: number; results: string }[] {
  return statement<{ id: number; results: string }>(
    db,
    `SELECT runs.id, coalesce(result_step, '') || ' ' || coalesce(result_set_id, '') || ' ' || coalesce(ended_at_ms, '') AS results
     FROM runs JOIN splits ON splits.id = split_id WHERE splits.dataset_id = ? AND wrong_count IS NOT NULL ORDER BY runs.id`,
  ).all(datasetId)
}
