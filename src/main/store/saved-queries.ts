/** Queries with a name. */
import type { SavedQuery } from '../../contract/entities/saved-query'
import { WorkbenchError } from '../../contract/errors'
import { inTransaction, statement, type Db } from './statement'

type Subject = SavedQuery['subject']

/** By their names. `datasetId`: null of runs. */
export function listSavedQueries(db: Db, subject: Subject, datasetId: number | null): SavedQuery[] {
  return statement<SavedQuery>(
    db,
    `SELECT ${columns} FROM saved_queries WHERE subject = ? AND dataset_id IS ? ORDER BY name COLLATE NOCASE, id`,
  ).all(subject, datasetId)
}

/** In the place of the one of that name, if there is one. */
export function putSavedQuery(db: Db, query: Omit<SavedQuery, 'id'>): SavedQuery {
  const { subject, datasetId, name, query: text, layout, rowPx, floor, createdAtMs } = query
  return inTransaction(db, () => {
    const { id } = statement<{ id: number }>(
      db,
      `INSERT INTO saved_queries (subject, dataset_id, name, query, layout, row_px, floor, created_at_ms)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (subject, ifnull(dataset_id, 0), name) DO UPDATE SET query = excluded.query, layout = excluded.layout,
         row_px = excluded.row_px, floor = excluded.floor, created_at_ms = excluded.created_at_ms RETURNING id`,
    ).get(subject, datasetId, name, text, layout, rowPx, floor, createdAtMs) ?? { id: 0 }
    return getSavedQuery(db, id)
  })
}

/** Throws 'not-found'. */
export function getSavedQuery(db: Db, id: number): SavedQuery {
  const found = statement<SavedQuery>(db, `SELECT ${columns} FROM saved_queries WHERE id = ?`).get(id)
  if (found !== undefined) return found
  throw new WorkbenchError('not-found', `There is no saved query with the number ${String(id)}.`)
}

export function deleteSavedQuery(db: Db, id: number): void {
  inTransaction(db, () => statement(db, 'DELETE FROM saved_queries WHERE id = ?').run(id))
}

const columns = `id, subject, dataset_id AS datasetId, name, query, layout, row_px AS rowPx, floor,
  created_at_ms AS createdAtMs`
