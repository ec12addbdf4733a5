/** What decides how weights learn, beside the rate: the loss, what is frozen, what pulls on the weights. Pure. */
import type { Freeze, Recipe } from '../../../contract/entities/run'
import { offValues, optionsOf, type ValuesOf } from '../../../domain/recipe/field'
import { recipeFields, type RecipeTable } from '../../../domain/recipe/fields'

/** The recipe's values of the fields that the table says the step reads. */
export type Learning = ValuesOf<RecipeTable, { readonly learns: true }>

export function learningOf(recipe: Partial<Recipe>, table: RecipeTable = recipeFields): Learning {
  const values = Object.entries(offValues(table, recipe))
  return Object.fromEntries(
    values.filter(([key]) => 'learns' in table[key as keyof Learning]),
  ) as unknown as Learning
}

/** HyperRule's. */
export const plainLearning: Learning = learningOf({})

const order: readonly Freeze[] = optionsOf(recipeFields.freeze).filter((part) => part !== 'none')

/** Whether the parameter of this published name learns. The last norm and the head always do. */
export function isTrained(name: string, freeze: Freeze): boolean {
  const part = /^resnet\/(root|block[1-4])/.exec(name)?.[1]
  return part === undefined || order.indexOf(part as Freeze) > order.indexOf(freeze)
}
