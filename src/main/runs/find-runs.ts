/** What a query about runs finds, in its order and by groups: ids alone, so that thousands are a small answer. */
import { packUint32 } from '../../contract/packed'
import type { RunGroup, RunRow, RunsFound, Spread } from '../../contract/entities/run-list'
import { WorkbenchError } from '../../contract/errors'
import { startWords } from '../../domain/model/model-names'
import { readQuery } from '../../domain/query/bind'
import type { BoundQuery } from '../../domain/query/bound'
import { fieldNamed } from '../../domain/query/fields'
import { foundRows } from '../../domain/query/match-row'
import { runRow } from '../../domain/query/run-row'
import { settings } from '../../domain/query/run-fields'
import { settingName, settingText } from '../../domain/recipe/setting-words'
import { spreadOf } from '../../domain/statistics/spread'
import type { RunFacts } from '../store/runs/run-facts'

/** In the order of the query, else in that of a column, else newest first. Throws 'bad-input' with the place that is not understood. */
function foundRuns(
  all: readonly RunFacts[],
  query: string,
  order: BoundQuery['order'] = [],
): readonly RunFacts[] {
  const { bound, faults } = readQuery(query, 'runs', { classNames: [] })
  const [first] = faults
  if (first !== undefined)
    throw new WorkbenchError('bad-input', first.message, '', { span: { from: first.from, to: first.to } })
  return foundRows(all, bound.order.length > 0 ? bound : { ...bound, order }, runRow)
}

export function findRuns(
  all: readonly RunFacts[],
  { query, sort, groupBy }: { query: string; sort: string; groupBy: string },
): RunsFound {
  const descending = sort.startsWith('-')
  const field = fieldNamed('runs', sort.replace(/^-/, ''))
  const found = foundRuns(all, query, field?.isSortable === true ? [{ column: field.name, descending }] : [])
  const grouped = groupBy === 'none' ? null : groupsOf(found, groupBy)
  const ordered = grouped === null ? found : grouped.flatMap(({ runs }) => runs)
  return {
    total: all.filter(({ isArchived, isDeleted }) => !isArchived && !isDeleted).length,
    archivedCount: all.filter(({ isArchived, isDeleted }) => isArchived && !isDeleted).length,
    deletedCount: all.filter(({ isDeleted }) => isDeleted).length,
    ids: packUint32(Uint32Array.from(ordered, ({ id }) => id)),
    groups: (grouped ?? []).map(({ key, label, runs }) => groupFigures(key, label, runs)),
    tagCounts: tagCounts(found),
  }
}

const noteCharacters = 200

/** What its row shows, and nothing else. */
export function shownRow(facts: RunFacts): RunRow {
  return { ...facts, note: facts.note.slice(0, noteCharacters) }
}

interface Grouped {
  readonly key: string
  readonly label: string
  readonly runs: RunFacts[]
}

/** The group of the first run comes first. */
function groupsOf(found: readonly RunFacts[], groupBy: string): Grouped[] {
  const groups = new Map<string, Grouped>()
  for (const run of found) {
    const { key, label } = placeOf(run, groupBy)
    const group = groups.get(key) ?? { key, label, runs: [] }
    group.runs.push(run)
    groups.set(key, group)
  }
  return [...groups.values()]
}

function placeOf(run: RunFacts, groupBy: string): { key: string; label: string } {
  const said = (label: string): { key: string; label: string } => ({ key: label, label })
  switch (groupBy) {
    case 'settings':
      return { key: settingsKey(run), label: `${run.datasetName} · ${startWords(run)} · ${run.name}` }
    case 'group':
      return said(run.groupName ?? 'No group')
    case 'dataset':
      return { key: String(run.datasetId), label: run.datasetName }
    case 'model':
      return said(startWords(run))
    case 'state':
      return said(run.state)
    case 'parent':
      return said(run.parent === null ? 'No parent' : (run.parent.name ?? `run ${String(run.parent.id)}`))
    default: {
      const name = groupBy.replace(/^setting:/, '')
      const key = settings.find(({ field }) => field.name === name)?.key ?? name
      return said(`${settingName(key)} ${settingText(run.recipe, key)}`)
    }
  }
}

/** All that determines a run but its seed. */
function settingsKey({ splitId, model, weights, recipe }: RunFacts): string {
  return JSON.stringify([splitId, model, weights, { ...recipe, seed: 0 }])
}

function groupFigures(key: string, label: string, runs: readonly RunFacts[]): RunGroup {
  const spread = (figure: (run: RunFacts) => number | null): Spread | null =>
    spreadOf(runs.flatMap((run) => figure(run) ?? []))
  return {
    ...{ key, label, count: runs.length },
    accuracy: spread(({ accuracy }) => accuracy?.value ?? null),
    loss: spread(({ lastLoss }) => lastLoss),
    timeMs: spread(({ trainingMs }) => trainingMs),
  }
}

function tagCounts(runs: readonly RunFacts[]): RunsFound['tagCounts'] {
  const counts = new Map<string, number>()
  for (const { tags } of runs) for (const tag of tags) counts.set(tag, (counts.get(tag) ?? 0) + 1)
  return [...counts].map(([tag, count]) => ({ tag, count })).sort((a, b) => b.count - a.count)
}
