/** Images that could not be read in a run, each with the position from which on it counts for nothing. */
import type { UnreadableImage } from '../../protocol/messages'
import { inTransaction, statement, type Db } from '../statement'

/** One that is there already keeps the earlier of its positions. */
export function insertUnreadable(db: Db, runId: number, images: readonly UnreadableImage[]): void {
  const insert = statement(
    db,
    `INSERT INTO unreadable_images (run_id, image_id, from_position, reason) VALUES (?, ?, ?, ?)
     ON CONFLICT (run_id, image_id) DO UPDATE SET from_position = min(from_position, excluded.from_position)`,
  )
  inTransaction(db, () => {
    for (const { imageId, fromPosition, reason } of images) insert.run(runId, imageId, fromPosition, reason)
  })
}

/** All of a run, by image. */
export function listUnreadable(db: Db, runId: number): UnreadableImage[] {
  return statement<UnreadableImage>(db, listUnreadableSql).all(runId)
}

export const listUnreadableSql = `
  SELECT image_id AS imageId, from_position AS fromPosition, reason
  FROM unreadable_images WHERE run_id = ? ORDER BY image_id`
