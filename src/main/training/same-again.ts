/** What trains a run again: on its dataset as it is then, with the labels of then. */
import type { Overrides, Run, TrainRequest } from '../../contract/entities/run'
import { recipeFields } from '../../domain/recipe/fields'
import type { FieldTable } from '../../domain/recipe/field'

/** Every value of its recipe is set, but for the micro-batch, which this machine decides: another rule or budget would choose others for other images. */
export function sameAgain(run: Pick<Run, 'datasetId' | 'model' | 'recipe' | 'weights'>): TrainRequest {
  const { recipe } = run
  const table: FieldTable = recipeFields
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
