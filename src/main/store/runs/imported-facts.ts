/** What lists and queries ask of runs of other programs. */
import type { OtherRun } from '../../../contract/entities/other-run'
import { programWords } from '../../../contract/entities/other-run'
import { ourCurve } from '../../../domain/our-curve'
import type { Stored } from './stored-run'
import { statement, type Db } from '../statement'

/** All, or the one of this number. */
export function importedFacts(db: Db, id: number | null = null): Stored[] {
  return statement<Row>(db, select)
    .all(id, id)
    .map((row): Stored => {
      const settings = JSON.parse(row.settings_json) as OtherRun['settings']
      const metrics = JSON.parse(row.metrics_json) as Metric[]
      const isOver = row.started_at_ms !== null && row.ended_at_ms !== null
      return {
        id: row.id,
        name: row.name,
        imported: { program: row.program, settings },
        ...{ datasetId: null, splitId: null, model: '', weights: null, recipe: null, departureCount: 0 },
        ...{ datasetVersion: null, exampleCount: null },
        // A log that does not say how it ended is as far as it goes.
        state: row.state === 'unknown' ? 'done' : row.state,
        departureWords: () => [row.path, ...settings.map((pair) => pair.join(' '))].join('\n'),
        createdAtMs: row.started_at_ms ?? row.imported_at_ms,
        endedAtMs: row.ended_at_ms ?? row.imported_at_ms,
        stepsDone: Math.max(0, ...metrics.map(([, step]) => Math.round(step ?? 0))),
        lastLoss: metrics.find(([name]) => ourCurve(name) === 'loss train')?.[2] ?? null,
        ...{ accuracy: null, topFive: null, balanced: null, evaluatedOn: null, resultStep: null },
        wrongCount: null,
        trainingMs: isOver ? Math.max(0, (row.ended_at_ms ?? 0) - (row.started_at_ms ?? 0)) : null,
        engineWords: programWords[row.program],
        tags: row.tags === null ? [] : row.tags.split('\n'),
        note: row.note,
        isStarred: row.is_starred === 1,
        isArchived: row.archived_at_ms !== null,
        deletedAtMs: row.deleted_at_ms,
        ...{ groupId: null, parentId: null, againId: null },
      }
    })
}

type Metric = readonly [name: string, lastStep: number | null, lastValue: number | null]

const select = `
  SELECT other_runs.*,
    (SELECT group_concat(tag, char(10)) FROM (SELECT tag FROM other_run_tags WHERE run_id = other_runs.id ORDER BY tag)) AS tags,
    (SELECT json_group_array(json_array(name, last_step, last_value)) FROM (
       SELECT name, last_step, last_value FROM other_metrics WHERE run_id = other_runs.id ORDER BY name)) AS metrics_json
  FROM other_runs WHERE ? IS NULL OR id = ?`

interface Row {
  readonly id: number
  readonly name: string
  readonly program: OtherRun['program']
  readonly path: string
  readonly state: OtherRun['state']
  readonly started_at_ms: number | null
  readonly ended_at_ms: number | null
  readonly imported_at_ms: number
  readonly settings_json: string
  readonly metrics_json: string
  readonly note: string
  readonly is_starred: number
  readonly archived_at_ms: number | null
  readonly deleted_at_ms: number | null
  readonly tags: string | null
}
