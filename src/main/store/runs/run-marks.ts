/** What people say of runs: stars, tags, notes, the archive, and the trash. */
import { activeRunStates, type Run, type RunState } from '../../../contract/entities/run'
import { trashDays, type RunMarks } from '../../../contract/entities/run-list'
import { WorkbenchError } from '../../../contract/errors'
import { keptEnds } from './kept-ends'
import { otherRunName } from './other-runs'
import { inTransaction, statement, type Db } from '../statement'

/** All of them, or none. Throws 'not-found'. */
export function markRuns(db: Db, ids: readonly number[], marks: RunMarks, nowMs: number): void {
  const { starred, archived, addTags = [], removeTags = [], note } = marks
  inTransaction(db, () => {
    for (const id of ids) {
      const { runs, tags } = refuseUnknown(db, id)
      if (starred !== undefined)
        statement(db, `UPDATE ${runs} SET is_starred = ? WHERE id = ?`).run(Number(starred), id)
      if (archived !== undefined)
        statement(db, `UPDATE ${runs} SET archived_at_ms = ? WHERE id = ?`).run(archived ? nowMs : null, id)
      if (note !== undefined) statement(db, `UPDATE ${runs} SET note = ? WHERE id = ?`).run(note, id)
      for (const tag of removeTags)
        statement(db, `DELETE FROM ${tags} WHERE run_id = ? AND tag = ?`).run(id, tag)
      for (const tag of addTags)
        statement(db, `INSERT OR IGNORE INTO ${tags} (run_id, tag) VALUES (?, ?)`).run(id, tag)
    }
  })
}

/** Into the trash. Throws 'busy' while one trains, 'not-found'; then none is in it. */
export function trashRuns(db: Db, ids: readonly number[], nowMs: number): void {
  inTransaction(db, () => {
    for (const id of ids) {
      const run = refuseUnknown(db, id)
      if (activeRunStates.includes(run.state) && !keptEnds(db).has(id))
        throw new WorkbenchError('busy', `The run "${run.name}" is still training.`, 'Stop it first.')
      statement(db, `UPDATE ${run.runs} SET deleted_at_ms = coalesce(deleted_at_ms, ?) WHERE id = ?`).run(
        nowMs,
        id,
      )
    }
  })
}

/** Out of the trash. Throws 'not-found'. */
export function restoreRuns(db: Db, ids: readonly number[]): void {
  inTransaction(db, () => {
    for (const id of ids) {
      const { runs } = refuseUnknown(db, id)
      statement(db, `UPDATE ${runs} SET deleted_at_ms = NULL WHERE id = ?`).run(id)
    }
  })
}

/** Throws `code` where it is in the trash. */
export function refuseTrashed(
  { name, deletedAtMs }: Pick<Run, 'name' | 'deletedAtMs'>,
  code: 'bad-input' | 'unsupported' = 'bad-input',
): void {
  if (deletedAtMs !== null)
    throw new WorkbenchError(code, `The run "${name}" is in the trash.`, 'Restore it first.')
}

/** In the trash for longer than a run stays there. */
export function outdatedRuns(db: Db, nowMs: number): number[] {
  return trashed(db, nowMs - trashDays * 24 * 3_600_000)
}

export function trashedRuns(db: Db): number[] {
  return trashed(db, Infinity)
}

function trashed(db: Db, untilMs: number): number[] {
  return statement<{ id: number }>(
    db,
    'SELECT id FROM runs WHERE deleted_at_ms <= ? UNION ALL SELECT id FROM other_runs WHERE deleted_at_ms <= ? ORDER BY id',
  )
    .all(untilMs, untilMs)
    .map(({ id }) => id)
}

interface MarkedRun {
  readonly name: string
  readonly state: RunState
  /** Where it is kept. */
  readonly runs: 'runs' | 'other_runs'
  readonly tags: 'run_tags' | 'other_run_tags'
}

function refuseUnknown(db: Db, id: number): MarkedRun {
  const run = statement<Pick<MarkedRun, 'name' | 'state'>>(
    db,
    'SELECT name, state FROM runs WHERE id = ?',
  ).get(id)
  if (run !== undefined) return { ...run, runs: 'runs', tags: 'run_tags' }
  const other = otherRunName(db, id)
  if (other !== null) return { name: other.name, state: 'done', runs: 'other_runs', tags: 'other_run_tags' }
  throw new WorkbenchError('not-found', `There is no run with the number ${String(id)}.`)
}
