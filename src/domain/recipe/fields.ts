/**
 * The one table of what may be set in a recipe: what a value may be, what holds without one, its line in the plan with its words, its option at
 * the command line, its editor in the sheet. The schemas, the rules, the sheet, the command line and the trainer read it. Pure.
 */
import { fieldsBeyond } from './fields-beyond'
import { fieldsOfTheRule } from './fields-of-the-rule'

export const recipeFields = { ...fieldsOfTheRule, ...fieldsBeyond } as const

/** A table with at least the fields of the real one. */
export type RecipeTable = typeof recipeFields
