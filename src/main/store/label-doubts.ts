/** Features of a dataset's images, and the labels that were doubted by them. */
import { fromFloat16, toFloat16 } from '../../domain/float16'
import { inTransaction, statement, type Db } from './statement'

export interface StoredDoubt {
  readonly contentHash: string
  readonly label: string
  readonly suggested: string
  readonly labelProbability: number
  readonly suggestedProbability: number
}

export function putFeatures(
  db: Db,
  datasetId: number,
  modelKey: string,
  rows: readonly { readonly contentHash: string; readonly features: Float32Array }[],
): void {
  const insert = statement(
    db,
    `INSERT OR REPLACE INTO image_features (dataset_id, model_key, content_hash, features)
     SELECT id, ?, ?, ? FROM datasets WHERE id = ?`,
  )
  inTransaction(db, () => {
    for (const { contentHash, features } of rows) {
      const halves = Uint16Array.from(features, toFloat16)
      insert.run(modelKey, Buffer.from(contentHash, 'hex'), Buffer.from(halves.buffer), datasetId)
    }
  })
}

/** null where they were not computed. */
export function getFeatures(
  db: Db,
  datasetId: number,
  modelKey: string,
  contentHash: string,
): Float32Array | null {
  const row = statement<{ features: Buffer }>(
    db,
    'SELECT features FROM image_features WHERE dataset_id = ? AND model_key = ? AND content_hash = ?',
  ).get(datasetId, modelKey, Buffer.from(contentHash, 'hex'))
  if (row === undefined) return null
  const { features } = row
  return Float32Array.from({ length: features.length / 2 }, (_, place) =>
    fromFloat16(features.readUInt16LE(place * 2)),
  )
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
