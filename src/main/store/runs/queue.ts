/** Trainings that wait for the one before to end. One that began has its run, in the transaction that made the run. */
import { autoModel } from '../../../contract/entities/run'
import { queuedWorkSchema, type QueuedWork, type QueueEntry } from '../../../contract/entities/queue'
import { WorkbenchError, wireErrorSchema, type WireError } from '../../../contract/errors'
import { sizeWords } from '../../../domain/model/model-names'
import { inTransaction, statement, type Db } from '../statement'

export interface NewEntry {
  readonly work: QueuedWork
  readonly datasetId: number
  readonly groupId?: number | null
  readonly trialIndex?: number | null
  readonly addedAtMs: number
}

/** At the end of those that wait. Returns its id. */
export function insertQueued(db: Db, entry: NewEntry): number {
  return inTransaction(db, () => {
    const { lastInsertRowid } = statement(
      db,
      `INSERT INTO queue (position, added_at_ms, state, request_json, dataset_id, group_id, trial_index)
       VALUES ((SELECT coalesce(max(position), 0) + 1 FROM queue), ?, 'waiting', ?, ?, ?, ?)`,
    ).run(
      entry.addedAtMs,
      JSON.stringify(entry.work),
      entry.datasetId,
      entry.groupId ?? null,
      entry.trialIndex ?? null,
    )
    return Number(lastInsertRowid)
  })
}

/** What waits, in its order, then what could not start; without what a deleted run was to do. */
export function listQueue(db: Db): QueueEntry[] {
  return statement<QueueRow>(
    db,
    `${selectEntries} WHERE (queue.state = 'waiting' OR (queue.state = 'failed' AND queue.group_id IS NULL))
       AND ${hasItsRun} ORDER BY queue.state DESC, position, queue.id`,
  )
    .all()
    .map(toEntry)
}

/** The trials of a group, by their index. */
export function listGroupEntries(db: Db, groupId: number): QueueEntry[] {
  return statement<QueueRow>(db, `${selectEntries} WHERE queue.group_id = ? ORDER BY trial_index`)
    .all(groupId)
    .map(toEntry)
}

/** The first that waits, whose group is not paused and whose run is not deleted; null where none does. */
export function nextQueued(db: Db): QueueEntry | null {
  const row = statement<QueueRow>(
    db,
    `${selectEntries} WHERE queue.state = 'waiting' AND ${hasItsRun} AND (queue.group_id IS NULL OR
       queue.group_id NOT IN (SELECT id FROM run_groups WHERE is_paused = 1)) ORDER BY position, queue.id LIMIT 1`,
  ).get()
  return row === undefined ? null : toEntry(row)
}

/** Throws 'not-found'. */
export function getQueued(db: Db, id: number): QueueEntry {
  const row = statement<QueueRow>(db, `${selectEntries} WHERE queue.id = ?`).get(id)
  if (row === undefined)
    throw new WorkbenchError(
      'not-found',
      `Nothing in the queue has the number ${id}.`,
      '"bitw queue" lists it.',
    )
  return toEntry(row)
}

/** To the place `to` among those that wait, counted from 0. Throws 'not-found' where it waits no more. */
export function moveQueued(db: Db, id: number, to: number): void {
  inTransaction(db, () => {
    const ids = statement<{ id: number }>(
      db,
      `SELECT id FROM queue WHERE state = 'waiting' AND ${hasItsRun} ORDER BY position, id`,
    )
      .all()
      .map((row) => row.id)
    if (!ids.includes(id)) throw new WorkbenchError('not-found', 'This training does not wait any more.')
    const others = ids.filter((other) => other !== id)
    others.splice(to, 0, id)
    const place = statement(db, 'UPDATE queue SET position = ? WHERE id = ?')
    others.forEach((other, position) => place.run(position, other))
  })
}

/** Within the transaction that makes its run, or lets it go on. */
export function queuedStarted(db: Db, id: number, runId: number): void {
  statement(db, "UPDATE queue SET state = 'started', run_id = ?, error_json = NULL WHERE id = ?").run(
    runId,
    id,
  )
}

export function queuedFailed(db: Db, id: number, error: WireError): void {
  inTransaction(db, () =>
    statement(db, "UPDATE queue SET state = 'failed', error_json = ? WHERE id = ?").run(
      JSON.stringify(error),
      id,
    ),
  )
}

