/** Runs: what was asked for, how far it came, how it ended. Figures are columns, so that a list reads nothing else. */
import type { SplitPart } from '../../../contract/entities/dataset'
import type { EngineReport, ModelSpec } from '../../../contract/entities/model'
import {
  activeRunStates,
  type Accuracy,
  type Checkpoint,
  type Choice,
  type DamagedRun,
  type Recipe,
  type Run,
  type RunState,
} from '../../../contract/entities/run'
import { programWords } from '../../../contract/entities/other-run'
import { WorkbenchError, type WireError } from '../../../contract/errors'
import type { InTurns } from '../../../domain/in-turns'
import { isBundled } from './bundled-runs'
import { checkpointOf, latestCheckpoint } from '../checkpoints/checkpoints'
import { versionOfSplit } from '../datasets/dataset-versions'
import { refuseDeletedDataset } from '../datasets/splits'
import { findRun } from './find-runs'
import { forgetEnd, keptEnds, withKeptEnd } from './kept-ends'
import { readDamagedRuns } from './damaged-runs'
import { otherRunName } from './other-runs'
import { refuseTrashed } from './run-marks'
import { bestAccuracy, hasEvaluation, insertLog } from './metrics'
import { readRuns } from './read-runs'
import { pausedMark, selectRuns, toRun, type RunRow } from './run-row'
import { partCode } from '../datasets/split-parts'
import { readStepRows, rewindSteps } from './step-blocks'
import { inTransaction, statement, type Db } from '../statement'

export interface NewRun {
  readonly name: string
  readonly datasetId: number
  readonly splitId: number
  readonly model: string
  readonly spec: ModelSpec
  readonly recipe: Recipe
  readonly choices: readonly Choice[]
  readonly departureCount: number
  readonly weights: string | null
  readonly budgetMs: number | null
  readonly expectedMs: number | null
  readonly exampleCount: number
  readonly classCount: number
  readonly parameterCount: number
  readonly createdAtMs: number
  /** The run and the step whose checkpoint it goes on from. */
  readonly parent?: Run['parent']
  readonly groupId?: number | null
  /** The run that it trains again. */
  readonly againOf?: number | null
}

