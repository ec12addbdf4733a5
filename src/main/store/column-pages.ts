/** Pages of what columns are made of: each a short statement, so that other work comes between two of them. */
import { WorkbenchError } from '../../contract/errors'
import { statement, type Db } from './statement'

/** Class by class, in the order of the import: a page begins after this place. */
export interface ImagePlace {
  readonly classIndex: number
  readonly id: number
}

export type ImageTuple = readonly [
  id: number,
  classIndex: number,
  part: number,
  widthPx: number,
  heightPx: number,
  byteCount: number,
  orientation: number,
  format: string,
  path: string,
]

export function imagePage(
  db: Db,
  { datasetId, splitId }: { datasetId: number; splitId: number },
  after: ImagePlace,
  limit: number,
): ImageTuple[] {
  return raw<ImageTuple>(db, imagePageSql).all(splitId, datasetId, after.classIndex, after.id, limit)
}

// CROSS JOIN keeps this order: the layout index gives the rows sorted, each asks for its part by key.
export const imagePageSql = `
  SELECT images.id, class_index, split_images.part, width_px, height_px, byte_count, orientation, format, path
  FROM images CROSS JOIN split_images ON split_images.image_id = images.id AND split_images.split_id = ?
  WHERE dataset_id = ? AND (class_index, images.id) > (?, ?)
  ORDER BY class_index, images.id LIMIT ?`

/** Images of the split that have the same bytes as one of another class or part; `hash` is the same for the same bytes. */
export function sameBytesPage(
  db: Db,
  splitId: number,
  other: 'classes' | 'parts',
  afterId: number,
  limit: number,
): { id: number; hash: string }[] {
  return statement<{ id: number; hash: string }>(
    db,
    `SELECT image_id AS id, lower(hex(content_hash)) AS hash FROM same_bytes JOIN images ON images.id = image_id
     WHERE split_id = ? AND other = ? AND image_id > ? ORDER BY image_id LIMIT ?`,
  ).all(splitId, other, afterId, limit)
}

/** The images of a split with this content; `key` is the path. */
export function imagesOfContent(
  db: Db,
  datasetId: number,
  splitId: number,
  contentHash: string,
): { id: number; key: string }[] {
  return statement<{ id: number; key: string }>(
    db,
    `SELECT images.id, path AS key FROM images JOIN split_images ON image_id = images.id AND split_id = ?
     WHERE dataset_id = ? AND content_hash = ?`,
  ).all(splitId, datasetId, Buffer.from(contentHash, 'hex'))
}

export type PredictionTuple = readonly [
  imageId: number,
  label: number,
  predicted: number,
  loss: number,
  rank: number,
  confidence: number,
  /** Of the second class, as four bytes; null where there is none. */
  second: Buffer | null,
]

/** In the order of the images' ids. */
export function predictionPage(db: Db, runId: number, afterId: number, limit: number): PredictionTuple[] {
  return raw<PredictionTuple>(
    db,
    `SELECT image_id, label_index, predicted_index, loss, label_rank, confidence,
       CASE WHEN length(top) >= 16 THEN substr(top, 13, 4) END
     FROM predictions WHERE run_id = ? AND image_id > ? ORDER BY image_id LIMIT ?`,
  ).all(runId, afterId, limit)
}

/** What the columns of a dataset's images are made of: its current split. Throws 'not-found'. */
export function currentSplit(db: Db, datasetId: number): { datasetId: number; splitId: number } {
  const row = statement<{ split_id: number | null }>(
    db,
    'SELECT current_split_id AS split_id FROM datasets WHERE id = ?',
  ).get(datasetId)
  if (row?.split_id === undefined || row.split_id === null)
    throw new WorkbenchError('not-found', `There is no dataset with the number ${datasetId}.`)
  return { datasetId, splitId: row.split_id }
}

/** The split of a run, and which results it has now: other results have another text. Throws 'not-found'. */
export function runResults(db: Db, runId: number): { datasetId: number; splitId: number; results: string } {
  const row = statement<{ dataset_id: number; split_id: number; results: string }>(
    db,
    `SELECT splits.dataset_id, split_id, coalesce(result_step, '') || ' ' || coalesce(result_set_id, '') || ' ' || coalesce(ended_at_ms, '') AS results
     FROM runs JOIN splits ON splits.id = split_id WHERE runs.id = ?`,
  ).get(runId)
  if (row === undefined) throw new WorkbenchError('not-found', `There is no run with the number ${runId}.`)
  return { datasetId: row.dataset_id, splitId: row.split_id, results: row.results }
}

export function predictionCount(db: Db, runId: number): number {
  return (
    statement<{ count: number }>(db, 'SELECT count(*) AS count FROM predictions WHERE run_id = ?').get(runId)
      ?.count ?? 0
  )
}

/** What a split’s images are made of: the same text stands for the same images. null: it is no version of a dataset. */
export function splitKey(db: Db, splitId: number): string | null {
  const row = statement<{ sha256: string }>(
    db,
    'SELECT lower(hex(sha256)) AS sha256 FROM dataset_versions WHERE split_id = ? ORDER BY id LIMIT 1',
  ).get(splitId)
  return row === undefined ? null : `${splitId} ${row.sha256}`
}

/** Those that datasets have now. */
export function currentSplits(db: Db): number[] {
  return statement<{ id: number }>(
    db,
    'SELECT current_split_id AS id FROM datasets WHERE current_split_id IS NOT NULL',
  )
    .all()
    .map(({ id }) => id)
}

export function splitImageCount(db: Db, splitId: number): number {
  return (
    statement<{ count: number }>(
      db,
      'SELECT coalesce(sum(train_count + val_count + test_count), 0) AS count FROM split_classes WHERE split_id = ?',
    ).get(splitId)?.count ?? 0
  )
}

/** The paths of images, in the order of `ids`. */
export function imagePaths(db: Db, ids: Iterable<number>): string[] {
  const path = statement<{ path: string }>(db, 'SELECT path FROM images WHERE id = ?')
  return Array.from(ids, (id) => path.get(id)?.path ?? '')
}

/** Compiled once a database, as `statement`; rows come as tuples. */
function raw<Tuple>(db: Db, sql: string) {
  return db.prepare<unknown[], Tuple>(sql).raw(true)
}
