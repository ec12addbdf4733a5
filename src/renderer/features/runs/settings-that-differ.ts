/** Of several runs, the settings in which they differ: the rest says nothing. Pure. */
import type { RunRow } from '../../../contract/entities/run-list'
import { startWords } from '../../../domain/model/model-names'
import { settings } from '../../../domain/query/run-fields'
import { settingText } from './run-columns'

export interface DifferingSetting {
  readonly name: string
  /** Of each run, in their order. */
  readonly values: readonly string[]
}

type Compared = Pick<RunRow, 'recipe' | 'datasetName' | 'model' | 'origin' | 'engineWords'>

const read: readonly { readonly name: string; readonly text: (run: Compared) => string }[] = [
  { name: 'dataset', text: ({ datasetName }) => datasetName },
  { name: 'model', text: startWords },
  ...settings.map(({ key, field }) => ({
    name: field.name,
    text: (run: Compared) => settingText(run, key),
  })),
  { name: 'seed', text: ({ recipe }) => String(recipe.seed) },
  { name: 'engine', text: ({ engineWords }) => engineWords },
]

export function settingsThatDiffer(runs: readonly Compared[]): DifferingSetting[] {
  return read
    .map(({ name, text }) => ({ name, values: runs.map(text) }))
    .filter(({ values }) => values.some((value) => value !== values[0]))
}
