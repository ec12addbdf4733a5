/**
 * Prediction sets: what a run said of each image of a part after a step. Written block by block, each a commit of its own; a set counts once it
 * is sealed by the hash of all blocks, and never changes afterwards. One that a dead writer left is thrown away at the next start.
 */
import { createHash } from 'node:crypto'
import type { SplitPart } from '../../../contract/entities/dataset'
import type { PredictionSet } from '../../../contract/entities/prediction-set'
import type { LossName } from '../../../contract/entities/run'
import { WorkbenchError } from '../../../contract/errors'
import { readBlock } from '../../../domain/prediction-set/block'
import { partCode, partOfCode } from '../datasets/split-parts'
import { inTransaction, statement, type Db } from '../statement'

export interface NewPredictionSet {
  readonly runId: number
  /** Steps that the weights have seen. */
  readonly checkpointStep: number
  readonly part: SplitPart
  readonly kind: PredictionSet['kind']
  readonly loss: LossName
  readonly classCount: number
  readonly partCount: number
  readonly createdAtMs: number
}

export interface OpenPredictionSet {
  append(bytes: Uint8Array): void
  /**
   * With the SHA-256 (hex) of all blocks. Takes the place of the run's earlier set of the same step, version and part. Throws 'internal' where
   * other bytes came: the set does not count.
   */
  seal(sha256: string): void
}

/** What another evaluation of the run left unsealed is thrown away. */
export function openPredictionSet(db: Db, set: NewPredictionSet): OpenPredictionSet {
  const id = inTransaction(db, () => {
    statement(db, 'DELETE FROM prediction_sets WHERE run_id = ? AND sha256 IS NULL').run(set.runId)
    const { lastInsertRowid } = statement(
      db,
      `INSERT INTO prediction_sets (run_id, checkpoint_step, version_id, part, created_at_ms, kind, loss, class_count, part_count)
       SELECT id, ?, version_id, ?, ?, ?, ?, ?, ? FROM runs WHERE id = ?`,
    ).run(
      set.checkpointStep,
      partCode(set.part),
      set.createdAtMs,
      set.kind,
      set.loss,
      set.classCount,
      set.partCount,
      set.runId,
    )
    return Number(lastInsertRowid)
  })
  return writerOf(db, id, `after step ${set.checkpointStep}`, () => {
    statement(
      db,
      `DELETE FROM prediction_sets WHERE run_id = ? AND checkpoint_step = ? AND part = ? AND id <> ?
         AND version_id = (SELECT version_id FROM prediction_sets WHERE id = ?)`,
    ).run(set.runId, set.checkpointStep, partCode(set.part), id, id)
  })
}

/** `onSealed`: with the seal, in one commit. `what`: whose predictions they are, in a sentence. */
export function writerOf(db: Db, id: number, what: string, onSealed: () => void): OpenPredictionSet {
  const hash = createHash('sha256')
  let [position, rowCount, byteCount] = [0, 0, 0]
  return {
    append(bytes) {
      const rows = readBlock(bytes).rowCount
      inTransaction(db, () => {
        statement(
          db,
          'INSERT INTO prediction_blocks (set_id, position, row_count, bytes) VALUES (?, ?, ?, ?)',
        ).run(id, position, rows, bytes)
      })
      hash.update(bytes)
      position += 1
      rowCount += rows
      byteCount += bytes.length
    },
    seal(sha256) {
      const found = hash.digest('hex')
      if (found !== sha256) {
        throw new WorkbenchError(
          'internal',
          `The predictions ${what} were not kept: their SHA-256 is ${found} instead of ${sha256}.`,
          'Earlier predictions are kept. Look at memory and disk if this happens again.',
        )
      }
      inTransaction(db, () => {
        statement(
          db,
          'UPDATE prediction_sets SET row_count = ?, byte_count = ?, sha256 = ? WHERE id = ?',
        ).run(rowCount, byteCount, Buffer.from(sha256, 'hex'), id)
        onSealed()
      })
    },
  }
}

/** Throws away what a dead writer left: of `runId`, which trains no more; null: of all. */
export function dropUnsealed(db: Db, runId: number | null): void {
  inTransaction(db, () =>
    statement(db, 'DELETE FROM prediction_sets WHERE sha256 IS NULL AND run_id IS coalesce(?, run_id)').run(
      runId,
    ),
  )
}

/** Those of a run that went on and ended before it came to their step again. */
export function deleteSetsAfter(db: Db, runId: number, stepIndex: number): void {
  inTransaction(db, () =>
    statement(db, 'DELETE FROM prediction_sets WHERE run_id = ? AND checkpoint_step > ?').run(
      runId,
      stepIndex,
    ),
  )
}

/** The set whose rows the table `predictions` has from now on: the run's last of this part; none where it has none. */
export function nameResultSet(db: Db, runId: number, part: SplitPart, stepIndex: number): void {
  inTransaction(db, () =>
    statement(
      db,
      `UPDATE runs SET result_set_id = (SELECT id FROM prediction_sets
         WHERE run_id = runs.id AND part = ? AND checkpoint_step = ? AND sha256 IS NOT NULL ORDER BY id DESC LIMIT 1)
       WHERE id = ?`,
    ).run(partCode(part), stepIndex, runId),
  )
}

/** Sealed ones, by step, then part. */
export function listPredictionSets(db: Db, runId: number): PredictionSet[] {
  return statement<SetRow>(db, listPredictionSetsSql).all(runId).map(toSet)
}

/** Throws 'not-found'; also of a set that is not sealed. */
export function getPredictionSet(db: Db, id: number): PredictionSet {
  const row = statement<SetRow>(db, `${selectSet} WHERE prediction_sets.id = ? AND sha256 IS NOT NULL`).get(
    id,
  )
  if (row === undefined) {
    throw new WorkbenchError(
      'not-found',
      `There is no set of predictions with the number ${id}.`,
      'It may have been replaced by a newer evaluation: list the sets of the run again.',
    )
  }
  return toSet(row)
}

export const selectSet = `
  SELECT prediction_sets.*, prediction_sets.id IS runs.result_set_id AS is_result
  FROM prediction_sets LEFT JOIN runs ON runs.id = prediction_sets.run_id`
export const listPredictionSetsSql = `${selectSet} WHERE run_id = ? AND sha256 IS NOT NULL ORDER BY checkpoint_step, part, prediction_sets.id`

export interface SetRow {
  id: number
  run_id: number | null
  model_id: string | null
  checkpoint_step: number
  version_id: number
  part: number
  created_at_ms: number
  kind: PredictionSet['kind']
  loss: LossName
  class_count: number
  part_count: number
  row_count: number
  byte_count: number
  is_result: number
}

export function toSet(row: SetRow): PredictionSet {
  return {
    id: row.id,
    runId: row.run_id,
    modelId: row.model_id,
    checkpointStep: row.checkpoint_step,
    versionId: row.version_id,
    part: partOfCode(row.part),
    createdAtMs: row.created_at_ms,
    kind: row.kind,
    loss: row.loss,
    classCount: row.class_count,
    partCount: row.part_count,
    rowCount: row.row_count,
    byteCount: row.byte_count,
    isResult: row.is_result === 1,
  }
}
