/** What a search may vary, and what is typed for it. Pure. */
import type { SweepAxis } from '../../../contract/entities/queue'
import type { RecipeField } from '../../../domain/recipe/field'
import { recipeFields } from '../../../domain/recipe/fields'

interface Searched {
  readonly key: keyof typeof recipeFields
  readonly example: string
  /** Of the paper's random search, in words; null: it does not vary it. */
  readonly range: string | null
}

export const searchedSettings: readonly Searched[] = [
  { key: 'baseLearningRate', example: '0.003, 0.01, 0.03', range: '0.0001 to 0.1, logarithmic' },
  { key: 'stepCount', example: '100, 200, 500', range: '500, 1000, 2000, 4000, 8000, 16000' },
  { key: 'dropout', example: '0, 0.2, 0.5', range: '0 to 0.7' },
  { key: 'decayTowardInitial', example: '0, 0.0001, 0.01', range: '0.000001 to 0.1, logarithmic' },
  { key: 'mixupAlpha', example: '0, 0.1', range: '0, 0.05, 0.1, 0.2, 0.4' },
  { key: 'cropPx', example: '64, 128', range: '64, 128, 192, 256, 320, 384' },
  { key: 'batchSize', example: '64, 512', range: null },
  { key: 'weightDecay', example: '0, 0.0001', range: null },
  { key: 'freeze', example: 'none, block2', range: null },
]

/** Of the settings that something is typed for. What is no number where one belongs stays text, and is refused by the plan in words. */
export function axesOf(typed: Readonly<Record<string, string>>): SweepAxis[] {
  return searchedSettings.flatMap(({ key }) => {
    const texts = (typed[key] ?? '')
      .split(',')
      .map((text) => text.trim())
      .filter((text) => text !== '')
    const field: RecipeField = recipeFields[key]
    const values = texts.map((text) =>
      field.kind === 'number' && Number.isFinite(Number(text)) ? Number(text) : text,
    )
    return values.length === 0 ? [] : [{ key, values }]
  })
}
