/** Which checkpoints of a home are kept, and within how many bytes: domain/checkpoint-kinds.ts has the rule. */
import {
  beyondBudget,
  isHeld,
  withKinds,
  type CheckpointFacts,
  type Kept,
} from '../../../domain/checkpoint-kinds'
import { deleteCheckpoint } from './checkpoints'
import { inTransaction, statement, type Db } from '../statement'

export interface RetentionSettings {
  /** Of all checkpoints of the home; null: as `defaultBudget` says. */
  readonly budgetBytes: number | null
  /** Those of every so many steps are kept; 0: none for that. */
  readonly everySteps: number
}

const budgetKey = 'checkpoint-budget-bytes'
const everyKey = 'checkpoint-every-steps'

export function retentionSettings(db: Db): RetentionSettings {
  const fact = (key: string): string | null =>
    statement<{ value: string }>(db, 'SELECT value FROM home_facts WHERE key = ?').get(key)?.value ?? null
  const budget = fact(budgetKey)
  return { budgetBytes: budget === null ? null : Number(budget), everySteps: Number(fact(everyKey) ?? 0) }
}

export function setRetention(db: Db, { budgetBytes, everySteps }: RetentionSettings): void {
  inTransaction(db, () => {
    const put = (key: string, value: number): void =>
      void statement(
        db,
        'INSERT INTO home_facts (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
      ).run(key, String(value))
    if (budgetBytes === null) statement(db, 'DELETE FROM home_facts WHERE key = ?').run(budgetKey)
    else put(budgetKey, budgetBytes)
    put(everyKey, everySteps)
  })
}

/** With what they are kept for, oldest step first. */
export function keptCheckpoints(db: Db, runId: number): Kept[] {
  return withKinds(factsOf(db, runId), retentionSettings(db).everySteps)
}

/** Bytes of all checkpoints of the home, as they were saved. */
export function checkpointBytes(db: Db): number {
  return (
    statement<{ total: number }>(
      db,
      'SELECT coalesce(sum(byte_count), 0) AS total FROM checkpoints WHERE sha256 IS NOT NULL',
    ).get()?.total ?? 0
  )
}

export function checkpointCount(db: Db): number {
  const sql = 'SELECT count(*) AS count FROM checkpoints WHERE sha256 IS NOT NULL'
  return statement<{ count: number }>(db, sql).get()?.count ?? 0
}

/** The best on val; null where no checkpoint was evaluated there. */
export function bestCheckpoint(db: Db, runId: number): Kept | null {
  return keptCheckpoints(db, runId).find(({ kinds }) => kinds.includes('best')) ?? null
}

/** Those of a run after a step that are pinned or in use, oldest step first: they stay, whatever is kept of the run. */
export function heldAfter(db: Db, runId: number, stepIndex: number): Kept[] {
  return keptCheckpoints(db, runId).filter((one) => one.stepIndex > stepIndex && isHeld(one))
}

/** Deletes the rows of a run after a step, but for those of `heldAfter`. */
export function dropAfter(db: Db, runId: number, stepIndex: number): void {
  inTransaction(db, () => {
    for (const one of keptCheckpoints(db, runId))
      if (one.stepIndex > stepIndex && !isHeld(one)) deleteCheckpoint(db, one)
  })
}

/** Deletes the rows of what the rule does not keep of a run, then of what is beyond the budget of the home. Answers with those of the budget. */
export function prune(db: Db, runId: number, budgetBytes: number): Kept[] {
  return inTransaction(db, () => {
    const { everySteps } = retentionSettings(db)
    for (const { id, kinds } of withKinds(factsOf(db, runId), everySteps))
      if (kinds.length === 0) remove(db, id)
    return pruneToBudget(db, budgetBytes)
  })
}

/** As `prune`, of the budget alone. */
export function pruneToBudget(db: Db, budgetBytes: number): Kept[] {
  return inTransaction(db, () => {
    const going = keptBeyond(db, budgetBytes)
    for (const { id } of going) remove(db, id)
    return going
  })
}

/** What `pruneToBudget` would delete. */
export function keptBeyond(db: Db, budgetBytes: number): Kept[] {
  return checkpointBytes(db) <= budgetBytes ? [] : beyondBudget(allKept(db), budgetBytes)
}

/** Of the whole home. */
function allKept(db: Db): Kept[] {
  const { everySteps } = retentionSettings(db)
  const byRun = Map.groupBy(factsOf(db, null), ({ runId }) => runId)
  return [...byRun.values()].flatMap((ofRun) => withKinds(ofRun, everySteps))
}

function remove(db: Db, id: number): void {
  // never the last of its run: the run's row stays as it is
  statement(db, 'DELETE FROM checkpoints WHERE id = ?').run(id)
}

interface FactsRow extends Omit<CheckpointFacts, 'isPinned' | 'isNamed'> {
  readonly isPinned: number
  readonly isNamed: number
}

const factsSql = `
  SELECT checkpoints.id, checkpoints.run_id AS runId, checkpoints.step_index AS stepIndex,
    created_at_ms AS createdAtMs, byte_count AS byteCount, is_pinned AS isPinned,
    evaluations.accuracy AS valAccuracy, evaluations.loss AS valLoss,
    EXISTS (SELECT 1 FROM promotions WHERE promotions.run_id = checkpoints.run_id
      AND promotions.step_index = checkpoints.step_index)
    OR EXISTS (SELECT 1 FROM runs WHERE parent_run_id = checkpoints.run_id
      AND parent_step = checkpoints.step_index) AS isNamed
  FROM checkpoints LEFT JOIN evaluations ON evaluations.run_id = checkpoints.run_id
    AND evaluations.step_index = checkpoints.step_index AND part = 1
  WHERE sha256 IS NOT NULL`

function factsOf(db: Db, runId: number | null): CheckpointFacts[] {
  const rows =
    runId === null
      ? statement<FactsRow>(db, `${factsSql} ORDER BY checkpoints.run_id, stepIndex, checkpoints.id`).all()
      : statement<FactsRow>(
          db,
          `${factsSql} AND checkpoints.run_id = ? ORDER BY stepIndex, checkpoints.id`,
        ).all(runId)
  return rows.map((row) => ({ ...row, isPinned: row.isPinned === 1, isNamed: row.isNamed === 1 }))
}
