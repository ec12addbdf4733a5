/** What was typed into the fields of a line of the rule, as a change of the settings, or what is wrong with it. Pure. */
import type { Recipe } from '../../../contract/entities/run'
import { formatCount, formatPx } from '../../format'
import type { Change, Settings } from '../../state/runs/train-settings'
import { readNumber } from './read-number'
import type { NumberField, NumberKey } from './rule-fields'

/** A field's value in a recipe; the recipe has passes as steps. */
export function valueOf(key: NumberKey, recipe: Recipe, exampleCount: number): number {
  if (key !== 'epochCount') return recipe[key]
  return Number(((recipe.stepCount * recipe.batchSize) / Math.max(1, exampleCount)).toPrecision(4))
}

export type FieldReading = { readonly value: number | 'rule' } | { readonly problem: string }

/** What was typed into a field; 'rule' where nothing is, or what the rule has anyway (`now`, where the user set nothing). */
function readField(field: NumberField, text: string, now: number, set: boolean): FieldReading {
  if (text.trim() === '') return { value: 'rule' }
  const typed = readNumber(text, field)
  return 'value' in typed && !set && typed.value === now ? { value: 'rule' } : typed
}

export interface LineReading {
  /** What the texts ask for. Passes and steps take each other's place. */
  readonly change: Change
  /** By field, what is wrong with its text, a sentence or two: while there is one, `change` is not what was meant. */
  readonly problems: Readonly<Partial<Record<NumberKey, string>>>
}

/** `texts` of all fields of a line, by key; `recipe` is the one that they were filled from. */
export function readLine(
  numbers: readonly NumberField[],
  texts: Readonly<Record<string, string>>,
  recipe: Recipe,
  exampleCount: number,
  settings: Settings,
): LineReading {
  const change: Partial<Record<NumberKey, number | undefined>> = {}
  const problems: Partial<Record<NumberKey, string>> = {}
  const asked: Partial<Record<NumberKey, number>> = {}
  for (const field of numbers) {
    const { key } = field
    const now = valueOf(key, recipe, exampleCount)
    const read = readField(field, texts[key] ?? '', now, settings[key] !== undefined)
    if ('problem' in read) problems[key] = read.problem
    else if (read.value !== 'rule') asked[key] = read.value
    if ('value' in read && read.value !== now) change[key] = read.value === 'rule' ? undefined : read.value
  }
  if (change.stepCount !== undefined) change.epochCount = undefined
  else if (change.epochCount !== undefined) change.stepCount = undefined
  return { change, problems: { ...together(asked, recipe), ...problems } }
}

/** What each is allowed alone, and not beside the other. What the rule has follows the other by itself. */
function together(asked: Partial<Record<NumberKey, number>>, recipe: Recipe): LineReading['problems'] {
  const { resizePx, cropPx, batchSize = recipe.batchSize, microBatchSize } = asked
  const problems: Partial<Record<NumberKey, string>> = {}
  if (resizePx !== undefined && cropPx !== undefined && cropPx > resizePx)
    problems.cropPx = `${formatPx(cropPx)} is larger than the resize, ${formatPx(resizePx)}. Allowed: at most the resize.`
  if (microBatchSize !== undefined && microBatchSize > batchSize)
    problems.microBatchSize = `${formatCount(microBatchSize)} is more than the batch. Allowed: at most ${formatCount(batchSize)}.`
  return problems
}
