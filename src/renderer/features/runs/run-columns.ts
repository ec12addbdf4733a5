/** The columns that a list of runs can have: what each shows, and the field of queries that it is ordered by. Pure. */
import type { RunRow } from '../../../contract/entities/run-list'
import { startWords } from '../../../domain/model/model-names'
import { settings } from '../../../domain/query/run-fields'
import { settingName, settingText } from '../../../domain/recipe/setting-words'
import { threeDigits } from '../../charts/format-axis'
import { formatCount, formatDurationShort, formatWhen } from '../../format'

export interface RunColumn {
  readonly id: string
  readonly name: string
  /** The least that it has. */
  readonly widthPx: number
  /** Names: they get what a wide list has left. */
  readonly grows?: boolean
  /** Absent: nothing is ordered by it. */
  readonly field?: string
  readonly num?: boolean
  readonly title?: string
  /** What cells hold that are no plain text. */
  readonly cell?: 'name' | 'state' | 'curve' | 'tags' | 'steps'
  readonly text: (run: RunRow) => string
}

const none = ''
const percent = (value: number | null): string => (value === null ? none : (value * 100).toFixed(2))

const fixed: readonly RunColumn[] = [
  { id: 'state', name: 'State', widthPx: 98, field: 'state', cell: 'state', text: ({ state }) => state },
  {
    ...{ id: 'dataset', name: 'Dataset', widthPx: 94, grows: true, field: 'dataset' },
    text: ({ datasetName }) => datasetName,
  },
  { id: 'model', name: 'Model', widthPx: 94, grows: true, field: 'model', text: startWords },
  {
    id: 'px',
    name: 'px',
    widthPx: 46,
    field: 'crop',
    num: true,
    title: 'Size of the crop that the model sees',
    text: ({ recipe }) => settingText(recipe, 'cropPx'),
  },
  {
    id: 'steps',
    name: 'Steps',
    widthPx: 84,
    field: 'steps',
    num: true,
    cell: 'steps',
    text: ({ stepsDone }) => formatCount(stepsDone),
  },
  {
    id: 'accuracy',
    name: 'Right %',
    widthPx: 74,
    field: 'accuracy',
    num: true,
    title: 'Share of the held-out images predicted right (top-1)',
    text: ({ accuracy }) => percent(accuracy?.value ?? null),
  },
  {
    id: 'interval',
    name: 'Interval',
    widthPx: 82,
    num: true,
    title: '95 % Wilson interval of the accuracy, in % of the held-out images',
    text: ({ accuracy }) =>
      accuracy === null ? none : `${(accuracy.low * 100).toFixed(1)}–${(accuracy.high * 100).toFixed(1)}`,
  },
  {
    id: 'top5',
    name: 'Top 5 %',
    widthPx: 66,
    field: 'top5',
    num: true,
    title: 'Share of the held-out images whose label is among the first five classes',
    text: ({ topFive }) => percent(topFive),
  },
  {
    id: 'balanced',
    name: 'Balanced %',
    widthPx: 82,
    field: 'balanced',
    num: true,
    title: 'Mean over the classes of the share of their held-out images that are right',
    text: ({ balanced }) => percent(balanced),
  },
  {
    id: 'mistakes',
    name: 'Mistakes',
    widthPx: 72,
    field: 'mistakes',
    num: true,
    text: ({ wrongCount }) => (wrongCount === null ? none : formatCount(wrongCount)),
  },
  {
    id: 'loss',
    name: 'Loss',
    widthPx: 66,
    field: 'loss',
    num: true,
    title: 'Training loss of the last step',
    text: ({ lastLoss }) => (lastLoss === null ? none : threeDigits(lastLoss)),
  },
  { id: 'curve', name: 'Loss, log', widthPx: 104, cell: 'curve', text: () => none },
  {
    id: 'time',
    name: 'Time',
    widthPx: 92,
    field: 'time',
    num: true,
    text: ({ trainingMs }) => (trainingMs === null ? none : formatDurationShort(trainingMs)),
  },
  {
    id: 'departures',
    name: 'Dep.',
    widthPx: 52,
    field: 'departures',
    num: true,
    title: 'Departures from the rule',
    text: ({ departureCount, recipe }) =>
      recipe === null ? none : departureCount === 0 ? '—' : String(departureCount),
  },
  {
    id: 'started',
    name: 'Started',
    widthPx: 108,
    field: 'created',
    text: ({ createdAtMs }) => formatWhen(createdAtMs),
  },
  { id: 'tags', name: 'Tags', widthPx: 120, cell: 'tags', text: ({ tags }) => tags.join(', ') },
  {
    id: 'note',
    name: 'Note',
    widthPx: 160,
    text: ({ note }) => note.split('\n').find((line) => line.trim() !== '') ?? none,
  },
  { id: 'group', name: 'Group', widthPx: 120, field: 'group', text: ({ groupName }) => groupName ?? none },
  {
    id: 'parent',
    name: 'Parent',
    widthPx: 120,
    text: ({ parent }) => (parent === null ? none : (parent.name ?? `run ${String(parent.id)}, deleted`)),
  },
  { id: 'engine', name: 'Engine', widthPx: 140, field: 'engine', text: ({ engineWords }) => engineWords },
  {
    id: 'seed',
    name: 'Seed',
    widthPx: 60,
    field: 'seed',
    num: true,
    text: ({ recipe }) => settingText(recipe, 'seed'),
  },
  { id: 'number', name: 'Number', widthPx: 64, field: 'id', num: true, text: ({ id }) => String(id) },
]

