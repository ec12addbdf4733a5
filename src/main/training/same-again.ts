/** What trains a run again: on its dataset as it is then, with the labels of then. */
import type { Choice, Overrides, Run, TrainRequest } from '../../contract/entities/run'
import { lineOf, recipeFields } from '../../domain/recipe/fields'
import { userSetIt, userTurnedItOff, type FieldTable } from '../../domain/recipe/field'
import { findRun } from '../store/runs/find-runs'
import type { Db } from '../store/statement'

const table: FieldTable = recipeFields

/** Every value of its recipe is set, but for the micro-batch, which this machine decides: another rule or budget would choose others for other images. */
export function sameAgain(run: Pick<Run, 'datasetId' | 'model' | 'recipe' | 'weights'>): TrainRequest {
  const { recipe } = run
  const values = Object.entries(recipe).filter(
    ([key]) => key !== 'microBatchSize' && table[key] !== undefined && table[key].gives === undefined,
  )
  return {
    datasetId: run.datasetId,
    model: run.model,
    rule: recipe.rule,
    budgetMs: null,
    preset: recipe.preset ?? 'small',
    // the keys are those of the same table
    overrides: Object.fromEntries(values) as Overrides,
    seed: recipe.seed,
    weights: run.weights,
    name: '',
  }
}

/** The run that a request trains again; null: none, or it is not there any more, or of another dataset. */
export function runAgainOf(
  db: Db,
  { again, datasetId }: Pick<TrainRequest, 'again' | 'datasetId'>,
): Run | null {
  const run = again === undefined ? null : findRun(db, again)
  return run?.datasetId === datasetId ? run : null
}

/** Lines whose set values are all those of `before`: they are not the user's, and say so. */
export function withBefore(
  choices: readonly Choice[],
  overrides: Overrides,
  before: Pick<Run, 'name' | 'recipe'>,
): Choice[] {
  const set = Object.entries(overrides).filter(([, value]) => value !== undefined)
  const recipe: Readonly<Record<string, unknown>> = before.recipe
  const changed = new Set(
    set
      .filter(([key, value]) => JSON.stringify(recipe[key]) !== JSON.stringify(value))
      .map(([key]) => lineOf(key)),
  )
  const kept = new Set(set.map(([key]) => lineOf(key)))
  return choices.map((choice) => {
    if (!kept.has(choice.key) || changed.has(choice.key)) return choice
    const said = `As in ${before.name}`
    const own = [userSetIt, userTurnedItOff].find((words) => choice.because.startsWith(words))
    const because =
      own !== undefined
        ? said + choice.because.slice(own.length)
        : choice.departure === null
          ? choice.because
          : `${said}: ${choice.because}`
    const departure = choice.departure === null ? null : { ...choice.departure, by: 'again' as const }
    return { ...choice, because, departure }
  })
}
