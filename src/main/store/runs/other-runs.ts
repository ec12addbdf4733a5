/** Runs of other programs: settings and curves. Their numbers come from the sequence of `runs`. */
import { createHash } from 'node:crypto'
import type { OtherRun } from '../../../contract/entities/other-run'
import { WorkbenchError } from '../../../contract/errors'
import { inTransaction, statement, type Db } from '../statement'

export interface NewOtherRun extends Pick<
  OtherRun,
  | 'program'
  | 'name'
  | 'path'
  | 'startedAtMs'
  | 'endedAtMs'
  | 'state'
  | 'importedAtMs'
  | 'settings'
  | 'loggedTags'
> {
  /** [count, 3] each: step, value, time; by step. */
  readonly metrics: readonly (readonly [name: string, points: Float64Array])[]
}

const pointBytes = 24
const blockPoints = 4096

/**
 * The same content again changes nothing; what came before from the same place under the same name is brought up to date. What was said of it
 * stays, and so does another name; from the trash it comes back.
 */
export function putOtherRun(
  db: Db,
  run: NewOtherRun,
): { readonly id: number; readonly change: 'new' | 'newer' | 'same' } {
  const key = keyOf(run)
  return inTransaction(db, () => {
    const known = statement<{ id: number; key: Buffer }>(
      db,
      'SELECT id, key FROM other_runs WHERE key = ? OR (program = ? AND path = ? AND logged_name = ?) ORDER BY key = ? DESC',
    ).get(key, run.program, run.path, run.name, key)
    if (known !== undefined)
      statement(db, 'UPDATE other_runs SET deleted_at_ms = NULL WHERE id = ?').run(known.id)
    if (known?.key.equals(key) === true) return { id: known.id, change: 'same' }
    const id = known?.id ?? nextRunId(db)
    if (known === undefined)
      statement(
        db,
        `INSERT INTO other_runs (id, key, program, name, logged_name, path, state, imported_at_ms, settings_json, tags_json)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, '[]', '[]')`,
      ).run(id, key, run.program, run.name, run.name, run.path, run.state, run.importedAtMs)
    statement(
      db,
      `UPDATE other_runs SET key = ?, started_at_ms = ?, ended_at_ms = ?, state = ?, imported_at_ms = ?, settings_json = ?, tags_json = ?
       WHERE id = ?`,
    ).run(
      ...[key, run.startedAtMs, run.endedAtMs, run.state, run.importedAtMs],
      ...[JSON.stringify(run.settings), JSON.stringify(run.loggedTags), id],
    )
    statement(db, 'DELETE FROM other_metrics WHERE run_id = ?').run(id)
    for (const [name, points] of run.metrics) insertMetric(db, id, name, points)
    return { id, change: known === undefined ? 'new' : 'newer' }
  })
}

/** As AUTOINCREMENT would: a number that no run had, whichever table it is in. */
function nextRunId(db: Db): number {
  const row = statement<{ seq: number }>(
    db,
    `UPDATE sqlite_sequence SET seq = seq + 1 WHERE name = 'runs' RETURNING seq`,
  ).get()
  if (row === undefined) throw new Error('sqlite_sequence has no row for runs')
  return row.seq
}

function insertMetric(db: Db, runId: number, name: string, points: Float64Array): void {
  const { lastInsertRowid } = statement(
    db,
    'INSERT INTO other_metrics (run_id, name, point_count, last_step, last_value) VALUES (?, ?, ?, ?, ?)',
  ).run(runId, name, points.length / 3, points.at(-3) ?? null, points.at(-2) ?? null)
  const insert = statement(db, 'INSERT INTO other_points (metric_id, position, bytes) VALUES (?, ?, ?)')
  const bytes = Buffer.from(points.buffer, points.byteOffset, points.byteLength)
  for (let from = 0; from < bytes.length; from += blockPoints * pointBytes)
    insert.run(
      lastInsertRowid,
      from / (blockPoints * pointBytes),
      bytes.subarray(from, from + blockPoints * pointBytes),
    )
}

function keyOf({ program, name, settings, metrics }: NewOtherRun): Buffer {
  const hash = createHash('sha256').update(JSON.stringify([program, name, settings]))
  for (const [metric, points] of [...metrics].sort(([a], [b]) => (a < b ? -1 : 1))) {
    hash.update(JSON.stringify([metric, points.length]))
    hash.update(new Uint8Array(points.buffer, points.byteOffset, points.byteLength))
  }
  return hash.digest()
}

/** Throws 'not-found'. */
export function getOtherRun(db: Db, id: number): OtherRun {
  const row = statement<Row>(db, 'SELECT * FROM other_runs WHERE id = ?').get(id)
  if (row === undefined) throw notFound(id)
  return {
    id,
    program: row.program,
    name: row.name,
    path: row.path,
    startedAtMs: row.started_at_ms,
    endedAtMs: row.ended_at_ms,
    state: row.state,
    importedAtMs: row.imported_at_ms,
    settings: JSON.parse(row.settings_json) as OtherRun['settings'],
    loggedTags: JSON.parse(row.tags_json) as OtherRun['loggedTags'],
    tags: statement<{ tag: string }>(db, 'SELECT tag FROM other_run_tags WHERE run_id = ? ORDER BY tag')
      .all(id)
      .map(({ tag }) => tag),
    note: row.note,
    isStarred: row.is_starred === 1,
    isArchived: row.archived_at_ms !== null,
    deletedAtMs: row.deleted_at_ms,
    metrics: statement<OtherRun['metrics'][number]>(
      db,
      'SELECT name, point_count AS pointCount, last_value AS last FROM other_metrics WHERE run_id = ? ORDER BY name',
    ).all(id),
  }
}

interface Row {
  program: OtherRun['program']
  name: string
  path: string
  started_at_ms: number | null
  ended_at_ms: number | null
  state: OtherRun['state']
  imported_at_ms: number
  settings_json: string
  tags_json: string
  note: string
  is_starred: number
  archived_at_ms: number | null
  deleted_at_ms: number | null
}

/** null: it was trained by a workbench, or there is none. */
export function otherRunName(
  db: Db,
  id: number,
): { readonly name: string; readonly program: OtherRun['program'] } | null {
  return (
    statement<{ name: string; program: OtherRun['program'] }>(
      db,
      'SELECT name, program FROM other_runs WHERE id = ?',
    ).get(id) ?? null
  )
}

/** [count, 3], see `NewOtherRun`. Throws 'not-found'. */
export function otherPoints(db: Db, runId: number, name: string): Float64Array {
  const blocks = statement<{ bytes: Buffer }>(
    db,
    `SELECT bytes FROM other_metrics JOIN other_points ON metric_id = id WHERE run_id = ? AND name = ? ORDER BY position`,
  ).all(runId, name)
  if (blocks.length === 0) {
    throw new WorkbenchError('not-found', `The imported run ${runId} has no values of "${name}".`)
  }
  const bytes = Buffer.concat(blocks.map((block) => block.bytes))
  return new Float64Array(new Uint8Array(bytes).buffer)
}

function notFound(id: number): WorkbenchError {
  return new WorkbenchError('not-found', `No run of another program has the number ${id}.`)
}
