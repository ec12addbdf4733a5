/** What a run says while it goes: steps, evaluations, log lines. Each insert is on disk when it returns. */
import type { Evaluation, LogLine, StepMetric } from '../../../contract/entities/run'
import type { SplitPart } from '../../../contract/entities/dataset'
import { measureColumns, toMeasures, type MeasureRow } from '../measures'
import { partCode, partOfCode } from '../datasets/split-parts'
import { insertStepRow, packFullBlocks, readStepRows, unpackFrom } from './step-blocks'
import { inTransaction, statement, type Db } from '../statement'

/** Also moves the run's `stepsDone`, `lastLoss` and peak memory. A step that is done again replaces the old one. */
export function insertStep(db: Db, runId: number, metric: StepMetric, peakMemoryBytes: number | null): void {
  inTransaction(db, () => {
    unpackFrom(db, runId, metric.stepIndex)
    insertStepRow(db, runId, metric)
    packFullBlocks(db, runId, 1)
    statement(
      db,
      `UPDATE runs SET steps_done = max(steps_done, ? + 1), last_loss = ?,
         peak_memory_bytes = coalesce(max(coalesce(peak_memory_bytes, 0), ?), peak_memory_bytes)
       WHERE id = ?`,
    ).run(metric.stepIndex, metric.loss, peakMemoryBytes, runId)
  })
}

/** From `fromStep` on, in order. */
export function listSteps(db: Db, runId: number, fromStep = 0): StepMetric[] {
  return readStepRows(db, runId, fromStep)
}

/** An evaluation that is done again at the same step replaces the old one. */
export function insertEvaluation(db: Db, runId: number, evaluation: Evaluation): void {
  const { accuracy, measures } = evaluation
  inTransaction(db, () => {
    statement(
      db,
      `INSERT OR REPLACE INTO evaluations (run_id, step_index, part, loss, correct_count, evaluated_count,
         accuracy, accuracy_low, accuracy_high, at_ms, part_count, top_five_count, balanced_accuracy, class_count,
         class_least, class_most) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ).run(
      runId,
      evaluation.stepIndex,
      partCode(evaluation.part),
      evaluation.loss,
      accuracy.correct,
      accuracy.total,
      accuracy.value,
      accuracy.low,
      accuracy.high,
      evaluation.atMs,
      measures.partCount,
      measures.topFive?.correct ?? null,
      measures.balanced?.value ?? null,
      measures.balanced?.classCount ?? null,
      measures.balanced?.leastCount ?? null,
      measures.balanced?.mostCount ?? null,
    )
  })
}

export function hasEvaluation(db: Db, runId: number, stepIndex: number, part: SplitPart): boolean {
  const sql = 'SELECT 1 FROM evaluations WHERE run_id = ? AND step_index = ? AND part = ?'
  return statement(db, sql).get(runId, stepIndex, partCode(part)) !== undefined
}

/** The best on val up to a step; null where none was measured. */
export function bestAccuracy(db: Db, runId: number, stepIndex: number): number | null {
  const sql =
    'SELECT max(accuracy) AS best FROM evaluations WHERE run_id = ? AND step_index <= ? AND part = ?'
  return statement<{ best: number | null }>(db, sql).get(runId, stepIndex, partCode('val'))?.best ?? null
}

/** Those of a run that went on and ended before it came to their step again. */
export function deleteEvaluationsAfter(db: Db, runId: number, stepIndex: number): void {
  inTransaction(db, () =>
    statement(db, 'DELETE FROM evaluations WHERE run_id = ? AND step_index > ?').run(runId, stepIndex),
  )
}

/** By step, then part. One of no images measured nothing, and is none. */
export function listEvaluations(db: Db, runId: number): Evaluation[] {
  return statement<EvaluationRow>(
    db,
    `SELECT step_index, part, loss, correct_count, evaluated_count, accuracy, accuracy_low, accuracy_high, at_ms,
       ${measureColumns}
     FROM evaluations WHERE run_id = ? AND evaluated_count > 0 ORDER BY step_index, part`,
  )
    .all(runId)
    .map((row) => ({
      stepIndex: row.step_index,
      part: partOfCode(row.part) satisfies SplitPart,
      loss: row.loss,
      accuracy: {
        correct: row.correct_count,
        total: row.evaluated_count,
        value: row.accuracy,
        low: row.accuracy_low,
        high: row.accuracy_high,
      },
      measures: toMeasures(row, row.evaluated_count),
      atMs: row.at_ms,
    }))
}

export function insertLog(db: Db, runId: number, line: LogLine): void {
  inTransaction(db, () => {
    statement(db, 'INSERT INTO log_lines (run_id, at_ms, kind, text) VALUES (?, ?, ?, ?)').run(
      runId,
      line.atMs,
      line.kind,
      line.text,
    )
  })
}

/** The last `limit` lines, oldest first. */
export function listLog(db: Db, runId: number, limit: number): LogLine[] {
  return statement<LogLine>(db, listLogSql).all(runId, limit).reverse()
}

export const listLogSql =
  'SELECT at_ms AS atMs, kind, text FROM log_lines WHERE run_id = ? ORDER BY id DESC LIMIT ?'

interface EvaluationRow extends MeasureRow {
  step_index: number
  part: number
  loss: number
  correct_count: number
  evaluated_count: number
  accuracy: number
  accuracy_low: number
  accuracy_high: number
  at_ms: number
}
