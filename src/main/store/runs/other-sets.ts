/** Prediction sets of a run's model elsewhere, and those out of fold. */
import type { SplitPart } from '../../../contract/entities/dataset'
import type { OpenableSet } from '../../../contract/entities/prediction-set'
import type { LossName } from '../../../contract/entities/run'
import type { ClassMapping } from '../../../domain/prediction-set/class-mapping'
import { selectSet, toSet, writerOf, type OpenPredictionSet, type SetRow } from './prediction-sets'
import { partCode } from '../datasets/split-parts'
import { inTransaction, statement, type Db } from '../statement'

export interface NewOtherSet {
  readonly kind: 'elsewhere' | 'out-of-fold'
  /** null: no run's. */
  readonly runId: number | null
  readonly versionId: number
  readonly checkpointStep: number
  /** null: all of them. */
  readonly part: SplitPart | null
  readonly setKind: 'scores' | 'top'
  readonly loss: LossName
  readonly classCount: number
  readonly partCount: number
  readonly mapping: ClassMapping
  readonly unmappedCount: number
  readonly createdAtMs: number
}

export interface OpenOtherSet extends Pick<OpenPredictionSet, 'append'> {
  /** Images that could not be read. Takes the place of the earlier one of the same kind, model, step, version and part. */
  seal(sha256: string, unreadCount: number): void
  /** It came to no end. */
  drop(): void
  readonly id: number
}

export function openOtherSet(db: Db, set: NewOtherSet): OpenOtherSet {
  const modelId = set.runId === null ? 'out-of-fold' : `run:${set.runId}`
  const part = partCode(set.part ?? 'test')
  const id = inTransaction(db, () => {
    const { lastInsertRowid } = statement(
      db,
      `INSERT INTO prediction_sets (model_id, checkpoint_step, version_id, part, created_at_ms, kind, loss, class_count, part_count)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ).run(
      ...[modelId, set.checkpointStep, set.versionId, part, set.createdAtMs],
      ...[set.setKind, set.loss, set.classCount, set.partCount],
    )
    return Number(lastInsertRowid)
  })
  let unread = 0
  const writer = writerOf(db, id, `of ${modelId}`, () => {
    statement(
      db,
      `DELETE FROM prediction_sets WHERE id IN (
         SELECT prediction_sets.id FROM prediction_sets JOIN other_sets ON set_id = prediction_sets.id
         WHERE model_id = ? AND version_id = ? AND checkpoint_step = ? AND part = ? AND other_sets.kind = ? AND is_whole = ?)`,
    ).run(...[modelId, set.versionId, set.checkpointStep, part, set.kind, set.part === null ? 1 : 0])
    statement(
      db,
      `INSERT INTO other_sets (set_id, kind, run_id, is_whole, mapping_json, unmapped_count, unread_count)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
    ).run(
      ...[id, set.kind, set.runId, set.part === null ? 1 : 0, JSON.stringify(set.mapping)],
      ...[set.unmappedCount, unread],
    )
  })
  return {
    id,
    append: (bytes) => writer.append(bytes),
    seal(sha256, unreadCount) {
      unread = unreadCount
      writer.seal(sha256)
    },
    drop: () =>
      inTransaction(db, () =>
        statement(db, 'DELETE FROM prediction_sets WHERE id = ? AND sha256 IS NULL').run(id),
      ),
  }
}

/** All that can be looked at as the predictions of a run: its own, its model elsewhere, and out of fold those of its dataset's version. */
export function openableSets(db: Db, runId: number): OpenableSet[] {
  return statement<OpenableRow>(
    db,
    `${selectSet.replace(
      'SELECT',
      `SELECT dataset_versions.dataset_id AS dataset_id, datasets.name AS dataset_name,
       other_sets.kind AS other_kind, is_whole, mapping_json, unmapped_count, unread_count,`,
    )}
       JOIN dataset_versions ON dataset_versions.id = prediction_sets.version_id
       JOIN datasets ON datasets.id = dataset_versions.dataset_id
       LEFT JOIN other_sets ON set_id = prediction_sets.id
     WHERE prediction_sets.sha256 IS NOT NULL AND (prediction_sets.run_id = ? OR other_sets.run_id = ?
       OR (other_sets.kind = 'out-of-fold' AND dataset_versions.dataset_id =
         (SELECT own.dataset_id FROM runs AS this JOIN splits AS own ON own.id = this.split_id WHERE this.id = ?)))
     ORDER BY other_kind IS NOT NULL, prediction_sets.checkpoint_step DESC, prediction_sets.part DESC, prediction_sets.id DESC`,
  )
    .all(runId, runId, runId)
    .map((row) => ({
      ...toSet(row),
      ...{ datasetId: row.dataset_id, datasetName: row.dataset_name },
      other:
        row.other_kind === null
          ? null
          : {
              kind: row.other_kind,
              isWhole: row.is_whole === 1,
              mapping: JSON.parse(row.mapping_json ?? '[]') as [string, string | null][],
              unmappedCount: row.unmapped_count ?? 0,
              unreadCount: row.unread_count ?? 0,
            },
    }))
}

/** The newest one out of fold of a dataset; null: there is none. */
export function outOfFoldSet(db: Db, datasetId: number): { id: number; splitId: number } | null {
  return (
    statement<{ id: number; splitId: number }>(
      db,
      `SELECT prediction_sets.id, dataset_versions.split_id AS splitId FROM prediction_sets JOIN other_sets ON set_id = prediction_sets.id
         JOIN dataset_versions ON dataset_versions.id = version_id
       WHERE dataset_id = ? AND other_sets.kind = 'out-of-fold' AND prediction_sets.sha256 IS NOT NULL ORDER BY prediction_sets.id DESC LIMIT 1`,
    ).get(datasetId) ?? null
  )
}

interface OpenableRow extends SetRow {
  dataset_id: number
  dataset_name: string
  other_kind: NewOtherSet['kind'] | null
  is_whole: number | null
  mapping_json: string | null
  unmapped_count: number | null
  unread_count: number | null
}