const nameColumn: RunColumn = {
  ...{ id: 'name', name: 'Run', widthPx: 190, grows: true, field: 'name', cell: 'name' },
  text: ({ name }) => name,
}

/** All that can be chosen; the run's name is always there. */
export const choosable: readonly RunColumn[] = [
  ...fixed,
  ...settings
    .filter(({ key }) => key !== 'cropPx')
    .map(({ key, field: { name: field, help } }): RunColumn => {
      const name = settingName(key)
      return {
        ...{ id: `set:${field}`, name, widthPx: Math.max(64, 7 * name.length + 20), field, num: true },
        ...{ title: help, text: ({ recipe }) => settingText(recipe, key) },
      }
    }),
]

/** From the most to the least needed: a narrow list leaves out the last. */
export const usualColumns: readonly string[] = [
  ...['state', 'accuracy', 'dataset', 'model', 'steps', 'interval'],
  ...['time', 'loss', 'started', 'curve', 'tags'],
]

/** The name first, then those that are chosen, in the order in which they can be. */
export function columnsOf(chosen: readonly string[]): readonly RunColumn[] {
  return [nameColumn, ...choosable.filter(({ id }) => chosen.includes(id))]
}

/** The usual columns as far as there is room for them; columns that someone chose stay as they are. */
export function fitting(columns: readonly RunColumn[], widthPx: number): readonly RunColumn[] {
  const ids = new Set(columns.map(({ id }) => id))
  const isUsual = ids.size === usualColumns.length + 1 && usualColumns.every((id) => ids.has(id))
  if (!isUsual) return columns
  let left = columns
  for (const id of [...usualColumns].reverse()) {
    if (left.reduce((sum, column) => sum + column.widthPx, 0) <= widthPx) break
    left = left.filter((column) => column.id !== id)
  }
  return left
}

/** What each column has of a list, in whole px; those that grow share what is left. */
export function widthsIn(columns: readonly RunColumn[], listPx: number): readonly number[] {
  const leftPx = Math.max(0, listPx - columns.reduce((sum, { widthPx }) => sum + widthPx, 0))
  const share = Math.floor(leftPx / columns.filter(({ grows }) => grows).length)
  return columns.map(({ widthPx, grows }) => (grows === true ? widthPx + share : widthPx))
}
