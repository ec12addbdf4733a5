/** Ratings as they were frozen, and the images of each. */
import { createHash } from 'node:crypto'
import { ratingSpecSchema, type RatingSpec } from '../../../contract/entities/rating'
import { WorkbenchError } from '../../../contract/errors'
import { inTransaction, statement, type Db } from '../statement'

export interface RatingImage {
  readonly contentHash: string
  readonly path: string
  readonly aspect: number
  readonly prediction: string
  readonly confidence: number
  readonly label: string
  readonly isRest: boolean
}

export interface FrozenRating {
  readonly createdAtMs: number
  readonly spec: RatingSpec
  readonly images: readonly RatingImage[]
}

export interface RatingRow {
  readonly id: number
  readonly key: string
  readonly name: string
  readonly createdAtMs: number
  readonly datasetId: number | null
  readonly runId: number | null
  readonly spec: RatingSpec
  readonly imageCount: number
}

/** What the same rating has on every machine, in hex. */
export function ratingKey({ createdAtMs, spec, images }: FrozenRating): string {
  const hash = createHash('sha256')
  hash.update(canonical([createdAtMs, spec]))
  for (const image of images) hash.update(canonical(image))
  return hash.digest('hex')
}

export function insertRating(
  db: Db,
  { name, datasetId, runId }: { name: string; datasetId: number | null; runId: number | null },
  frozen: FrozenRating,
): number {
  return inTransaction(db, () => {
    const { lastInsertRowid } = statement(
      db,
      `INSERT INTO ratings (key, name, created_at_ms, dataset_id, run_id, spec_json, image_count)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
    ).run(
      Buffer.from(ratingKey(frozen), 'hex'),
      name,
      frozen.createdAtMs,
      datasetId,
      runId,
      JSON.stringify(frozen.spec),
      frozen.images.length,
    )
    const insert = statement(
      db,
      `INSERT INTO rating_images (rating_id, position, content_hash, path, aspect, prediction, confidence, label, is_rest)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    for (const [position, image] of frozen.images.entries())
      insert.run(
        lastInsertRowid,
        position,
        Buffer.from(image.contentHash, 'hex'),
        image.path,
        image.aspect,
        image.prediction,
        image.confidence,
        image.label,
        image.isRest ? 1 : 0,
      )
    return Number(lastInsertRowid)
  })
}

/** The newest first. */
export function listRatingRows(db: Db, runId: number | null = null): RatingRow[] {
  return statement<StoredRow>(
    db,
    `${selectRating} WHERE coalesce(?, run_id, -1) = coalesce(run_id, -1) ORDER BY created_at_ms DESC, id DESC`,
  )
    .all(runId)
    .map(toRow)
}

/** Throws 'not-found'. */
export function getRatingRow(db: Db, id: number): RatingRow {
  const row = statement<StoredRow>(db, `${selectRating} WHERE id = ?`).get(id)
  if (row === undefined)
    throw new WorkbenchError('not-found', `There is no rating with the number ${id}.`, 'It may be deleted.')
  return toRow(row)
}

export function ratingOfKey(db: Db, key: string): number | null {
  return (
    statement<{ id: number }>(db, 'SELECT id FROM ratings WHERE key = ?').get(Buffer.from(key, 'hex'))?.id ??
    null
  )
}

export function deleteRating(db: Db, id: number): void {
  getRatingRow(db, id)
  inTransaction(db, () => statement(db, 'DELETE FROM ratings WHERE id = ?').run(id))
}

export function placeRating(db: Db, id: number, datasetId: number): void {
  inTransaction(db, () => statement(db, 'UPDATE ratings SET dataset_id = ? WHERE id = ?').run(datasetId, id))
}

/** By their positions, from 0. */
export function ratingImages(db: Db, id: number): RatingImage[] {
  return statement<StoredImage>(db, `${selectImage} ORDER BY position`).all(id).map(toImage)
}

/** Throws 'not-found'. */
export function ratingImage(db: Db, id: number, position: number): RatingImage {
  const row = statement<StoredImage>(db, `${selectImage} AND position = ?`).get(id, position)
  if (row === undefined)
    throw new WorkbenchError('not-found', `The rating has no image with the number ${position}.`)
  return toImage(row)
}

/** The number of a rated image in a dataset; null: it has no image of that content. */
export function imageIdOf(
  db: Db,
  datasetId: number | null,
  { contentHash, path }: Pick<RatingImage, 'contentHash' | 'path'>,
): number | null {
  if (datasetId === null) return null
  return (
    statement<{ id: number }>(
      db,
      'SELECT id FROM images WHERE dataset_id = ? AND content_hash = ? ORDER BY path = ? DESC, id DESC LIMIT 1',
    ).get(datasetId, Buffer.from(contentHash, 'hex'), path)?.id ?? null
  )
}

/** The dataset that has the most of a rating's images; null: none has any. */
export function datasetOfRating(db: Db, id: number): number | null {
  return (
    statement<{ dataset_id: number }>(
      db,
      `SELECT datasets.id AS dataset_id, (SELECT count(*) FROM rating_images WHERE rating_id = ? AND EXISTS (
           SELECT 1 FROM images WHERE images.dataset_id = datasets.id AND images.content_hash = rating_images.content_hash)) AS count
       FROM datasets WHERE count > 0 ORDER BY count DESC, datasets.id DESC LIMIT 1`,
    ).get(id)?.dataset_id ?? null
  )
}

export interface ImageCopy {
  readonly mime: string
  readonly bytes: Uint8Array
}

export function putCopy(db: Db, id: number, position: number, { mime, bytes }: ImageCopy): void {
  statement(
    db,
    'INSERT INTO rating_copies (rating_id, position, mime, bytes) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
  ).run(id, position, mime, bytes)
}

export function copyOf(db: Db, id: number, position: number): ImageCopy | null {
  return (
    statement<{ mime: string; bytes: Buffer }>(
      db,
      'SELECT mime, bytes FROM rating_copies WHERE rating_id = ? AND position = ?',
    ).get(id, position) ?? null
  )
}

const selectRating = `SELECT id, lower(hex(key)) AS key, name, created_at_ms, dataset_id, run_id, spec_json, image_count FROM ratings`
interface StoredRow {
  id: number
  key: string
  name: string
  created_at_ms: number
  dataset_id: number | null
  run_id: number | null
  spec_json: string
  image_count: number
}

function toRow(row: StoredRow): RatingRow {
  return {
    id: row.id,
    key: row.key,
    name: row.name,
    createdAtMs: row.created_at_ms,
    datasetId: row.dataset_id,
    runId: row.run_id,
    spec: ratingSpecSchema.parse(JSON.parse(row.spec_json)),
    imageCount: row.image_count,
  }
}

const selectImage = `SELECT lower(hex(content_hash)) AS hash, path, aspect, prediction, confidence, label, is_rest FROM rating_images
  WHERE rating_id = ?`
interface StoredImage {
  hash: string
  path: string
  aspect: number
  prediction: string
  confidence: number
  label: string
  is_rest: 0 | 1
}

function toImage({ hash, is_rest, ...image }: StoredImage): RatingImage {
  return { ...image, contentHash: hash, isRest: is_rest === 1 }
}

/** JSON with the keys of each object in order, so that the same has the same bytes everywhere. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}