/** A run in the state 'starting'. Returns its id. Throws 'not-found' where its dataset was deleted meanwhile. */
export function insertRun(db: Db, run: NewRun): number {
  return inTransaction(db, () => {
    refuseDeletedDataset(db, run.splitId)
    const { lastInsertRowid } = statement(
      db,
      `INSERT INTO runs (state, name, dataset_id, split_id, model, spec_json, recipe_json, choices_json,
         departure_count, weights, budget_ms, expected_ms, example_count, class_count, parameter_count, created_at_ms, version_id,
         parent_run_id, parent_step, steps_done, group_id, again_of)
       VALUES ('starting', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ).run(
      run.name,
      run.datasetId,
      run.splitId,
      run.model,
      JSON.stringify(run.spec),
      JSON.stringify(run.recipe),
      JSON.stringify(run.choices),
      run.departureCount,
      run.weights,
      run.budgetMs,
      run.expectedMs,
      run.exampleCount,
      run.classCount,
      run.parameterCount,
      run.createdAtMs,
      versionOfSplit(db, run.splitId, run.createdAtMs),
      run.parent?.runId ?? null,
      run.parent?.stepIndex ?? null,
      run.parent?.stepIndex ?? 0,
      run.groupId ?? null,
      run.againOf ?? null,
    )
    return Number(lastInsertRowid)
  })
}

/** An absent key stays as it is. A state that ends a run needs `endedAtMs`; an active one takes it away. */
export interface RunChanges {
  readonly state?: RunState
  readonly endedAtMs?: number
  readonly engine?: EngineReport
  readonly imagesPerSecond?: number
  readonly waitFraction?: number
  readonly trainingMs?: number
  readonly peakMemoryBytes?: number
  readonly evaluatedOn?: SplitPart
  readonly accuracy?: Accuracy | null
  readonly wrongCount?: number | null
  /** Steps taken, where the last ones have no figures. */
  readonly stepsDone?: number
  readonly changedCount?: number
  readonly resultStep?: number | null
  readonly error?: WireError | null
}

/** Throws 'not-found'. */
export function updateRun(db: Db, id: number, changes: RunChanges): void {
  const columns = changedColumns(changes)
  if (columns.length === 0) return
  inTransaction(db, () => {
    const assignments = columns.map(([name]) => `${name} = ?`).join(', ')
    const { changes: count } = statement(db, `UPDATE runs SET ${assignments} WHERE id = ?`).run(
      ...columns.map(([, value]) => value),
      id,
    )
    if (count === 0) throw unknownRun(id)
  })
  // within a larger transaction nothing is written yet
  if (changes.state !== undefined && !db.inTransaction) forgetEnd(db, id)
}

/** Where a run goes on. */
export interface RunRest {
  /** null: from the beginning. */
  readonly checkpointId: number | null
  readonly stepIndex: number
  /** Of the steps that stand. */
  readonly trainingMs: number
  readonly waitMs: number
  /** Whether the validation images were evaluated with the weights of that step. */
  readonly isValidated: boolean
  /** The checkpoint is that of the run which it went on from. */
  readonly isAnothers: boolean
  /** The best accuracy on the validation images up to that step; null where there is none. */
  readonly bestAccuracy: number | null
}

/**
 * Where the run can go on: at its last complete checkpoint, without one at its beginning, since everything in a run follows from its seed.
 * Throws 'busy' while it trains, 'unsupported' where it is deleted or nothing is left to do, 'not-found'. Changes nothing.
 */
export function checkResumable(
  db: Db,
  id: number,
): { readonly checkpointId: number | null; readonly stepIndex: number } {
  const run = getRun(db, id)
  if (activeRunStates.includes(run.state))
    throw new WorkbenchError('busy', `The run "${run.name}" is training.`)
  refuseTrashed(run, 'unsupported')
  if (isBundled(db, id)) {
    throw new WorkbenchError(
      'unsupported',
      `The run "${run.name}" was imported: it has weights, and no momenta to go on with.`,
      'Start a new run from its weights.',
    )
  }
  const checkpoint = checkpointToGoOn(db, id)
  if ((checkpoint === null || checkpoint.stepIndex >= run.recipe.stepCount) && run.state === 'done')
    throw new WorkbenchError('unsupported', `The run "${run.name}" has already completed all its steps.`)
  return { checkpointId: checkpoint?.id ?? null, stepIndex: checkpoint?.stepIndex ?? 0 }
}

/**
 * Back to the run's last complete checkpoint, without one to its beginning, and to the state 'starting': what came after it is done again. Its
 * results (evaluations, accuracy, predictions) stay until there are new ones; `resultStep` says of which step they are. Throws 'not-found'.
 */
export function rewindRun(db: Db, id: number): RunRest {
  return inTransaction(db, () => {
    const checkpoint = checkpointToGoOn(db, id)
    const stepIndex = checkpoint?.stepIndex ?? 0
    const { trainingMs, waitMs, lastLoss } = rewindSteps(db, id, stepIndex)
    statement(db, 'DELETE FROM new_predictions WHERE run_id = ?').run(id)
    statement(db, 'DELETE FROM prediction_sets WHERE run_id = ? AND sha256 IS NULL').run(id)
    statement(db, 'UPDATE runs SET steps_done = ?, last_loss = ? WHERE id = ?').run(stepIndex, lastLoss, id)
    updateRun(db, id, { state: 'starting', error: null })
    return {
      checkpointId: checkpoint?.id ?? null,
      stepIndex,
      trainingMs,
      waitMs,
      isValidated: hasEvaluation(db, id, stepIndex, 'val') || checkpoint?.isAnothers === true,
      isAnothers: checkpoint?.isAnothers ?? false,
      bestAccuracy: bestAccuracy(db, id, stepIndex),
    }
  })
}

/**
 * The run's last complete checkpoint; while it has none, that of the run which it went on from; null: it begins at step 0. Throws 'not-found'
 * where the checkpoint that it went on from is gone and it has none of its own.
 */
export function checkpointToGoOn(db: Db, id: number): (Checkpoint & { readonly isAnothers: boolean }) | null {
  const own = latestCheckpoint(db, id)
  if (own !== null) return { ...own, isAnothers: false }
  const row = statement<{ name: string; parent_run_id: number | null; parent_step: number | null }>(
    db,
    'SELECT name, parent_run_id, parent_step FROM runs WHERE id = ?',
  ).get(id)
  if (row === undefined || row.parent_step === null) return null
  const { parent_run_id: parentId, parent_step: step } = row
  const checkpoint = parentId === null ? null : checkpointOf(db, parentId, step)
  if (checkpoint === null)
    throw new WorkbenchError(
      'not-found',
      `"${row.name}" went on from step ${step} of another run, whose checkpoint is gone, and has none of its own yet.`,
      'Start a new run.',
    )
  return { ...checkpoint, isAnothers: true }
}

/** What the steps before `stepIndex` took. */
export function spentBefore(
  db: Db,
  id: number,
  stepIndex: number,
): { readonly trainingMs: number; readonly waitMs: number } {
  let [trainingMs, waitMs] = [0, 0]
  for (const step of readStepRows(db, id, 0)) {
    if (step.stepIndex >= stepIndex) break
    trainingMs += step.stepMs
    waitMs += step.waitMs
  }
  return { trainingMs, waitMs }
}

/** Newest first, without the damaged ones and those in the trash. */
export function listRuns(db: Db): Run[] {
  return readRuns(db).flatMap((run) =>
    'reason' in run || run.deletedAtMs !== null ? [] : [withKeptEnd(db, run)],
  )
}

/** Those of `listRuns` whose weights can be used: of thousands, the others are not read. */
export function* listingRunsWithCheckpoint(db: Db): InTurns<Run[]> {
  const ids = statement<{ id: number }>(
    db,
    'SELECT id FROM runs WHERE checkpoint_step IS NOT NULL AND deleted_at_ms IS NULL ORDER BY id DESC',
  ).all()
  const runs: Run[] = []
  for (const [place, { id }] of ids.entries()) {
    if (place % runsATurn === runsATurn - 1) yield
    const run = findRun(db, id)
    if (run !== null) runs.push(run)
  }
  return runs
}

/** So many runs take a few milliseconds. */
export const runsATurn = 20

/** Those that are damaged. */
export function listDamagedRuns(db: Db): DamagedRun[] {
  return readDamagedRuns(db)
}

/** Throws 'not-found', 'unsupported' where it is of another program. */
export function getRun(db: Db, id: number): Run {
  const row = statement<RunRow>(db, `${selectRuns} WHERE runs.id = ?`).get(id)
  if (row === undefined) throw noModel(db, id) ?? unknownRun(id)
  return withKeptEnd(db, toRun(row))
}

/** null where there is none of this id, e.g. no longer. */
export function findRunName(db: Db, id: number): string | null {
  return statement<{ name: string }>(db, 'SELECT name FROM runs WHERE id = ?').get(id)?.name ?? null
}

/** Throws 'not-found'. */
export function renameRun(db: Db, id: number, name: string): void {
  inTransaction(db, () => {
    const ours = statement(db, 'UPDATE runs SET name = ? WHERE id = ?').run(name, id)
    if (ours.changes > 0) return
    const { changes } = statement(db, 'UPDATE other_runs SET name = ? WHERE id = ?').run(name, id)
    if (changes === 0) throw unknownRun(id)
  })
}

/** With its metrics, checkpoints and predictions. Throws 'busy' while it trains, 'not-found'. */
export function deleteRun(db: Db, id: number): void {
  inTransaction(db, () => {
    // the bare columns: a damaged run can be deleted too
    const run = statement<{ name: string; state: RunState }>(
      db,
      'SELECT name, state FROM runs WHERE id = ?',
    ).get(id)
    if (run === undefined) {
      if (statement(db, 'DELETE FROM other_runs WHERE id = ?').run(id).changes === 0) throw unknownRun(id)
      return
    }
    if (activeRunStates.includes(run.state) && !keptEnds(db).has(id))
      throw new WorkbenchError('busy', `The run "${run.name}" is still training.`, 'Stop it first.')
    statement(db, 'DELETE FROM runs WHERE id = ?').run(id)
  })
  forgetEnd(db, id)
}

/**
 * At a start, when no trainer can be alive: runs that were active become 'interrupted', with an error and a log line that
 * say how far they came. Returns them, oldest first.
 */
export function markInterrupted(db: Db, nowMs: number = Date.now()): InterruptedRun[] {
  return inTransaction(db, () => {
    const rows = statement<{ id: number; name: string; steps_done: number; checkpoint_step: number | null }>(
      db,
      activeRunsSql,
    ).all()
    for (const { id, steps_done: stepsDone, checkpoint_step: checkpointStep } of rows) {
      const error = interruption(stepsDone, checkpointStep)
      updateRun(db, id, { state: 'interrupted', endedAtMs: nowMs, error })
      insertLog(db, id, { atMs: nowMs, kind: 'error', text: error.message })
    }
    return rows.map(({ id, name, checkpoint_step: checkpointStep }) => ({ id, name, checkpointStep }))
  })
}

export interface InterruptedRun {
  readonly id: number
  readonly name: string
  readonly checkpointStep: number | null
}

export const activeRunsSql =
  'SELECT id, name, steps_done, checkpoint_step FROM runs WHERE ended_at_ms IS NULL ORDER BY id'

function interruption(stepsDone: number, checkpointStep: number | null): WireError {
  const kept =
    checkpointStep === null
      ? 'It had no checkpoint yet'
      : `Its last checkpoint is from step ${checkpointStep}`
  return {
    code: 'trainer-died',
    message: `The workbench closed while this run was training, after ${stepsDone} completed ${stepsDone === 1 ? 'step' : 'steps'}. ${kept}.`,
    wayOut:
      checkpointStep === null
        ? 'Resume it: it starts again from step 0 with the same seed, and the result is the same.'
        : 'Resume it: it continues from that checkpoint.',
  }
}

function changedColumns(changes: RunChanges): [column: string, value: unknown][] {
  const columns: [string, unknown][] = []
  const set = (column: string, value: unknown): void => {
    if (value !== undefined) columns.push([column, value])
  }
  set('state', changes.state === 'paused' ? 'interrupted' : changes.state)
  if (changes.state !== undefined && activeRunStates.includes(changes.state)) set('ended_at_ms', null)
  else set('ended_at_ms', changes.endedAtMs)
  set('engine_json', changes.engine && JSON.stringify(changes.engine))
  set('images_per_second', changes.imagesPerSecond)
  set('wait_fraction', changes.waitFraction)
  set('training_ms', changes.trainingMs)
  set('peak_memory_bytes', changes.peakMemoryBytes)
  set('evaluated_on', changes.evaluatedOn && partCode(changes.evaluatedOn))
  if (changes.accuracy !== undefined) {
    set('correct_count', changes.accuracy?.correct ?? null)
    set('evaluated_count', changes.accuracy?.total ?? null)
    set('accuracy', changes.accuracy?.value ?? null)
    set('accuracy_low', changes.accuracy?.low ?? null)
    set('accuracy_high', changes.accuracy?.high ?? null)
  }
  set('wrong_count', changes.wrongCount)
  set('steps_done', changes.stepsDone)
  set('changed_count', changes.changedCount)
  set('result_step', changes.resultStep)
  if (changes.state === 'paused') set('error_json', pausedMark)
  else set('error_json', changes.error === null ? null : changes.error && JSON.stringify(changes.error))
  return columns
}

function noModel(db: Db, id: number): WorkbenchError | null {
  const other = otherRunName(db, id)
  return other === null
    ? null
    : new WorkbenchError(
        'unsupported',
        `The run "${other.name}" was imported from ${programWords[other.program]}: there are its settings and curves, and no model.`,
      )
}

function unknownRun(id: number): WorkbenchError {
  return new WorkbenchError('not-found', `There is no run with the number ${id}.`)
}
