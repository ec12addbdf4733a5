/** Versions that are being written in pieces: each piece is committed, and nobody sees the version before the last. */
import { inTransaction, statement, type Db } from '../statement'

export interface VersionDraft {
  readonly datasetId: number
  readonly splitId: number
  readonly firstImageId: number
  readonly firstClassIndex: number
  readonly isNew: boolean
}

/** Within the transaction that makes its split. */
export function beginDraft(db: Db, draft: VersionDraft): void {
  statement(
    db,
    'INSERT INTO version_drafts (split_id, dataset_id, first_image_id, first_class_index, is_new) VALUES (?, ?, ?, ?, ?)',
  ).run(draft.splitId, draft.datasetId, draft.firstImageId, draft.firstClassIndex, draft.isNew ? 1 : 0)
}

/** Within the transaction that shows it. */
export function endDraft(db: Db, splitId: number): void {
  statement(db, 'DELETE FROM version_drafts WHERE split_id = ?').run(splitId)
}

/** Throws away what was begun and is not written any more; `datasetId`: of one dataset. */
export function dropDrafts(db: Db, datasetId: number | null = null): void {
  const drafts = statement<DraftRow>(
    db,
    'SELECT * FROM version_drafts WHERE ? IS NULL OR dataset_id = ?',
  ).all(datasetId, datasetId)
  for (const draft of drafts) inTransaction(db, () => drop(db, draft))
}

function drop(db: Db, draft: DraftRow): void {
  if (draft.is_new === 1) {
    statement(db, 'DELETE FROM datasets WHERE id = ?').run(draft.dataset_id)
    return
  }
  statement(db, 'DELETE FROM splits WHERE id = ?').run(draft.split_id)
  statement(db, 'DELETE FROM images WHERE dataset_id = ? AND id >= ?').run(
    draft.dataset_id,
    draft.first_image_id,
  )
  statement(db, 'DELETE FROM classes WHERE dataset_id = ? AND class_index >= ?').run(
    draft.dataset_id,
    draft.first_class_index,
  )
}

interface DraftRow {
  split_id: number
  dataset_id: number
  first_image_id: number
  first_class_index: number
  is_new: number
}
