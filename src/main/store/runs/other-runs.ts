/** Runs of other programs: settings and curves. */
import { createHash } from 'node:crypto'
import type { OtherRun } from '../../../contract/entities/other-run'
import { WorkbenchError } from '../../../contract/errors'
import { inTransaction, statement, type Db } from '../statement'

export interface NewOtherRun extends Omit<OtherRun, 'id' | 'metrics'> {
  /** [count, 3] each: step, value, time; by step. */
  readonly metrics: readonly (readonly [name: string, points: Float64Array])[]
}

const pointBytes = 24
const blockPoints = 4096

/** What came before from the same place under the same name is replaced; the same content again changes nothing. */
export function putOtherRun(
  db: Db,
  run: NewOtherRun,
): { readonly id: number; readonly change: 'new' | 'newer' | 'same' } {
  const key = keyOf(run)
  return inTransaction(db, () => {
    const same = statement<{ id: number }>(db, 'SELECT id FROM other_runs WHERE key = ?').get(key)
    if (same !== undefined) return { id: same.id, change: 'same' }
    const { changes: replaced } = statement(
      db,
      'DELETE FROM other_runs WHERE program = ? AND path = ? AND name = ?',
    ).run(run.program, run.path, run.name)
    const { lastInsertRowid } = statement(
      db,
      `INSERT INTO other_runs (key, program, name, path, started_at_ms, ended_at_ms, state, imported_at_ms, settings_json, tags_json)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ).run(
      ...[key, run.program, run.name, run.path, run.startedAtMs, run.endedAtMs, run.state, run.importedAtMs],
      ...[JSON.stringify(run.settings), JSON.stringify(run.tags)],
    )
    const id = Number(lastInsertRowid)
    for (const [name, points] of run.metrics) insertMetric(db, id, name, points)
    return { id, change: replaced > 0 ? 'newer' : 'new' }
  })
}

function insertMetric(db: Db, runId: number, name: string, points: Float64Array): void {
  const { lastInsertRowid } = statement(
    db,
    'INSERT INTO other_metrics (run_id, name, point_count, last_value) VALUES (?, ?, ?, ?)',
  ).run(runId, name, points.length / 3, points.at(-2) ?? null)
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

/** The newest import first. */
export function listOtherRuns(db: Db): OtherRun[] {
  const metrics = new Map<number, OtherRun['metrics']>()
  for (const { run_id: id, ...metric } of statement<OtherRun['metrics'][number] & { run_id: number }>(
    db,
    'SELECT run_id, name, point_count AS pointCount, last_value AS last FROM other_metrics ORDER BY run_id, name',
  ).all())
    (metrics.get(id) ?? metrics.set(id, []).get(id))?.push(metric)
  return statement<Row>(db, 'SELECT * FROM other_runs ORDER BY id DESC')
    .all()
    .map((row) => ({
      id: row.id,
      program: row.program,
      name: row.name,
      path: row.path,
      startedAtMs: row.started_at_ms,
      endedAtMs: row.ended_at_ms,
      state: row.state,
      importedAtMs: row.imported_at_ms,
      settings: JSON.parse(row.settings_json) as OtherRun['settings'],
      tags: JSON.parse(row.tags_json) as OtherRun['tags'],
      metrics: metrics.get(row.id) ?? [],
    }))
}

interface Row {
  id: number
  program: OtherRun['program']
  name: string
  path: string
  started_at_ms: number | null
  ended_at_ms: number | null
  state: OtherRun['state']
  imported_at_ms: number
  settings_json: string
  tags_json: string
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

/** Throws 'not-found'. */
export function deleteOtherRun(db: Db, id: number): void {
  inTransaction(db, () => {
    const { changes } = statement(db, 'DELETE FROM other_runs WHERE id = ?').run(id)
    if (changes === 0)
      throw new WorkbenchError('not-found', `There is no imported run with the number ${id}.`)
  })
}
