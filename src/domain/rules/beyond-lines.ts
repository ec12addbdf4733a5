/** The lines of the fields that rules leave out, in the words of the table: the same for fine-tuning and pre-training. Pure. */
import type { Choice, Recipe } from '../../contract/entities/run'
import { wordsOf, type RecipeField } from '../recipe/field'
import type { RecipeTable } from '../recipe/fields'
import { line } from './rule-words'

export const wholeImage = 'a linear probe reads the whole image once'

/** `ruleValues`: what the rule has where it does not have the field off. */
export function beyondLines(recipe: Recipe, ruleValues: Partial<Recipe>, table: RecipeTable): Choice[] {
  return Object.entries<RecipeField>(table).flatMap(([key, field]) =>
    field.beyond === undefined ? [] : [saidLine(key, field, recipe, ruleValues)],
  )
}

/** The line of one field that has `off` and words. */
export function wordedLine(key: keyof RecipeTable, recipe: Recipe, table: RecipeTable): Choice {
  return saidLine(key, table[key], recipe, {})
}

function saidLine(
  key: string,
  field: RecipeField,
  recipe: Recipe,
  ruleValues: Readonly<Record<string, unknown>>,
): Choice {
  if (field.line === null) throw new Error(`The recipe's field ${key} has no line.`)
  if (field.cuts && recipe.linearProbe) return line(field.line.key, field.line.label, 'none', wholeImage)
  const { [key]: value = field.off }: Readonly<Record<string, unknown>> = recipe
  const said = wordsOf(field, value, recipe)
  const ruleValue = wordsOf(field, ruleValues[key] ?? field.off, recipe).value
  return line(field.line.key, field.line.label, said.value, said.because, ruleValue)
}
