/**
 * Dataset versions: what a run and a prediction set were made from. A version is the list of (path, content hash, class, part) of a split; the
 * split's rows and the images never change, so it refers to them and holds the list's hash alone.
 */
import type { DatasetVersion } from '../../../contract/entities/dataset'
import { datasetDeleted } from './splits'
import { inTransaction, statement, type Db } from '../statement'

/** The id of the split's version, made where there is none yet. Throws 'not-found' where the split is gone. */
export function versionOfSplit(db: Db, splitId: number, nowMs: number): number {
  return inTransaction(db, () => {
    const found = statement<{ id: number }>(db, versionOfSplitSql).get(splitId)
    if (found !== undefined) return found.id
    const { changes, lastInsertRowid } = statement(
      db,
      `INSERT INTO dataset_versions (dataset_id, split_id, created_at_ms, image_count, sha256)
       SELECT splits.dataset_id, splits.id, ?, count(images.id),
         version_sha256(path, content_hash, coalesce(split_classes.name, classes.name), part ORDER BY images.id)
       FROM splits
         JOIN split_images ON split_images.split_id = splits.id
         JOIN images ON images.id = split_images.image_id
         JOIN classes ON classes.dataset_id = images.dataset_id AND classes.class_index = images.class_index
         JOIN split_classes ON split_classes.split_id = splits.id AND split_classes.class_index = images.class_index
       WHERE splits.id = ? GROUP BY splits.id`,
    ).run(nowMs, splitId)
    if (changes === 0) throw datasetDeleted()
    return Number(lastInsertRowid)
  })
}

/** The version of a split that has none yet, with the hash of its list. Within a transaction. */
export function insertVersionRow(
  db: Db,
  splitId: number,
  { createdAtMs, sha256 }: { readonly createdAtMs: number; readonly sha256: Buffer },
): number {
  const { lastInsertRowid } = statement(
    db,
    `INSERT INTO dataset_versions (dataset_id, split_id, created_at_ms, image_count, sha256)
     SELECT dataset_id, id, ?, (SELECT sum(train_count + val_count + test_count) FROM split_classes WHERE split_id = splits.id), ?
     FROM splits WHERE id = ?`,
  ).run(createdAtMs, sha256, splitId)
  return Number(lastInsertRowid)
}

const versionOfSplitSql = 'SELECT id FROM dataset_versions WHERE split_id = ? ORDER BY id DESC LIMIT 1'

/** Oldest first. */
export function listVersions(db: Db, datasetId: number): DatasetVersion[] {
  return statement<VersionRow>(db, listVersionsSql)
    .all(datasetId)
    .map((row, place) => ({
      id: row.id,
      number: place + 1,
      createdAtMs: row.created_at_ms,
      imageCount: row.image_count,
      splitHash: row.hash,
      runCount: row.run_count,
      isCurrent: row.is_current === 1,
      madeBy: madeBy(row, place),
      changes:
        row.new_count === null
          ? null
          : {
              new: row.new_count,
              gone: row.gone_count ?? 0,
              changed: row.changed_count ?? 0,
              moved: row.moved_count ?? 0,
              relabelled: row.relabelled_count ?? 0,
            },
    }))
}

function madeBy(
  { new_count: newCount, of_labels: ofLabels }: VersionRow,
  place: number,
): DatasetVersion['madeBy'] {
  if (newCount !== null) return ofLabels === 1 ? 'labels' : 'take-in'
  return place === 0 ? 'import' : 'split'
}

const listVersionsSql = `
  SELECT dataset_versions.id, created_at_ms, image_count, hash, split_id IS current_split AS is_current,
    (SELECT count(*) FROM runs WHERE runs.split_id = dataset_versions.split_id AND deleted_at_ms IS NULL) AS run_count,
    new_count, gone_count, changed_count, moved_count, relabelled_count, of_labels
  FROM (SELECT id, current_split_id AS current_split FROM datasets WHERE id = ?) AS dataset
    JOIN dataset_versions ON dataset_versions.dataset_id = dataset.id
    JOIN splits ON splits.id = split_id
    LEFT JOIN version_changes ON version_id = dataset_versions.id
  ORDER BY split_id`

interface VersionRow {
  id: number
  created_at_ms: number
  image_count: number
  hash: string
  is_current: number
  run_count: number
  new_count: number | null
  gone_count: number | null
  changed_count: number | null
  moved_count: number | null
  relabelled_count: number | null
  of_labels: number | null
}
