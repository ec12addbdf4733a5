/** Which line of the rule is set by which values, and in what range. Pure. */
import type { Choice, Overrides, Recipe, RuleName } from '../../../contract/entities/run'
import type { Change, Settings } from '../../state/train-settings'
import type { NumberRange } from './read-number'

type SwitchKey = 'flip' | 'randomCrop' | 'precision' | 'linearProbe' | 'keepHead'
type SelectKey = 'freeze' | 'loss' | 'crop' | 'norm' | 'convolution'
export type NumberKey = Exclude<keyof Overrides, SwitchKey | SelectKey>

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

const steps = number('stepCount', 'Steps', 1, 10_000_000)
const fields: Readonly<Record<string, readonly RuleField[]>> = {
  stepCount: [steps],
  resize: [
    number('resizePx', 'Resize, px', 16, 4096, true, 'px'),
    number('cropPx', 'Crop, px', 16, 4096, true, 'px'),
  ],
  baseLearningRate: [number('baseLearningRate', 'Learning rate', 1e-9, 10, false)],
  batch: [number('batchSize', 'Batch', 1, 65_536), number('microBatchSize', 'At once', 1, 65_536)],
  mixup: [number('mixupAlpha', 'α, 0 is off', 0, 10, false)],
  flip: [{ kind: 'switch', key: 'flip', other: { flip: false } }],
  crop: [{ kind: 'switch', key: 'randomCrop', other: { randomCrop: false } }],
  warmup: [number('warmupStepCount', 'Steps, 0 is none', 0, 10_000_000)],
  loss: [select('loss', { softmax: 'softmax', sigmoid: 'sigmoid' })],
  cropKind: [select('crop', { square: 'random square', inception: 'inception' })],
  weightDecay: [number('weightDecay', 'Per step, 0 is off', 0, 1, false)],
  decayTowardInitial: [number('decayTowardInitial', 'Per step, 0 is off', 0, 1, false)],
  dropout: [number('dropout', 'Share, 0 is off', 0, 0.95, false)],
  freeze: [
    select('freeze', {
      none: 'nothing',
      root: 'up to root',
      block1: 'up to block1',
      block2: 'up to block2',
      block3: 'up to block3',
      block4: 'up to block4',
    }),
  ],
  norm: [select('norm', { group: 'GroupNorm', batch: 'BatchNorm' })],
  convolution: [select('convolution', { standardized: 'weight-standardized', plain: 'plain' })],
  linearProbe: [{ kind: 'switch', key: 'linearProbe', other: { linearProbe: true } }],
  head: [{ kind: 'switch', key: 'keepHead', other: { keepHead: true } }],
  precision: [{ kind: 'switch', key: 'precision', other: { precision: 'bfloat16' } }],
}
/** Pre-training counts in passes over the images. */
const upstreamFields: Readonly<Record<string, readonly RuleField[]>> = {
  stepCount: [number('epochCount', 'Passes', 0.001, 100_000, false), steps],
  head: [],
  linearProbe: [],
}

/** Lines that the model's name says. */
const layers: readonly string[] = ['norm', 'convolution']
/** What is random in an image, of which a linear probe reads all. */
const crops: readonly string[] = ['crop', 'cropKind']
const beyond: readonly string[] = [
  'loss',
  'cropKind',
  'weightDecay',
  'decayTowardInitial',
  'dropout',
  'freeze',
  'linearProbe',
  ...layers,
]
/** What pre-training itself has numbers for. */
const upstreamOwn: readonly string[] = ['loss', 'cropKind', 'weightDecay']

/** The values behind a line of the rule; none where it follows from others. */
export function fieldsOf(
  choiceKey: string,
  { rule, linearProbe, fromWeights }: Circumstances,
): readonly RuleField[] {
  if (fromWeights && isLayer(choiceKey)) return []
  if (linearProbe && crops.includes(choiceKey)) return []
  return (rule === 'upstream' ? upstreamFields[choiceKey] : undefined) ?? fields[choiceKey] ?? []
}

export function isLayer(choiceKey: string): boolean {
  return layers.includes(choiceKey)
}

/** Whether a line is of what the rule leaves out. */
export function isBeyond(choiceKey: string, rule: RuleName): boolean {
  return beyond.includes(choiceKey) && !(rule === 'upstream' && upstreamOwn.includes(choiceKey))
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

function select(key: SelectKey, labels: Readonly<Record<string, string>>): SelectField {
  return { kind: 'select', key, options: Object.entries(labels).map(([value, label]) => ({ value, label })) }
}

function number(
  key: NumberKey,
  label: string,
  min: number,
  max: number,
  whole = true,
  unit = '',
): NumberField {
  return { kind: 'number', key, label, min, max, whole, unit }
}
