/** What goes into a bundle of a run, and what a run from a bundle leaves here. */
import type { Split, SplitOptions, SplitPart } from '../../../contract/entities/dataset'
import { atOnce } from '../../../domain/in-turns'
import type { PredictedRow } from '../../../domain/prediction-set/block'
import { partOfCode } from '../datasets/split-parts'
import { statement, type Db } from '../statement'
import { unpackTop } from '../top-list'
import { hashingVersion } from '../datasets/version-hash'

export interface SplitImageRow {
  readonly id: number
  readonly path: string
  readonly contentHash: string
  readonly classIndex: number
  readonly part: SplitPart
  readonly widthPx: number
  readonly heightPx: number
  readonly byteCount: number
  readonly format: string
  readonly colourSpace: string
  readonly bitsPerSample: number
  readonly hasAlpha: boolean
  readonly orientation: number
  readonly modifiedMs: number
}

/** Of all images of a split, ascending. */
export function splitImageIds(db: Db, splitId: number): Uint32Array {
  const ids = db
    .prepare<[number], number>('SELECT image_id FROM split_images WHERE split_id = ?')
    .pluck()
    .all(splitId)
  return Uint32Array.from(ids).sort()
}

/** In the order given. */
export function splitImages(db: Db, splitId: number, ids: Iterable<number>): SplitImageRow[] {
  const one = statement<Omit<SplitImageRow, 'part' | 'hasAlpha'> & { part: number; hasAlpha: number }>(
    db,
    `SELECT images.id, path, lower(hex(content_hash)) AS contentHash, class_index AS classIndex, part, width_px AS widthPx,
       height_px AS heightPx, byte_count AS byteCount, format, colour_space AS colourSpace, bits_per_sample AS bitsPerSample,
       has_alpha AS hasAlpha, orientation, modified_ms AS modifiedMs
     FROM images JOIN split_images ON split_images.image_id = images.id AND split_images.split_id = ?
     WHERE images.id = ?`,
  )
  return [...ids].flatMap((id) => {
    const row = one.get(splitId, id)
    return row === undefined ? [] : [{ ...row, part: partOfCode(row.part), hasAlpha: row.hasAlpha === 1 }]
  })
}

export interface SplitFacts {
  /** Of its version, hex. */
  readonly sha256: string
  readonly sourceKind: string
  readonly origin: Split['origin']
  readonly options: SplitOptions
}

/** null where its dataset is gone. */
export function splitFacts(db: Db, splitId: number): SplitFacts | null {
  const row = statement<{
    sha256: Buffer
    source_kind: string
    origin: Split['origin']
    val_fraction: number
    test_fraction: number
    seed: number
  }>(
    db,
    `SELECT sha256, source_kind, origin, val_fraction, test_fraction, seed FROM dataset_versions
       JOIN splits ON splits.id = split_id JOIN datasets ON datasets.id = dataset_versions.dataset_id
     WHERE split_id = ? ORDER BY dataset_versions.id DESC LIMIT 1`,
  ).get(splitId)
  if (row === undefined) return null
  const options = { valFraction: row.val_fraction, testFraction: row.test_fraction, seed: row.seed }
  return { sha256: row.sha256.toString('hex'), sourceKind: row.source_kind, origin: row.origin, options }
}

/** A split here whose images, classes and parts are just those; null: there is none. */
export function splitOfVersion(
  db: Db,
  sha256: string,
): { readonly splitId: number; readonly datasetId: number } | null {
  return (
    statement<{ splitId: number; datasetId: number }>(
      db,
      `SELECT split_id AS splitId, dataset_versions.dataset_id AS datasetId FROM dataset_versions
       WHERE sha256 = ? ORDER BY dataset_versions.id LIMIT 1`,
    ).get(Buffer.from(sha256, 'hex')) ?? null
  )
}

/** The rows behind the run's mistakes, by image. */
export function resultRows(db: Db, runId: number, afterImageId: number, limit: number): PredictedRow[] {
  return statement<Omit<PredictedRow, 'topIndices' | 'topProbabilities'> & { top: Buffer }>(
    db,
    `SELECT image_id AS imageId, label_index AS labelIndex, loss, label_rank AS labelRank, label_probability AS labelProbability, top
     FROM predictions WHERE run_id = ? AND image_id > ? ORDER BY image_id LIMIT ?`,
  )
    .all(runId, afterImageId, limit)
    .map(({ top, ...row }) => {
      const list = unpackTop(top)
      return {
        ...row,
        topIndices: list.map(({ classIndex }) => classIndex),
        topProbabilities: list.map(({ probability }) => probability),
      }
    })
}

/** Bytes of each block of a set, in order. */
export function* setBlocks(db: Db, setId: number): Generator<Uint8Array> {
  const one = statement<{ bytes: Buffer }>(
    db,
    'SELECT bytes FROM prediction_blocks WHERE set_id = ? AND position = ?',
  )
  for (let position = 0; ; position++) {
    const row = one.get(setId, position)
    if (row === undefined) return
    yield row.bytes
  }
}

/** Runs that began at that moment: those that may be the same. */
export function runsBegunAt(db: Db, createdAtMs: number): number[] {
  return statement<{ id: number }>(db, 'SELECT id FROM runs WHERE created_at_ms = ? ORDER BY id')
    .all(createdAtMs)
    .map(({ id }) => id)
}

/** Within the transaction that makes the run. */
export function markBundled(db: Db, runId: number, key: string, nowMs: number): void {
  statement(db, 'INSERT INTO run_bundles (run_id, key, imported_at_ms) VALUES (?, ?, ?)').run(
    runId,
    Buffer.from(key, 'hex'),
    nowMs,
  )
}

/** Whether the run came as a bundle: it has no momenta to go on with. */
export function isBundled(db: Db, runId: number): boolean {
  return statement(db, 'SELECT 1 FROM run_bundles WHERE run_id = ?').get(runId) !== undefined
}

/** Hex. */
export function versionHashOf(
  images: readonly Pick<SplitImageRow, 'path' | 'contentHash' | 'classIndex' | 'part'>[],
  classNames: readonly string[],
): string {
  const hash = atOnce(
    hashingVersion(images.length, (place) => {
      const { path = '', contentHash = '', classIndex = 0, part = 'train' } = images[place] ?? {}
      return { key: path, contentHash, className: classNames[classIndex] ?? '', part }
    }),
  )
  return hash.toString('hex')
}
