/** Which of its dataset's corrections a run had. */
import { statement, type Db } from '../statement'

/** Corrections, numbered from 1 by dataset: `revision` is the last that the run's version took in (0: none), `later` how many the log has after it. */
export function labelRevisionOfRun(db: Db, runId: number): { revision: number; later: number } {
  const row = statement<{ taken: number; total: number }>(
    db,
    `SELECT coalesce(sum(at_ms <= taken_at), 0) AS taken, count(at_ms) AS total
     FROM (SELECT runs.dataset_id AS dataset, (
         SELECT max(created_at_ms) FROM dataset_versions JOIN version_changes ON version_id = dataset_versions.id
         WHERE dataset_versions.dataset_id = runs.dataset_id AND dataset_versions.split_id <= runs.split_id AND of_labels = 1
       ) AS taken_at FROM runs WHERE runs.id = ?)
       LEFT JOIN label_events ON dataset_id = dataset AND kind NOT IN ('note', 'tag', 'untag', 'verdict')
         AND NOT EXISTS (SELECT 1 FROM label_events AS done WHERE done.kind IN ('note', 'tag', 'untag', 'verdict')
           AND done.id IN (label_events.undoes, (SELECT undoes FROM label_events AS undo WHERE undo.id = label_events.undoes)))`,
  ).get(runId)
  const { taken = 0, total = 0 } = row ?? {}
  return { revision: taken, later: total - taken }
}
