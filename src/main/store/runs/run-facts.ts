/** What lists and queries ask of runs, kept in memory: a change is read again, not all of them. */
import type { RunRow } from '../../../contract/entities/run-list'
import { engineReportSchema } from '../../../contract/entities/model'
import { recipeSchema, type Choice, type Recipe, type RunState } from '../../../contract/entities/run'
import { runModelOf } from '../../../domain/model/run-model'
import { importedFacts } from './imported-facts'
import { keptEnds } from './kept-ends'
import { versionUpTo } from './run-row'
import type { RunFacts, Stored } from './stored-run'
import { readRows } from '../read-rows'
import { partOfCode } from '../datasets/split-parts'
import { statement, type Db } from '../statement'

export interface RunFactsReader {
  /** Newest first, with the archive and the trash, without the damaged ones. */
  all(): readonly RunFacts[]
}

export function createRunFacts(db: Db): RunFactsReader {
  const known = new Map<number, Stored>()
  let isWatched = false
  let last: { readonly stamp: string; readonly runs: readonly RunFacts[] } | null = null

  /** Whether there was anything new. */
  function read(): boolean {
    if (!isWatched) {
      known.clear()
      // What only looks is soon gone; another process writes.
      isWatched = !db.readonly
      if (isWatched) watchChanges(db)
      for (const run of readRows<Row, Stored | null>(db, {
        ...{ table: 'runs', select, read: (row) => stored(db, row), unreadable: () => null },
      }))
        if (run !== null) known.set(run.id, run)
      for (const run of importedFacts(db)) known.set(run.id, run)
      return true
    }
    const changed = statement<{ id: number }>(db, 'DELETE FROM temp.changed_runs RETURNING id').all()
    for (const { id } of changed) {
      const row = statement<Row>(db, `${select} WHERE runs.id = ?`).get(id)
      const now = row === undefined ? (importedFacts(db, id)[0] ?? null) : stored(db, row)
      if (now === null) known.delete(id)
      else known.set(id, now)
    }
    return changed.length > 0
  }

  return {
    all() {
      const isNew = read()
      const shared = sharedOf(db)
      const ends = keptEnds(db)
      const stamp = JSON.stringify([...shared.datasets, ...shared.groups, '', ...shared.inUse])
      if (isNew || ends.size > 0 || last?.stamp !== stamp) {
        const runs = [...known.values()].map((run) => finished(run, known, shared, ends.get(run.id)?.shown))
        last = { stamp, runs: runs.sort((a, b) => b.createdAtMs - a.createdAtMs || b.id - a.id) }
        if (ends.size > 0) last = { ...last, stamp: '' }
      }
      return last.runs
    },
  }
}

/** Everything that writes runs goes through this connection. */
function watchChanges(db: Db): void {
  // no OR IGNORE: where a foreign key is what changes the run, SQLite fails in its place
  const note = (id: string): string =>
    `BEGIN INSERT INTO changed_runs SELECT ${id} WHERE ${id} NOT IN (SELECT id FROM changed_runs); END;`
  db.exec(`
    CREATE TEMP TABLE IF NOT EXISTS changed_runs (id INTEGER PRIMARY KEY);
    DELETE FROM temp.changed_runs;
    CREATE TEMP TRIGGER IF NOT EXISTS run_made AFTER INSERT ON main.runs ${note('new.id')}
    CREATE TEMP TRIGGER IF NOT EXISTS run_changed AFTER UPDATE ON main.runs ${note('new.id')}
    CREATE TEMP TRIGGER IF NOT EXISTS run_gone AFTER DELETE ON main.runs ${note('old.id')}
    CREATE TEMP TRIGGER IF NOT EXISTS run_tagged AFTER INSERT ON main.run_tags ${note('new.run_id')}
    CREATE TEMP TRIGGER IF NOT EXISTS run_untagged AFTER DELETE ON main.run_tags ${note('old.run_id')}
    CREATE TEMP TRIGGER IF NOT EXISTS other_made AFTER INSERT ON main.other_metrics ${note('new.run_id')}
    CREATE TEMP TRIGGER IF NOT EXISTS other_changed AFTER UPDATE ON main.other_runs ${note('new.id')}
    CREATE TEMP TRIGGER IF NOT EXISTS other_gone AFTER DELETE ON main.other_runs ${note('old.id')}
    CREATE TEMP TRIGGER IF NOT EXISTS other_tagged AFTER INSERT ON main.other_run_tags ${note('new.run_id')}
    CREATE TEMP TRIGGER IF NOT EXISTS other_untagged AFTER DELETE ON main.other_run_tags ${note('old.run_id')}
    CREATE TEMP TRIGGER IF NOT EXISTS run_evaluated AFTER INSERT ON main.evaluations ${note('new.run_id')}
  `)
}

