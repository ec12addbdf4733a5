/** Of several runs, the settings in which they differ: the rest says nothing. Pure. */
import type { RunRow } from '../../contract/entities/run-list'
import { startWords } from '../model/model-names'
import { settings } from '../query/run-fields'
import { settingName, settingText } from '../recipe/setting-words'

export interface DifferingSetting {
  readonly name: string
  /** Of each run, in their order. */
  readonly values: readonly string[]
}

type Compared = Pick<RunRow, 'recipe' | 'datasetName' | 'model' | 'origin' | 'engineWords'>

const read: readonly { readonly name: string; readonly text: (run: Compared) => string }[] = [
  { name: 'Dataset', text: ({ datasetName }) => datasetName },
  { name: 'Model', text: startWords },
  ...[...settings.map(({ key }) => key), 'seed'].map((key) => ({
    name: settingName(key),
    text: ({ recipe }: Compared) => settingText(recipe, key),
  })),
  { name: 'Engine', text: ({ engineWords }) => engineWords },
]

export function settingsThatDiffer(runs: readonly Compared[]): DifferingSetting[] {
  return read
    .map(({ name, text }) => ({ name, values: runs.map(text) }))
    .filter(({ values }) => values.some((value) => value !== values[0]))
}
