/** The schemas of a recipe and of what the user may set against the rule, from the table of fields. Pure. */
import { z } from 'zod'
import { optionsOf, type FieldTable, type RecipeField, type ValueOf } from './field'
import { recipeFields, type RecipeTable } from './fields'

/** BiT-HyperRule as the paper or as the authors' code has it; or pre-training from zero, as the paper's upstream models. */
export const ruleNameSchema = z.enum(['paper', 'reference-code', 'upstream'])
export type RuleName = z.infer<typeof ruleNameSchema>
export type HyperRuleName = Exclude<RuleName, 'upstream'>

/** Pre-training as in the paper, its two studies, and one that a desktop can do. See domain/rules/upstream-presets.ts. */
export const upstreamPresetSchema = z.enum([
  'BiT-S',
  'BiT-M',
  'BiT-L',
  'small',
  'short-schedule',
  'low-weight-decay',
])
export type UpstreamPreset = z.infer<typeof upstreamPresetSchema>

type ValueSchema<F> = z.ZodType<ValueOf<F>, ValueOf<F>>
type SetShape<T> = { -readonly [K in keyof T]: ValueSchema<T[K]> }
type StoredShape<T> = {
  -readonly [K in keyof T as T[K] extends { readonly gives: string } ? never : K]: T[K] extends {
    readonly off: unknown
  }
    ? z.ZodDefault<ValueSchema<T[K]>>
    : ValueSchema<T[K]>
}

/** What the user may set against the rule. An absent key follows the rule. */
export function overridesSchemaOf(table: RecipeTable = recipeFields) {
  return z.object(setShape(table)).partial()
}

/** Everything that determines a run beside its dataset, split and initial weights. */
export function recipeSchemaOf(table: RecipeTable = recipeFields) {
  return z.object({
    rule: ruleNameSchema,
    sizeClass: z.enum(['small', 'medium', 'large']),
    ...storedShape(table),
    momentum: z.number(),
    /** The rate is divided by 10 at each of these step indices. */
    decayAtSteps: z.array(z.int()),
    /** Recipes that were stored before there was a choice have none. */
    preset: upstreamPresetSchema.nullable().default(null),
    seed: z.int(),
  })
}

export const overridesSchema = overridesSchemaOf()
export type Overrides = z.infer<typeof overridesSchema>
export const recipeSchema = recipeSchemaOf()
export type Recipe = z.infer<typeof recipeSchema>
export type Precision = Recipe['precision']
export const lossNameSchema = z.enum(optionsOf(recipeFields.loss))
export type LossName = Recipe['loss']
export type Freeze = Recipe['freeze']

// The shapes are built from the same table as their types, key by key, which the compiler cannot follow.
function setShape<T extends FieldTable>(table: T): SetShape<T> {
  return Object.fromEntries(
    Object.entries(table).map(([key, field]) => [key, setSchema(field)]),
  ) as SetShape<T>
}

function storedShape<T extends FieldTable>(table: T): StoredShape<T> {
  const stored = Object.entries(table).filter(([, { gives }]) => gives === undefined)
  return Object.fromEntries(
    stored.map(([key, field]) => {
      const schema = kindSchema(field)
      return [key, field.off === undefined ? schema : schema.default(field.off)]
    }),
  ) as StoredShape<T>
}

/** Of a stored value: what was allowed when it was stored stays so. */
function kindSchema(field: RecipeField): z.ZodType {
  if (field.kind === 'switch') return z.boolean()
  if (field.kind === 'choice') return z.enum(optionsOf(field))
  return field.whole ? z.int() : z.number()
}

function setSchema(field: RecipeField): z.ZodType {
  const schema = kindSchema(field)
  if (field.kind !== 'number' || !(schema instanceof z.ZodNumber)) return schema
  const from = field.above ? schema.gt(field.min) : schema.min(field.min)
  return field.max === undefined ? from : from.max(field.max)
}
