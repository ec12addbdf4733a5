/** Which line of the rule is set by which values, and in what range. Pure. */
import type { Overrides, Recipe } from '../../../contract/entities/run'

type SwitchKey = 'flip' | 'randomCrop' | 'precision' | 'linearProbe' | 'keepHead'
type SelectKey = 'freeze' | 'loss' | 'crop'
/** `epochCount` gives the steps, and the recipe has those. */
export type NumberKey = Exclude<keyof Overrides, SwitchKey | SelectKey | 'epochCount'>

export interface NumberField {
  readonly kind: 'number'
  readonly key: NumberKey
  readonly label: string
  readonly min: number
  readonly max: number
  readonly whole: boolean
}
/** Two values: the rule's, and this one. */
export interface SwitchField {
  readonly kind: 'switch'
  readonly key: SwitchKey
  readonly other: Overrides
}
/** One of several. */
export interface SelectField {
  readonly kind: 'select'
  readonly key: SelectKey
  readonly options: readonly { readonly value: string; readonly label: string }[]
}
export type RuleField = NumberField | SwitchField | SelectField

const fields: Readonly<Record<string, readonly RuleField[]>> = {
  stepCount: [number('stepCount', 'Steps', 1, 10_000_000)],
  resize: [number('resizePx', 'Resize, px', 16, 4096), number('cropPx', 'Crop, px', 16, 4096)],
  baseLearningRate: [number('baseLearningRate', 'Learning rate', 1e-9, 10, false)],
  batch: [number('batchSize', 'Batch', 1, 65_536), number('microBatchSize', 'At once', 1, 65_536)],
  mixup: [number('mixupAlpha', 'α, 0 is off', 0, 10, false)],
  flip: [{ kind: 'switch', key: 'flip', other: { flip: false } }],
  crop: [{ kind: 'switch', key: 'randomCrop', other: { randomCrop: false } }],
  warmup: [number('warmupStepCount', 'Steps, 0 is none', 0, 10_000_000)],
  loss: [select('loss', ['softmax', 'sigmoid'])],
  cropKind: [select('crop', ['square', 'inception'])],
  weightDecay: [number('weightDecay', 'Per step, 0 is off', 0, 1, false)],
  decayTowardInitial: [number('decayTowardInitial', 'Per step, 0 is off', 0, 1, false)],
  dropout: [number('dropout', 'Share, 0 is off', 0, 0.95, false)],
  freeze: [select('freeze', ['none', 'root', 'block1', 'block2', 'block3', 'block4'])],
  linearProbe: [{ kind: 'switch', key: 'linearProbe', other: { linearProbe: true } }],
  head: [{ kind: 'switch', key: 'keepHead', other: { keepHead: true } }],
  precision: [{ kind: 'switch', key: 'precision', other: { precision: 'bfloat16' } }],
}

/** The values behind a line of the rule; none where it follows from others. */
export function fieldsOf(choiceKey: string): readonly RuleField[] {
  return fields[choiceKey] ?? []
}

/** Whether the user set any value of this line. */
export function isSet(choiceKey: string, overrides: Overrides): boolean {
  return fieldsOf(choiceKey).some(({ key }) => overrides[key] !== undefined)
}

/**
 * What was written, as a value of the field; 'rule' where nothing is written or the text is what the rule has anyway,
 * null where it is no number in range.
 */
export function readField(
  field: NumberField,
  text: string,
  recipe: Recipe,
  overrides: Overrides,
): number | 'rule' | null {
  const trimmed = text.trim().replace(',', '.')
  if (trimmed === '') return 'rule'
  const value = Number(trimmed)
  if (!Number.isFinite(value) || value < field.min || value > field.max) return null
  if (field.whole && !Number.isInteger(value)) return null
  return overrides[field.key] === undefined && value === recipe[field.key] ? 'rule' : value
}

function select(key: SelectKey, values: readonly string[]): SelectField {
  return { kind: 'select', key, options: values.map((value) => ({ value, label: value })) }
}

function number(key: NumberKey, label: string, min: number, max: number, whole = true): NumberField {
  return { kind: 'number', key, label, min, max, whole }
}
