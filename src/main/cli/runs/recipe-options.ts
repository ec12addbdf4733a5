/** The options of the fields of a recipe, and what they set. */
import { Option, type Command } from 'commander'
import type { Overrides } from '../../../contract/entities/run'
import { optionsOf, type RecipeField, type Training } from '../../../domain/recipe/field'
import { recipeFields, type RecipeTable } from '../../../domain/recipe/fields'
import { decimal, integer } from '../arguments'

/** Those of this training alone stand first. */
export function withRecipeOptions(command: Command, training: Training, table: RecipeTable): Command {
  const options = Object.entries<RecipeField>(table).flatMap(([key, field]) => {
    const only = field.of ?? field.command?.of
    if (field.command === undefined || (only !== undefined && only !== training)) return []
    return [{ only, option: optionOf(key, field, field.command) }]
  })
  for (const { only, option } of options) if (only !== undefined) command.addOption(option)
  for (const { only, option } of options) if (only === undefined) command.addOption(option)
  return command
}

/** Only what was given: an absent key follows the rule. */
export function overridesOf(
  options: Readonly<Record<string, unknown>>,
  table: RecipeTable = recipeFields,
): Overrides {
  return Object.fromEntries(
    Object.entries<RecipeField>(table).flatMap(([key, field]) => {
      const { [key]: value } = options
      // commander has "on" for what only "--no-…" was declared of
      const isGiven = field.kind === 'switch' ? value === switchedTo(field) : value !== undefined
      return isGiven ? [[key, value]] : []
    }),
  )
}

function optionOf(
  key: string,
  field: RecipeField,
  { flag, help }: NonNullable<RecipeField['command']>,
): Option {
  const option = new Option(flag, help)
  // The flag's name may be another one's: "--no-crop" is not the opposite of "--crop PX".
  option.attributeName = () => key
  if (field.kind === 'choice') option.choices(optionsOf(field))
  if (field.kind === 'number') {
    const { min, max = Number.MAX_SAFE_INTEGER } = field
    option.argParser(field.whole ? integer(min, max) : decimal(min, max, field.above))
  }
  return option
}

function switchedTo({ command }: RecipeField): boolean {
  return command?.flag.startsWith('--no-') !== true
}
