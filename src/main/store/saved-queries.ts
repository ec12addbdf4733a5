/** Queries with a name. */
import { runTableSchema, type SavedQuery } from '../../contract/entities/saved-query'
import { WorkbenchError } from '../../contract/errors'
import { inTransaction, statement, type Db } from './statement'

type Subject = SavedQuery['subject']

/** By their names. `datasetId`: null of runs. */
export function listSavedQueries(db: Db, subject: Subject, datasetId: number | null): SavedQuery[] {
  return statement<Row>(
    db,
    `SELECT ${columns} FROM saved_queries WHERE subject = ? AND dataset_id IS ? ORDER BY name COLLATE NOCASE, id`,
  )
    .all(subject, datasetId)
    .map(fromRow)
}

/** In the place of the one of that name, if there is one. */
export function putSavedQuery(db: Db, query: Omit<SavedQuery, 'id'>): SavedQuery {
  const { subject, datasetId, name, query: text, layout, rowPx, table, floor, createdAtMs } = query
  return inTransaction(db, () => {
    const { id } = statement<{ id: number }>(
      db,
      `INSERT INTO saved_queries (subject, dataset_id, name, query, layout, row_px, table_json, floor, created_at_ms)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (subject, ifnull(dataset_id, 0), name) DO UPDATE SET query = excluded.query, layout = excluded.layout,
         row_px = excluded.row_px, table_json = excluded.table_json, floor = excluded.floor, created_at_ms = excluded.created_at_ms RETURNING id`,
    ).get(
      subject,
      datasetId,
      name,
      text,
      layout,
      rowPx,
      table === null ? null : JSON.stringify(table),
      floor,
      createdAtMs,
    ) ?? { id: 0 }
    return getSavedQuery(db, id)
  })
}

/** Throws 'not-found'. */
export function getSavedQuery(db: Db, id: number): SavedQuery {
  const found = statement<Row>(db, `SELECT ${columns} FROM saved_queries WHERE id = ?`).get(id)
  if (found !== undefined) return fromRow(found)
  throw new WorkbenchError('not-found', `There is no saved query with the number ${String(id)}.`)
}

export function deleteSavedQuery(db: Db, id: number): void {
  inTransaction(db, () => statement(db, 'DELETE FROM saved_queries WHERE id = ?').run(id))
}

const columns = `id, subject, dataset_id AS datasetId, name, query, layout, row_px AS rowPx, table_json AS tableJson, floor,
  created_at_ms AS createdAtMs`

type Row = Omit<SavedQuery, 'table'> & { readonly tableJson: string | null }

function fromRow({ tableJson, ...row }: Row): SavedQuery {
  return { ...row, table: tableJson === null ? null : runTableSchema.parse(JSON.parse(tableJson)) }
}