const select = `
  SELECT runs.id, runs.name, runs.dataset_id, runs.split_id, runs.state, runs.model, runs.weights, runs.recipe_json,
    runs.departure_count, runs.example_count, runs.version_id, ${versionUpTo('runs.split_id')} AS dataset_version,
    runs.created_at_ms, runs.ended_at_ms, runs.steps_done, runs.last_loss, runs.training_ms,
    runs.engine_json, runs.evaluated_on, runs.wrong_count, runs.result_step, runs.correct_count, runs.evaluated_count,
    runs.accuracy, runs.accuracy_low, runs.accuracy_high, runs.is_starred, runs.archived_at_ms, runs.deleted_at_ms,
    runs.note, runs.parent_run_id, runs.group_id, runs.again_of,
    top_five_count, balanced_accuracy,
    (SELECT group_concat(tag, char(10)) FROM (SELECT tag FROM run_tags WHERE run_id = runs.id ORDER BY tag)) AS tags
  FROM runs LEFT JOIN evaluations ON evaluations.run_id = runs.id AND evaluations.step_index = runs.result_step
    AND evaluations.part = runs.evaluated_on`

interface Row {
  readonly id: number
  readonly name: string
  readonly dataset_id: number
  readonly split_id: number
  readonly state: RunState
  readonly model: string
  readonly weights: string | null
  readonly recipe_json: string
  readonly departure_count: number
  readonly example_count: number
  readonly version_id: number | null
  readonly dataset_version: number
  readonly created_at_ms: number
  readonly ended_at_ms: number | null
  readonly steps_done: number
  readonly last_loss: number | null
  readonly training_ms: number | null
  readonly engine_json: string | null
  readonly evaluated_on: number | null
  readonly wrong_count: number | null
  readonly result_step: number | null
  readonly correct_count: number | null
  readonly evaluated_count: number | null
  readonly accuracy: number | null
  readonly accuracy_low: number | null
  readonly accuracy_high: number | null
  readonly is_starred: number
  readonly archived_at_ms: number | null
  readonly deleted_at_ms: number | null
  readonly note: string
  readonly parent_run_id: number | null
  readonly group_id: number | null
  readonly again_of: number | null
  readonly top_five_count: number | null
  readonly balanced_accuracy: number | null
  readonly tags: string | null
}

/** null where it is damaged: runs.damaged says why. */
function stored(db: Db, row: Row): Stored | null {
  try {
    const total = row.evaluated_count ?? 0
    const { correct_count: correct, accuracy: value, accuracy_low: low, accuracy_high: high } = row
    const isMeasured = total > 0 && correct !== null && value !== null && low !== null && high !== null
    let departureWords: string | null = null
    return {
      id: row.id,
      name: row.name,
      imported: null,
      datasetId: row.dataset_id,
      splitId: row.split_id,
      state: row.state,
      model: row.model,
      weights: row.weights,
      recipe: recipeOf(row.recipe_json),
      departureCount: row.departure_count,
      datasetVersion: row.version_id === null ? null : row.dataset_version,
      exampleCount: row.example_count,
      // They are many, and only a word alone asks for them.
      departureWords: () => (departureWords ??= row.departure_count === 0 ? '' : departuresOf(db, row.id)),
      createdAtMs: row.created_at_ms,
      endedAtMs: row.ended_at_ms,
      stepsDone: row.steps_done,
      lastLoss: row.last_loss,
      accuracy: isMeasured ? { correct, total, value, low, high } : null,
      topFive: total > 0 && row.top_five_count !== null ? row.top_five_count / total : null,
      balanced: total > 0 ? row.balanced_accuracy : null,
      evaluatedOn: row.evaluated_on === null ? null : partOfCode(row.evaluated_on),
      resultStep: row.result_step,
      wrongCount: row.wrong_count,
      trainingMs: row.training_ms,
      engineWords: engineWords(row.engine_json),
      tags: row.tags === null ? [] : row.tags.split('\n'),
      note: row.note,
      isStarred: row.is_starred === 1,
      isArchived: row.archived_at_ms !== null,
      deletedAtMs: row.deleted_at_ms,
      groupId: row.group_id,
      parentId: row.parent_run_id ?? runOf(row.weights),
      againId: row.again_of,
    }
  } catch {
    return null
  }
}

