/**
 * What the user asks for on the Train screen: the sheet of one dataset, and what it sets against the rule: values of the recipe, and layers,
 * which a model's name says. Pure.
 */
import { z } from 'zod'
import {
  autoModel,
  overridesSchema,
  ruleNameSchema,
  trainRequestSchema,
  upstreamPresetSchema,
  type Overrides,
  type RuleName,
  type TrainRequest,
} from '../../../contract/entities/run'
import type { RecipeField } from '../../../domain/recipe/field'
import { recipeFields, type RecipeTable } from '../../../domain/recipe/fields'

/** In place of a model's id: the weights are drawn from the seed. */
export const fromZero = 'zero'
/** Small enough for a machine without a GPU. */
const firstArchitecture = 'units:1-1-1-1,width:0.5'

/** A layer is set where it is not BiT's. */
const settingsSchema = overridesSchema.extend({
  norm: z.literal('batch').optional(),
  convolution: z.literal('plain').optional(),
})
export type Settings = z.infer<typeof settingsSchema>
export type LayerSettings = Pick<Settings, 'norm' | 'convolution'>
/** undefined goes back to the rule. */
export type Change = { readonly [K in keyof Settings]?: Settings[K] | undefined }

export const sheetSchema = z.object({
  /** The id of a model, or `fromZero`; null until the models are known. */
  from: z.string().max(4200).nullable(),
  /** The size of that model, as a run has it; null: the model itself says it. */
  model: z.string().max(100).nullable().default(null),
  /** Whether the user chose that; else a budget does. */
  fromAsked: z.boolean(),
  /** How long it may take; null: as long as the rule takes. */
  budgetMs: trainRequestSchema.shape.budgetMs,
  /** Whether the user chose that; else it follows from what the rule would take. */
  budgetAsked: z.boolean(),
  /** The size of a model that starts from zero, without its layers. */
  architecture: z.string().max(100),
  rule: ruleNameSchema,
  /** Which pre-training, where the rule is 'upstream'. */
  preset: upstreamPresetSchema,
  settings: settingsSchema,
  seed: trainRequestSchema.shape.seed,
  name: trainRequestSchema.shape.name,
  /** The checkpoint of a run that it goes on from; null: it begins at step 0. */
  continues: trainRequestSchema.shape.continues.unwrap().nullable().default(null),
  /** The run that it trains again; null: none. */
  again: trainRequestSchema.shape.again.unwrap().nullable().default(null),
})
export type Sheet = z.infer<typeof sheetSchema>

/** As a dataset's sheet begins: the rule alone. */
export const emptySheet: Sheet = {
  from: null,
  model: null,
  fromAsked: false,
  budgetMs: null,
  budgetAsked: false,
  architecture: firstArchitecture,
  rule: 'paper',
  preset: 'small',
  settings: {},
  seed: 0,
  name: '',
  continues: null,
  again: null,
}

/** The same subject with nothing set. What it starts from, its size, its time and its name are no settings, and stay. */
export function ruledSheet(sheet: Sheet): Sheet {
  const { from, model, fromAsked, budgetMs, budgetAsked, architecture, name } = sheet
  return { ...emptySheet, from, model, fromAsked, budgetMs, budgetAsked, architecture, name }
}

/** Whether anything is there that `ruledSheet` takes away. */
export function departs({ settings, rule, preset, seed }: Sheet): boolean {
  const { rule: ownRule, preset: ownPreset, seed: ownSeed } = emptySheet
  return Object.keys(settings).length > 0 || rule !== ownRule || preset !== ownPreset || seed !== ownSeed
}

/** What was set on one sheet, on the subject of another: for a dataset that shall be trained like the one before. */
export function likewise(set: Sheet, subject: Sheet): Sheet {
  return { ...set, name: subject.name, continues: null, again: null }
}

/**
 * The sheet that asks for what `request` asked for, e.g. to train once more what was trained before. The name is left to the workbench, which
 * finds one that is free.
 */
export function sheetOf(request: TrainRequest): Sheet {
  const { model, weights, rule, preset, overrides, seed, budgetMs, continues = null, again = null } = request
  const [architecture = '', ...layers] = model.split('+')
  return {
    from: model === autoModel ? null : (weights ?? fromZero),
    model: model === autoModel || weights === null ? null : model,
    fromAsked: model !== autoModel,
    budgetMs,
    budgetAsked: true,
    // weights say their size themselves; the size is what "from zero" would take
    architecture: weights === null && model !== autoModel ? architecture : firstArchitecture,
    rule,
    preset,
    settings: {
      ...overrides,
      ...(weights === null && layers.includes('bn') && { norm: 'batch' as const }),
      ...(weights === null && layers.includes('plain') && { convolution: 'plain' as const }),
    },
    seed,
    name: '',
    continues,
    again,
  }
}

/** The recipe's values of these, without those that do not go together: pre-training and a linear probe, a linear probe and a random crop. */
export function overridesOf(
  settings: Settings,
  rule: RuleName,
  table: RecipeTable = recipeFields,
): Overrides {
  const probes = rule !== 'upstream' && settings.linearProbe === true
  const cuts = Object.entries<RecipeField>(table).filter(([, field]) => field.cuts)
  const left = ['norm', 'convolution', ...(probes ? cuts.map(([key]) => key) : [])]
  if (rule === 'upstream') left.push('linearProbe')
  return Object.fromEntries(Object.entries(settings).filter(([key]) => !left.includes(key)))
}

/** 'R50x1' → 'R50x1+bn', as `parseModel` reads it. */
export function withLayers(size: string, { norm, convolution }: LayerSettings): string {
  return `${size}${norm === 'batch' ? '+bn' : ''}${convolution === 'plain' ? '+plain' : ''}`
}
