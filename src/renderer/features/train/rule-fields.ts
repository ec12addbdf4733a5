/** Which line of the rule is set by which values, and in what range. Pure. */
import type { Choice, Overrides, Recipe, RuleName } from '../../../contract/entities/run'
import type { RecipeField, ValuesOf } from '../../../domain/recipe/field'
import { recipeFields, type RecipeTable } from '../../../domain/recipe/fields'
import type { Change, Settings } from '../../state/runs/train-settings'
import type { NumberRange } from './read-number'

type KeyOf<Kind> = keyof ValuesOf<RecipeTable, Kind>
export type NumberKey = KeyOf<{ readonly kind: 'number' }>
type SwitchKey = KeyOf<{ readonly editor: { readonly to: unknown } }>
type SelectKey = KeyOf<{ readonly editor: 'select' }> | 'norm' | 'convolution'

export interface NumberField extends NumberRange {
  readonly kind: 'number'
  readonly key: NumberKey
  readonly label: string
}
/** Two values: the rule's, and this one. */
export interface SwitchField {
  readonly kind: 'switch'
  readonly key: SwitchKey
  readonly other: Overrides
}
/** One of several; labels are the words in which the rule's line says them. */
export interface SelectField {
  readonly kind: 'select'
  readonly key: SelectKey
  readonly options: readonly { readonly value: string; readonly label: string }[]
}
export type RuleField = NumberField | SwitchField | SelectField
/** What decides which lines can be set. */
export interface Circumstances extends Pick<Recipe, 'rule' | 'linearProbe'> {
  /** The weights that it starts from have their layers. */
  readonly fromWeights: boolean
}

/** Lines that the model's name says. */
const layers: Readonly<Record<string, SelectField>> = {
  norm: select('norm', { group: 'GroupNorm', batch: 'BatchNorm' }),
  convolution: select('convolution', { standardized: 'weight-standardized', plain: 'plain' }),
}

/** The values behind a line of the rule; none where it follows from others. */
export function fieldsOf(
  choiceKey: string,
  { rule, linearProbe, fromWeights }: Circumstances,
  table: RecipeTable = recipeFields,
): readonly RuleField[] {
  const layer = isLayer(choiceKey) ? layers[choiceKey] : undefined
  if (layer !== undefined) return fromWeights ? [] : [layer]
  const training = rule === 'upstream' ? 'pre-training' : 'fine-tuning'
  return Object.entries<RecipeField>(table).flatMap(([key, field]) => {
    const follows = (linearProbe && field.cuts) || (field.of !== undefined && field.of !== training)
    return field.line?.key !== choiceKey || follows ? [] : editorsOf(key, field)
  })
}

export function isLayer(choiceKey: string): boolean {
  return Object.hasOwn(layers, choiceKey)
}

/** Whether a line is of what the rule leaves out. */
export function isBeyond(choiceKey: string, rule: RuleName, table: RecipeTable = recipeFields): boolean {
  const field = Object.values<RecipeField>(table).find(({ line }) => line?.key === choiceKey)
  return (
    isLayer(choiceKey) || field?.beyond === 'both' || (field?.beyond === 'fine-tuning' && rule !== 'upstream')
  )
}

/** Whether the user set any of these values. */
export function isSet(ruleFields: readonly RuleField[], settings: Settings): boolean {
  return ruleFields.some(({ key }) => settings[key] !== undefined)
}

/** The option that a line says. */
export function optionOf(field: SelectField, choice: Choice): string | undefined {
  return field.options.find(({ label }) => label === choice.value)?.value
}

/** An option of a line; the rule's own is no departure from it. */
export function selectChange(field: SelectField, value: string, choice: Choice): Change {
  const label = field.options.find((option) => option.value === value)?.label
  const own = choice.departure === null ? choice.value : choice.departure.ruleValue
  return { [field.key]: label === own ? undefined : value }
}

/** What edits a field: one, or none. The key is the table's own. */
function editorsOf(key: string, field: RecipeField): readonly RuleField[] {
  if (field.editor === undefined) return []
  if (field.kind === 'number') {
    const { min, max = Number.MAX_SAFE_INTEGER, whole } = field
    const { label, unit = '', least = min } = field.editor
    return [{ kind: 'number', key: key as NumberKey, label, min: least, max, whole, unit }]
  }
  if (field.kind === 'choice' && field.editor === 'select') {
    const labels = Object.entries(field.options).map(([value, { label }]) => [value, label] as const)
    return [select(key as SelectKey, Object.fromEntries(labels))]
  }
  if (field.editor === 'select') return []
  return [{ kind: 'switch', key: key as SwitchKey, other: { [key]: field.editor.to } }]
}

function select(key: SelectKey, labels: Readonly<Record<string, string>>): SelectField {
  return { kind: 'select', key, options: Object.entries(labels).map(([value, label]) => ({ value, label })) }
}