const recipes = new Map<string, Recipe>()
const mostRecipes = 5000

/** Most recipes of thousands differ in nothing but their seed. Throws where it is none. */
function recipeOf(json: string): Recipe {
  const seed = /"seed":(\d+)/.exec(json)?.[1]
  if (seed === undefined) return recipeSchema.parse(JSON.parse(json))
  const key = json.replace(/"seed":\d+/, '"seed":0')
  let known = recipes.get(key)
  if (known === undefined) {
    known = recipeSchema.parse(JSON.parse(key))
    if (recipes.size < mostRecipes) recipes.set(key, known)
  }
  return { ...known, seed: Number(seed) }
}

function departuresOf(db: Db, id: number): string {
  const row = statement<{ choices_json: string }>(db, 'SELECT choices_json FROM runs WHERE id = ?').get(id)
  // As it was written; one that is damaged is found nowhere else either.
  const choices = (row === undefined ? null : parsed(row.choices_json)) as readonly Partial<Choice>[] | null
  const departures = Array.isArray(choices) ? choices.filter(({ departure }) => departure) : []
  return departures.map(({ label, value }) => `${label} ${value}`).join('\n')
}

function engineWords(json: string | null): string {
  if (json === null) return ''
  let words = engines.get(json)
  if (words === undefined) {
    const engine = engineReportSchema.safeParse(parsed(json)).data
    words = engine ? `${engine.kind} ${engine.deviceName}` : ''
    if (engines.size < mostRecipes) engines.set(json, words)
  }
  return words
}
const engines = new Map<string, string>()

function parsed(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return null
  }
}

function runOf(weights: string | null): number | null {
  return runModelOf(weights ?? '')?.runId ?? null
}

interface Shared {
  readonly datasets: ReadonlyMap<number, string>
  readonly groups: ReadonlyMap<number, string>
  readonly inUse: ReadonlySet<number>
}

function sharedOf(db: Db): Shared {
  const names = (table: 'datasets' | 'run_groups'): Map<number, string> =>
    new Map(
      statement<{ id: number; name: string }>(db, `SELECT id, name FROM ${table}`)
        .all()
        .map(({ id, name }) => [id, name]),
    )
  const inUse = statement<{ run_id: number | null }>(
    db,
    `SELECT run_id FROM promotions WHERE id IN (SELECT max(id) FROM promotions GROUP BY dataset_id)`,
  ).all()
  return {
    datasets: names('datasets'),
    groups: names('run_groups'),
    inUse: new Set(inUse.flatMap(({ run_id }) => run_id ?? [])),
  }
}

function finished(
  run: Stored,
  known: ReadonlyMap<number, Stored>,
  { datasets, groups, inUse }: Shared,
  end: Pick<RunRow, 'state' | 'endedAtMs'> | undefined,
): RunFacts {
  const { parentId, againId, ...own } = run
  const named = (id: number | null): RunRow['parent'] =>
    id === null ? null : { id, name: known.get(id)?.name ?? null }
  return {
    ...own,
    datasetName: run.datasetId === null ? '' : (datasets.get(run.datasetId) ?? ''),
    origin: originOf(run, known),
    isInUse: inUse.has(run.id),
    isDeleted: run.deletedAtMs !== null,
    groupName: run.groupId === null ? null : (groups.get(run.groupId) ?? null),
    parent: named(parentId),
    again: named(againId),
    ...(end && { state: end.state, endedAtMs: end.endedAtMs }),
  }
}

/** Where its weights began, however many runs ago. */
function originOf({ weights }: Stored, known: ReadonlyMap<number, Stored>): string | null {
  let origin = weights
  for (let turn = 0; turn <= known.size; turn++) {
    const from = runOf(origin)
    const run = from === null ? undefined : known.get(from)
    if (run === undefined) return origin
    origin = run.weights
  }
  return origin
}
