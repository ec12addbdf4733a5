/** Labels that were doubted, by the features of their images. */
import { inTransaction, statement, type Db } from '../statement'

export interface StoredDoubt {
  readonly contentHash: string
  readonly label: string
  readonly suggested: string
  readonly labelProbability: number
  readonly suggestedProbability: number
}

/** In the place of the last ones. Nothing where the dataset was deleted meanwhile. */
export function putDoubts(db: Db, datasetId: number, atMs: number, doubts: readonly StoredDoubt[]): void {
  const insert = statement(
    db,
    `INSERT INTO label_doubts (dataset_id, position, content_hash, label, suggested, label_probability, suggested_probability)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
  )
  inTransaction(db, () => {
    const { changes } = statement(
      db,
      'INSERT OR REPLACE INTO label_checks (dataset_id, checked_at_ms) SELECT id, ? FROM datasets WHERE id = ?',
    ).run(atMs, datasetId)
    if (changes === 0) return
    statement(db, 'DELETE FROM label_doubts WHERE dataset_id = ?').run(datasetId)
    doubts.forEach(({ contentHash, label, suggested, labelProbability, suggestedProbability }, position) => {
      const hash = Buffer.from(contentHash, 'hex')
      insert.run(datasetId, position, hash, label, suggested, labelProbability, suggestedProbability)
    })
  })
}

/** When the labels were looked at last; null: never. */
export function labelsCheckedAt(db: Db, datasetId: number): number | null {
  return (
    statement<{ at: number }>(db, 'SELECT checked_at_ms AS at FROM label_checks WHERE dataset_id = ?').get(
      datasetId,
    )?.at ?? null
  )
}

/** The surest first. */
export function listDoubts(db: Db, datasetId: number): StoredDoubt[] {
  return statement<StoredDoubt>(
    db,
    `SELECT lower(hex(content_hash)) AS contentHash, label, suggested, label_probability AS labelProbability,
       suggested_probability AS suggestedProbability FROM label_doubts WHERE dataset_id = ? ORDER BY position`,
  ).all(datasetId)
}

/** Of one content under one label; null: it is not doubted. */
export function doubtOf(db: Db, datasetId: number, contentHash: string, label: string): StoredDoubt | null {
  const doubt = statement<Omit<StoredDoubt, 'contentHash'>>(
    db,
    `SELECT label, suggested, label_probability AS labelProbability, suggested_probability AS suggestedProbability
     FROM label_doubts WHERE dataset_id = ? AND content_hash = ? AND label = ? ORDER BY position LIMIT 1`,
  ).get(datasetId, Buffer.from(contentHash, 'hex'), label)
  return doubt === undefined ? null : { contentHash, ...doubt }
}
