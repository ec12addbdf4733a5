/** Runs that belong together: repeats of one request over seeds, or the trials of a search. */
import { z } from 'zod'
import { sweepSchema, type RunGroup, type Sweep } from '../../../contract/entities/queue'
import { trainRequestSchema, type TrainRequest } from '../../../contract/entities/run'
import { WorkbenchError } from '../../../contract/errors'
import { inTransaction, statement, type Db } from '../statement'

const askedSchema = z.object({ request: trainRequestSchema, sweep: sweepSchema.nullable() })

export interface StoredGroup extends RunGroup {
  readonly request: TrainRequest
  /** null: repeats over seeds. */
  readonly sweep: Sweep | null
}

export interface NewGroup {
  readonly name: string
  readonly request: TrainRequest
  readonly sweep: Sweep | null
  readonly createdAtMs: number
}

/** Returns its id. */
export function insertGroup(db: Db, { name, request, sweep, createdAtMs }: NewGroup): number {
  return inTransaction(db, () => {
    const { lastInsertRowid } = statement(
      db,
      'INSERT INTO run_groups (kind, name, dataset_id, request_json, created_at_ms) VALUES (?, ?, ?, ?, ?)',
    ).run(
      sweep === null ? 'seeds' : 'sweep',
      name,
      request.datasetId,
      JSON.stringify({ request, sweep }),
      createdAtMs,
    )
    return Number(lastInsertRowid)
  })
}

/** Newest first. */
export function listGroups(db: Db): RunGroup[] {
  return statement<GroupRow>(db, `${selectGroups} ORDER BY run_groups.id DESC`).all().map(toGroup)
}

/** Throws 'not-found'. */
export function getGroup(db: Db, id: number): StoredGroup {
  const row = statement<GroupRow>(db, `${selectGroups} WHERE run_groups.id = ?`).get(id)
  if (row === undefined) throw new WorkbenchError('not-found', `There is no group with the number ${id}.`)
  return { ...toGroup(row), ...askedSchema.parse(JSON.parse(row.request_json)) }
}

export function setGroupPaused(db: Db, id: number, isPaused: boolean): void {
  inTransaction(db, () =>
    statement(db, 'UPDATE run_groups SET is_paused = ? WHERE id = ?').run(isPaused ? 1 : 0, id),
  )
}

/** What is varied, after more trials were asked for. */
export function setGroupSweep(db: Db, id: number, sweep: Sweep): void {
  const { request } = getGroup(db, id)
  inTransaction(db, () =>
    statement(db, 'UPDATE run_groups SET request_json = ? WHERE id = ?').run(
      JSON.stringify({ request, sweep }),
      id,
    ),
  )
}

interface GroupRow {
  id: number
  kind: RunGroup['kind']
  name: string
  dataset_id: number
  dataset_name: string
  request_json: string
  created_at_ms: number
  is_paused: number
  trial_count: number
  ended_count: number
}

const selectGroups = `
  SELECT run_groups.*, datasets.name AS dataset_name,
    (SELECT count(*) FROM queue WHERE queue.group_id = run_groups.id) AS trial_count,
    (SELECT count(*) FROM queue LEFT JOIN runs ON runs.id = run_id
     WHERE queue.group_id = run_groups.id AND (queue.state IN ('failed', 'skipped') OR runs.state IN ('done', 'stopped', 'failed')
       OR (queue.state = 'started' AND (runs.id IS NULL OR runs.deleted_at_ms IS NOT NULL)))) AS ended_count
  FROM run_groups JOIN datasets ON datasets.id = run_groups.dataset_id`

function toGroup(row: GroupRow): RunGroup {
  return {
    id: row.id,
    kind: row.kind,
    name: row.name,
    datasetId: row.dataset_id,
    datasetName: row.dataset_name,
    createdAtMs: row.created_at_ms,
    isPaused: row.is_paused === 1,
    trialCount: row.trial_count,
    endedCount: row.ended_count,
  }
}
