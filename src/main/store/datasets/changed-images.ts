/** Images whose file had another content than at the import when a run started or went on. */
import { inTransaction, statement, type Db } from '../statement'

/** `fromStep`: steps that were done. One that is there already keeps the earlier step. The run's count is that of all. */
export function insertChanged(db: Db, runId: number, imageIds: readonly number[], fromStep: number): void {
  const insert = statement(
    db,
    'INSERT INTO changed_images (run_id, image_id, from_step) VALUES (?, ?, ?) ON CONFLICT (run_id, image_id) DO NOTHING',
  )
  inTransaction(db, () => {
    for (const imageId of imageIds) insert.run(runId, imageId, fromStep)
    statement(
      db,
      'UPDATE runs SET changed_count = max(changed_count, (SELECT count(*) FROM changed_images WHERE run_id = runs.id)) WHERE id = ?',
    ).run(runId)
  })
}
