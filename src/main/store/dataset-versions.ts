/**
 * Dataset versions: what a run and a prediction set were made from. A version is the list of (path, content hash, class, part) of a split; the
 * split's rows and the images never change, so it refers to them and holds the list's hash alone.
 */
import { datasetDeleted } from './splits'
import { inTransaction, statement, type Db } from './statement'

/** The id of the split's version, made where there is none yet. Throws 'not-found' where the split is gone. */
export function versionOfSplit(db: Db, splitId: number, nowMs: number): number {
  return inTransaction(db, () => {
    const found = statement<{ id: number }>(db, versionOfSplitSql).get(splitId)
    if (found !== undefined) return found.id
    const { changes, lastInsertRowid } = statement(
      db,
      `INSERT INTO dataset_versions (dataset_id, split_id, created_at_ms, image_count, sha256)
       SELECT splits.dataset_id, splits.id, ?, count(images.id),
         version_sha256(path, content_hash, classes.name, part ORDER BY images.id)
       FROM splits
         JOIN split_images ON split_images.split_id = splits.id
         JOIN images ON images.id = split_images.image_id
         JOIN classes ON classes.dataset_id = images.dataset_id AND classes.class_index = images.class_index
       WHERE splits.id = ? GROUP BY splits.id`,
    ).run(nowMs, splitId)
    if (changes === 0) throw datasetDeleted()
    return Number(lastInsertRowid)
  })
}

const versionOfSplitSql = 'SELECT id FROM dataset_versions WHERE split_id = ? ORDER BY id DESC LIMIT 1'
