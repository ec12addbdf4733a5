/**
 * The one table of what may be set in a recipe: what a value may be, what holds without one, its line in the plan with its words, its option at
 * the command line, its editor in the sheet. The schemas, the rules, the sheet, the command line and the trainer read it. Pure.
 */
import type { FieldTable } from './field'
import { fieldsBeyond } from './fields-beyond'
import { fieldsOfTheRule } from './fields-of-the-rule'

export const recipeFields = { ...fieldsOfTheRule, ...fieldsBeyond } as const

/** A table with at least the fields of the real one. */
export type RecipeTable = typeof recipeFields

const table: FieldTable = recipeFields

/** The key of the plan's line that says a field of a fine-tuning. */
export function lineOf(key: string): string | undefined {
  const field = table[key]
  return field?.of === 'pre-training' ? undefined : field?.line?.key
}
