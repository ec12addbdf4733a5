/**
 * Where the figures of steps lie: each is committed as a row of `steps`, and every thousand rows become one block of `step_blocks`. Of one run, all
 * blocks come before all rows; what is in a block is in no row.
 */
import type { StepMetric } from '../../../contract/entities/run'
import { WorkbenchError } from '../../../contract/errors'
import {
  blockSteps,
  packSteps,
  rowsOf,
  unpackSteps,
  type StepColumns,
} from '../../../domain/steps/step-block'
import { inTransaction, statement, type Db } from '../statement'

/** A step that is done again replaces the old one. `unpackFrom` comes before. */
export function insertStepRow(db: Db, runId: number, metric: StepMetric): void {
  statement(
    db,
    `INSERT INTO steps (run_id, step_index, loss, batch_accuracy, learning_rate, step_ms, wait_ms, at_ms, memory_bytes, gpu_use)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (run_id, step_index) DO UPDATE SET loss = excluded.loss,
       batch_accuracy = excluded.batch_accuracy, learning_rate = excluded.learning_rate,
       step_ms = excluded.step_ms, wait_ms = excluded.wait_ms, at_ms = excluded.at_ms,
       memory_bytes = excluded.memory_bytes, gpu_use = excluded.gpu_use`,
  ).run(
    runId,
    metric.stepIndex,
    metric.loss,
    metric.batchAccuracy,
    metric.learningRate,
    metric.stepMs,
    metric.waitMs,
    metric.atMs,
    metric.memoryBytes ?? null,
    metric.gpuUse ?? null,
  )
}

/** Makes blocks of whole thousands of rows, the oldest first, `most` of them. Each takes about two milliseconds. */
export function packFullBlocks(db: Db, runId: number, most: number): void {
  for (let made = 0; made < most; made++) {
    const ends = statement<{ first: number | null; last: number | null }>(
      db,
      'SELECT (SELECT min(step_index) FROM steps WHERE run_id = ?) AS first, (SELECT max(step_index) FROM steps WHERE run_id = ?) AS last',
    ).get(runId, runId)
    if (ends === undefined || ends.first === null || ends.last === null) return
    if (ends.last - ends.first + 1 < blockSteps) return
    packRows(db, runId, ends.first + blockSteps - 1)
  }
}

/** Of a run that has ended: the rows that are left become a block too. */
export function packRest(db: Db, runId: number): void {
  packFullBlocks(db, runId, Number.POSITIVE_INFINITY)
  packRows(db, runId, Number.MAX_SAFE_INTEGER)
}

/** Blocks with a step from `stepIndex` on become rows again: they are about to change. */
export function unpackFrom(db: Db, runId: number, stepIndex: number): void {
  const last = statement<{ last_step: number }>(db, lastBlockSql).get(runId)
  if (last === undefined || last.last_step < stepIndex) return
  inTransaction(db, () => {
    const blocks = statement<{ bytes: Buffer }>(db, blocksFromSql).all(runId, stepIndex)
    statement(db, 'DELETE FROM step_blocks WHERE run_id = ? AND last_step >= ?').run(runId, stepIndex)
    const columns = readable(runId, () => unpackSteps(blocks.map(({ bytes }) => bytes)))
    for (const step of rowsOf(columns)) insertStepRow(db, runId, step)
  })
}

export interface StepSums {
  readonly trainingMs: number
  readonly waitMs: number
  readonly lastLoss: number | null
}

/** Takes away the steps from `stepIndex` on; the sums are of those that stay. */
export function rewindSteps(db: Db, runId: number, stepIndex: number): StepSums {
  return inTransaction(db, () => {
    statement(db, 'DELETE FROM step_blocks WHERE run_id = ? AND first_step >= ?').run(runId, stepIndex)
    unpackFrom(db, runId, stepIndex)
    statement(db, 'DELETE FROM steps WHERE run_id = ? AND step_index >= ?').run(runId, stepIndex)
    const { stepMs, waitMs, losses } = readStepColumns(db, runId)
    return { trainingMs: sum(stepMs), waitMs: sum(waitMs), lastLoss: losses.at(-1) ?? null }
  })
}

/** From `fromStep` on, in order. */
export function readStepRows(db: Db, runId: number, fromStep: number): StepMetric[] {
  const steps = rowsOf(readStepColumns(db, runId, fromStep))
  return steps.filter(({ stepIndex }) => stepIndex >= fromStep)
}

/** As they are packed: the blocks that have steps from `fromStep` on, which may begin before it, and the rows after them as another. */
export function readStepBlocks(db: Db, runId: number, fromStep = 0): Uint8Array[] {
  const blocks = statement<{ bytes: Buffer }>(db, blocksFromSql).all(runId, fromStep)
  const rows = listStepRows(db, runId, fromStep)
  return [...blocks.map(({ bytes }) => bytes), ...(rows.length === 0 ? [] : [packSteps(rows)])]
}

export const blocksFromSql =
  'SELECT bytes FROM step_blocks WHERE run_id = ? AND last_step >= ? ORDER BY first_step'
const lastBlockSql = 'SELECT last_step FROM step_blocks WHERE run_id = ? ORDER BY first_step DESC LIMIT 1'

export const listStepsSql = `
  SELECT step_index AS stepIndex, loss, batch_accuracy AS batchAccuracy, learning_rate AS learningRate,
    step_ms AS stepMs, wait_ms AS waitMs, at_ms AS atMs, memory_bytes AS memoryBytes, gpu_use AS gpuUse
  FROM steps WHERE run_id = ? AND step_index >= ? AND step_index <= ? ORDER BY step_index`

function readStepColumns(db: Db, runId: number, fromStep = 0): StepColumns {
  return readable(runId, () => unpackSteps(readStepBlocks(db, runId, fromStep)))
}

/** Rows up to `lastStep` become a block. */
function packRows(db: Db, runId: number, lastStep: number): void {
  inTransaction(db, () => {
    const rows = listStepRows(db, runId, 0, lastStep)
    const first = rows[0]
    const last = rows.at(-1)
    if (first === undefined || last === undefined) return
    statement(db, 'INSERT INTO step_blocks (run_id, first_step, last_step, bytes) VALUES (?, ?, ?, ?)').run(
      runId,
      first.stepIndex,
      last.stepIndex,
      packSteps(rows),
    )
    statement(db, 'DELETE FROM steps WHERE run_id = ? AND step_index <= ?').run(runId, lastStep)
  })
}

interface StepRow extends Omit<StepMetric, 'memoryBytes' | 'gpuUse'> {
  readonly memoryBytes: number | null
  readonly gpuUse: number | null
}

function listStepRows(
  db: Db,
  runId: number,
  fromStep: number,
  lastStep = Number.MAX_SAFE_INTEGER,
): StepMetric[] {
  return statement<StepRow>(db, listStepsSql)
    .all(runId, fromStep, lastStep)
    .map(({ memoryBytes, gpuUse, ...step }) => ({
      ...step,
      ...(memoryBytes === null ? {} : { memoryBytes }),
      ...(gpuUse === null ? {} : { gpuUse }),
    }))
}

function readable<Result>(runId: number, read: () => Result): Result {
  try {
    return read()
  } catch (thrown) {
    if (!(thrown instanceof RangeError)) throw thrown
    throw new WorkbenchError(
      'home-broken',
      `The curves of run ${runId} are damaged: ${thrown.message}`,
      'Its model and its results are not touched. Restore a backup of the home for the curves.',
    )
  }
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0)
}
