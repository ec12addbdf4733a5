/** The command that trains a run again, and what differs in its dataset since. Pure. */
import type { DatasetVersion } from '../contract/entities/dataset'
import type { Run } from '../contract/entities/run'
import { differenceText } from './difference-words'
import { plural } from './figures'
import type { RecipeField } from './recipe/field'
import { recipeFields } from './recipe/fields'

type Reproduced = Pick<Run, 'datasetName' | 'model' | 'recipe' | 'weights' | 'name'>

/**
 * `bitw train …` with every setting given, also those that the rule would choose: for other images it would choose others. Quoted for a POSIX shell.
 * `engine` is not part of it: the same numbers need the same engine and machine.
 */
export function runCommand(run: Reproduced): string {
  const { recipe } = run
  const isPretraining = recipe.rule === 'upstream'
  const values: Readonly<Record<string, unknown>> = recipe
  const words = [
    'bitw',
    isPretraining ? 'pretrain' : 'train',
    ...['--dataset', run.datasetName, '--model', run.model],
    ...(run.weights === null ? [] : ['--weights', run.weights]),
    ...(isPretraining ? ['--preset', recipe.preset ?? 'small'] : ['--rule', recipe.rule]),
    ...Object.entries<RecipeField>(recipeFields).flatMap(([key, field]) =>
      isOf(field, isPretraining) ? optionWords(field, values[key]) : [],
    ),
    ...['--seed', String(recipe.seed)],
  ]
  return words.map(quoted).join(' ')
}

function isOf({ of, command, gives }: RecipeField, isPretraining: boolean): boolean {
  const only = of ?? command?.of
  return gives === undefined && (only === undefined || (only === 'pre-training') === isPretraining)
}

function optionWords({ kind, command }: RecipeField, value: unknown): string[] {
  const flag = command?.flag.split(' ')[0]
  if (flag === undefined || value === undefined) return []
  if (kind === 'switch') return value === !flag.startsWith('--no-') ? [flag] : []
  return [flag, String(value)]
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}

/** A sentence each; empty where it would train on the same images, classes and parts. `versions`: oldest first. */
export function dataSince(
  run: Pick<Run, 'datasetName' | 'datasetVersion' | 'splitHash'>,
  versions: readonly DatasetVersion[],
): string[] {
  const current = versions.find(({ isCurrent }) => isCurrent)
  if (current === undefined || current.splitHash === run.splitHash) return []
  const used = run.datasetVersion
  const what =
    used === null
      ? `${run.datasetName} is at version ${String(current.number)} now, which has other images, classes or parts.`
      : `${run.datasetName} is at version ${String(current.number)} now; the run used version ${String(used)}.`
  const since = versions.filter(({ number }) => number > (used ?? 0) && number <= current.number)
  const made = {
    import: 'imported',
    split: 'a new split',
    'take-in': 'changes of the source',
    labels: 'corrected labels',
  } as const
  return [
    what,
    ...since.map(({ number, madeBy, changes, imageCount }) => {
      const counts = changes === null ? '' : differenceText(changes)
      return `Version ${String(number)}: ${made[madeBy]}${counts === '' ? '' : `: ${counts}`}, ${plural(imageCount, 'image')}.`
    }),
  ]
}