/** Taken out; a trial stays as one that was skipped. */
export function skipQueued(db: Db, id: number): void {
  inTransaction(db, () => {
    statement(db, 'DELETE FROM queue WHERE id = ? AND group_id IS NULL').run(id)
    statement(db, "UPDATE queue SET state = 'skipped' WHERE id = ?").run(id)
  })
}

export function queueState(db: Db): { readonly isRunning: boolean; readonly heldBecause: WireError | null } {
  const row = statement<{ is_running: number; held_because_json: string | null }>(
    db,
    'SELECT is_running, held_because_json FROM queue_state',
  ).get()
  return { isRunning: row?.is_running !== 0, heldBecause: toError(row?.held_because_json ?? null) }
}

export function setQueueState(db: Db, isRunning: boolean, heldBecause: WireError | null = null): void {
  inTransaction(db, () =>
    statement(db, 'UPDATE queue_state SET is_running = ?, held_because_json = ?').run(
      isRunning ? 1 : 0,
      heldBecause === null ? null : JSON.stringify(heldBecause),
    ),
  )
}

/** How often a run is taken up again by itself: one that ends its process each time must not do so for ever. */
const resumedAtMost = 3

/**
 * A run of the queue that the workbench or its trainer left; the oldest. null where there is none, or each was deleted or taken up again too often.
 * Counts the look: who asks takes it up.
 */
export function takeLeftRun(db: Db): number | null {
  return inTransaction(db, () => {
    const row = statement<{ id: number; run_id: number }>(
      db,
      `SELECT queue.id, run_id FROM queue JOIN runs ON runs.id = run_id
       WHERE queue.state = 'started' AND resumed_count < ? AND runs.state = 'interrupted' AND runs.deleted_at_ms IS NULL
         AND json_extract(runs.error_json, '$.code') IN ('trainer-died', 'cancelled')
       ORDER BY queue.id LIMIT 1`,
    ).get(resumedAtMost)
    if (row === undefined) return null
    statement(db, 'UPDATE queue SET resumed_count = resumed_count + 1 WHERE id = ?').run(row.id)
    return row.run_id
  })
}

/** The entry that a run came from; null where it came from none. */
export function entryOfRun(db: Db, runId: number): QueueEntry | null {
  const row = statement<QueueRow>(db, `${selectEntries} WHERE run_id = ? ORDER BY queue.id DESC LIMIT 1`).get(
    runId,
  )
  return row === undefined ? null : toEntry(row)
}

/** What a run waits to do goes with it into the trash, and comes back with it. */
const hasItsRun = `(json_extract(queue.request_json, '$.kind') <> 'resume' OR EXISTS (SELECT 1 FROM runs
  WHERE runs.id = json_extract(queue.request_json, '$.runId') AND runs.deleted_at_ms IS NULL))`

interface QueueRow {
  id: number
  state: QueueEntry['state']
  request_json: string
  dataset_id: number
  dataset_name: string
  added_at_ms: number
  group_id: number | null
  group_name: string | null
  trial_index: number | null
  run_id: number | null
  run_name: string | null
  error_json: string | null
}

const selectEntries = `
  SELECT queue.id, queue.state, queue.request_json, queue.dataset_id, datasets.name AS dataset_name, queue.added_at_ms,
    queue.group_id, run_groups.name AS group_name, queue.trial_index, queue.run_id, queue.error_json,
    (SELECT name FROM runs WHERE runs.id = json_extract(queue.request_json, '$.runId')) AS run_name
  FROM queue JOIN datasets ON datasets.id = queue.dataset_id LEFT JOIN run_groups ON run_groups.id = queue.group_id`

function toEntry(row: QueueRow): QueueEntry {
  const work = queuedWorkSchema.parse(JSON.parse(row.request_json))
  return {
    id: row.id,
    state: row.state,
    work,
    title: titleOf(row, work),
    datasetId: row.dataset_id,
    datasetName: row.dataset_name,
    addedAtMs: row.added_at_ms,
    groupId: row.group_id,
    trialIndex: row.trial_index,
    runId: row.run_id,
    error: toError(row.error_json),
  }
}

function titleOf(row: QueueRow, work: QueuedWork): string {
  if (row.group_name !== null && row.trial_index !== null) return `${row.group_name}, ${row.trial_index + 1}`
  if (work.kind === 'resume') return `Resume ${row.run_name ?? 'a run that was deleted'}`
  const { name, model } = work.request
  if (name.trim() !== '') return name
  return `${model === autoModel ? 'A training' : sizeWords(model)} on ${row.dataset_name}`
}

function toError(json: string | null): WireError | null {
  return json === null ? null : wireErrorSchema.parse(JSON.parse(json))
}
