/** The words for a setting, wherever one heads a column or a row. Pure. */
import type { RecipeField } from './field'
import { recipeFields } from './fields'

/** Where the line of the plan says several settings, or none, or its word needs the plan around it. */
const ownNames: Readonly<Record<string, string>> = {
  rule: 'Rule',
  seed: 'Seed',
  microBatchSize: 'Micro-batch',
  resizePx: 'Resize, px',
  cropPx: 'Crop, px',
  crop: 'Kind of crop',
  leastCropArea: 'Least crop area',
  checkpointEverySteps: 'Checkpoint every',
  evaluateEverySteps: 'Evaluate every',
  keepHead: 'Head kept',
}

/** 'Learning rate' of 'baseLearningRate': as the Train screen says it. */
export function settingName(key: string): string {
  const fields: Readonly<Record<string, RecipeField | undefined>> = recipeFields
  return ownNames[key] ?? fields[key]?.line?.label ?? key
}

/** '' where the recipe has none, or there is no recipe. */
export function settingText(recipe: object | null, key: string): string {
  const values: Readonly<Record<string, unknown>> = { ...recipe }
  const value = values[key]
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  return typeof value === 'number' || typeof value === 'string' ? String(value) : ''
}
