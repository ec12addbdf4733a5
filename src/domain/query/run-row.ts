/** What a query can ask of a run. */
import { ruleNameSchema, runStateSchema, type Recipe, type RunState } from '../../contract/entities/run'
import { startWords } from '../model/model-names'
import type { RecipeField } from '../recipe/field'
import { recipeFields } from '../recipe/fields'
import type { RowValue } from './match-row'
import { settings } from './run-fields'

/** What of a run is asked for: less than all of it, so that thousands are looked at in an instant. */
export interface QueriedRun {
  readonly id: number
  readonly name: string
  readonly imported: object | null
  readonly datasetName: string
  readonly state: RunState
  readonly model: string
  readonly origin: string | null
  /** null: it is of another program. */
  readonly recipe: Recipe | null
  readonly departureCount: number
  /** Labels and values of what departs from the rule. */
  departureWords(): string
  readonly createdAtMs: number
  readonly stepsDone: number
  readonly lastLoss: number | null
  readonly accuracy: { readonly value: number } | null
  readonly topFive: number | null
  readonly balanced: number | null
  readonly wrongCount: number | null
  readonly trainingMs: number | null
  readonly engineWords: string
  readonly tags: readonly string[]
  readonly note: string
  readonly isStarred: boolean
  readonly isArchived: boolean
  readonly isDeleted: boolean
  readonly isInUse: boolean
  readonly groupName: string | null
  readonly parent: { readonly id: number; readonly name: string | null } | null
  readonly again: { readonly id: number; readonly name: string | null } | null
}

export function runRow(run: QueriedRun): RowValue {
  return (column) => (readers[column] ?? settingReaders[column])?.(run) ?? null
}

type Reader = (run: QueriedRun) => ReturnType<RowValue>

const readers: Readonly<Record<string, Reader>> = {
  id: ({ id }) => id,
  name: ({ name }) => name,
  dataset: ({ datasetName }) => datasetName,
  model: (run) => `${startWords(run)} ${run.model}`,
  state: ({ state }) => runStateSchema.options.indexOf(state),
  starred: ({ isStarred }) => Number(isStarred),
  archived: ({ isArchived }) => Number(isArchived),
  deleted: ({ isDeleted }) => Number(isDeleted),
  noted: ({ note }) => Number(note !== ''),
  tagged: ({ tags }) => Number(tags.length > 0),
  inUse: ({ isInUse }) => Number(isInUse),
  imported: ({ imported }) => Number(imported !== null),
  tag: ({ tags }) => tags,
  note: ({ note }) => note,
  group: ({ groupName }) => groupName,
  parent: ({ parent }) => (parent === null ? null : [String(parent.id), parent.name ?? '']),
  again: ({ again }) => (again === null ? null : [String(again.id), again.name ?? '']),
  engine: ({ engineWords }) => engineWords,
  accuracy: ({ accuracy }) => accuracy?.value ?? null,
  top5: ({ topFive }) => topFive,
  balanced: ({ balanced }) => balanced,
  mistakes: ({ wrongCount }) => wrongCount,
  loss: ({ lastLoss }) => lastLoss,
  steps: ({ stepsDone }) => stepsDone,
  time: ({ trainingMs }) => (trainingMs === null ? null : trainingMs / 1000),
  departures: ({ departureCount }) => departureCount,
  seed: ({ recipe }) => recipe?.seed ?? null,
  created: ({ createdAtMs }) => createdAtMs,
  any: words,
}

const settingReaders: Readonly<Record<string, Reader>> = Object.fromEntries(
  settings.map(({ key, field }) => [field.name, settingReader(key)]),
)

/** Numbers as they are, of switches and choices the place among what can be chosen. */
function settingReader(key: string): Reader {
  if (key === 'rule')
    return ({ recipe }) => (recipe === null ? null : ruleNameSchema.options.indexOf(recipe.rule))
  const table: Readonly<Record<string, RecipeField>> = recipeFields
  const setting = table[key]
  const options = setting?.kind === 'choice' ? Object.keys(setting.options) : []
  return ({ recipe }) => {
    const values: Readonly<Record<string, unknown>> = recipe ?? {}
    const value = values[key]
    if (typeof value === 'number') return value
    if (typeof value === 'boolean') return Number(value)
    return typeof value === 'string' ? options.indexOf(value) : null
  }
}

/** Where a word alone is looked for. */
function words(run: QueriedRun): string {
  return [
    run.name,
    ...run.tags,
    run.note,
    run.datasetName,
    run.model,
    startWords(run),
    ...(run.recipe === null ? ['imported'] : recipeWords(run.recipe)),
    run.state,
    run.engineWords,
    run.groupName ?? '',
    run.departureWords(),
  ].join('\n')
}

function recipeWords({ rule, preset, cropPx }: Recipe): string[] {
  return [rule === 'upstream' ? `pre-training ${preset ?? ''}` : 'HyperRule', `${cropPx}px`]
}
