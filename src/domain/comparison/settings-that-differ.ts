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

type Compared = Pick<
  RunRow,
  | 'imported'
  | 'recipe'
  | 'datasetName'
  | 'datasetVersion'
  | 'exampleCount'
  | 'model'
  | 'origin'
  | 'engineWords'
>

const numberText = (value: number | null): string => (value === null ? '' : value.toLocaleString('en'))

const read: readonly { readonly name: string; readonly text: (run: Compared) => string }[] = [
  { name: 'Dataset', text: ({ datasetName }) => datasetName },
  { name: 'Version of the dataset', text: ({ datasetVersion }) => numberText(datasetVersion) },
  { name: 'Training images', text: ({ exampleCount }) => numberText(exampleCount) },
  { name: 'Model', text: startWords },
  ...[...settings.map(({ key }) => key), 'seed'].map((key) => ({
    name: settingName(key),
    text: ({ recipe }: Compared) => settingText(recipe, key),
  })),
  { name: 'Engine', text: ({ engineWords }) => engineWords },
]

export function settingsThatDiffer(runs: readonly Compared[]): DifferingSetting[] {
  // Each program has its own names: a setting of theirs is a line of its own, but for those of the same name.
  const theirs = [...new Set(runs.flatMap(({ imported }) => imported?.settings.map(([name]) => name) ?? []))]
  const lines = [
    ...read,
    ...theirs.map((name) => ({
      name,
      text: ({ imported }: Compared) => imported?.settings.find(([one]) => one === name)?.[1] ?? '',
    })),
  ]
  const isOurs = runs.map(({ recipe }) => recipe !== null)
  const areSeveral = isOurs.filter(Boolean).length > 1
  return lines
    .map(({ name, text }) => ({ name, values: runs.map(text) }))
    .filter(({ name, values }) => {
      // A setting that another program has no word for says nothing of how ours differ.
      const held = areSeveral && !theirs.includes(name) ? values.filter((_, at) => isOurs[at]) : values
      return held.some((value) => value !== held[0])
    })
}
