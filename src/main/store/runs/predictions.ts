/** Predictions: each evaluated image with its top five, loss and rank of the label. */
import type { Prediction, PredictionFilter, PredictionOrder } from '../../../contract/entities/run'
import type { PredictionRow } from '../../protocol/messages'
import { inTransaction, statement, type Db } from '../statement'
import { packTop, unpackTop } from '../top-list'

const columns =
  'run_id, image_id, label_index, predicted_index, loss, label_rank, label_probability, confidence, top'

export interface PredictionQuery {
  readonly runId: number
  readonly filter: PredictionFilter
  readonly order: PredictionOrder
  readonly offset: number
  readonly limit: number
}

/**
 * All rows in one transaction. They are seen once `publishPredictions` was called; an image that is predicted again before replaces its row.
 */
export function insertPredictions(db: Db, runId: number, rows: readonly PredictionRow[]): void {
  const insert = statement(
    db,
    `INSERT OR REPLACE INTO new_predictions (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  inTransaction(db, () => {
    for (const row of rows) {
      insert.run(
        runId,
        row.imageId,
        row.labelIndex,
        row.topIndices[0],
        row.loss,
        row.labelRank,
        row.labelProbability,
        row.topProbabilities[0],
        packTop(row),
      )
    }
  })
}

/** The rows that came are the run's predictions now, and the earlier ones are gone. Without new rows the earlier ones stay. */
export function publishPredictions(db: Db, runId: number): void {
  inTransaction(db, () => {
    const some = statement(db, 'SELECT 1 FROM new_predictions WHERE run_id = ? LIMIT 1').get(runId)
    if (some === undefined) return
    statement(db, 'DELETE FROM predictions WHERE run_id = ?').run(runId)
    statement(
      db,
      `INSERT INTO predictions (${columns}) SELECT ${columns} FROM new_predictions WHERE run_id = ?`,
    ).run(runId)
    statement(db, 'DELETE FROM new_predictions WHERE run_id = ?').run(runId)
  })
}

/** Throws away the rows of evaluations that came to no end: those of `runId`, which trains no more; null: of all. */
export function dropUnpublished(db: Db, runId: number | null): void {
  inTransaction(db, () =>
    statement(db, 'DELETE FROM new_predictions WHERE run_id = coalesce(?, run_id)').run(runId),
  )
}

/** `loss`: highest first; `confidence`: most confident first; `path`: A to Z. `total` counts all that pass the filter. */
export function listPredictions(
  db: Db,
  query: PredictionQuery,
): { total: number; predictions: Prediction[] } {
  const { page, count, values } = predictionSql(query)
  const total = statement<{ total: number }>(db, count).get(...values)?.total ?? 0
  const predictions = statement<StoredPrediction>(db, page)
    .all(...values, query.limit, query.offset)
    .map(toPrediction)
  return { total, predictions }
}

/** The statements behind `listPredictions`. */
export function predictionSql({ runId, filter, order }: PredictionQuery): {
  page: string
  count: string
  values: unknown[]
} {
  const conditions = ['run_id = ?']
  const values: unknown[] = [runId]
  if (filter.which !== 'all') {
    conditions.push('wrong = ?')
    values.push(filter.which === 'wrong' ? 1 : 0)
  }
  if (filter.labelIndex !== undefined) {
    conditions.push('label_index = ?')
    values.push(filter.labelIndex)
  }
  if (filter.predictedIndex !== undefined) {
    conditions.push('predicted_index = ?')
    values.push(filter.predictedIndex)
  }
  const where = conditions.join(' AND ')
  const page = `
    SELECT ${listed}
    FROM predictions JOIN images ON images.id = image_id
    WHERE ${where} ORDER BY ${orders[order]} LIMIT ? OFFSET ?`
  return { page, count: `SELECT count(*) AS total FROM predictions WHERE ${where}`, values }
}

const listed =
  'image_id, path, width_px, height_px, label_index, predicted_index, loss, label_rank, label_probability, top'

/** Descending throughout, so that an index walked backwards gives the order. */
const orders: Record<PredictionOrder, string> = {
  loss: 'loss DESC, image_id DESC',
  confidence: 'confidence DESC, image_id DESC',
  path: 'path, image_id',
}

/** Those of these images, in their order; one that has none is left out. */
export function predictionsOf(db: Db, runId: number, imageIds: readonly number[]): Prediction[] {
  const one = statement<StoredPrediction>(
    db,
    `SELECT ${listed} FROM predictions JOIN images ON images.id = image_id WHERE run_id = ? AND image_id = ?`,
  )
  return imageIds.flatMap((id) => {
    const row = one.get(runId, id)
    return row === undefined ? [] : [toPrediction(row)]
  })
}

/** The newest run of a dataset that has results, but for deleted ones; null: none has. */
export function newestEvaluated(
  db: Db,
  datasetId: number,
): { id: number; name: string; splitId: number } | null {
  return (
    statement<{ id: number; name: string; splitId: number }>(
      db,
      `SELECT runs.id, name, split_id AS splitId FROM runs JOIN splits ON splits.id = split_id
       WHERE splits.dataset_id = ? AND wrong_count IS NOT NULL AND deleted_at_ms IS NULL ORDER BY runs.id DESC LIMIT 1`,
    ).get(datasetId) ?? null
  )
}

interface StoredPrediction {
  image_id: number
  path: string
  width_px: number
  height_px: number
  label_index: number
  predicted_index: number
  loss: number
  label_rank: number
  label_probability: number
  top: Buffer
}

function toPrediction(row: StoredPrediction): Prediction {
  return {
    imageId: row.image_id,
    path: row.path,
    aspect: row.width_px / row.height_px,
    labelIndex: row.label_index,
    predictedIndex: row.predicted_index,
    loss: row.loss,
    labelRank: row.label_rank,
    labelProbability: row.label_probability,
    top: unpackTop(row.top),
  }
}
