import { describe, expect, it } from 'vitest'
import type { Overrides, Recipe } from '../../src/contract/entities/run'
import {
  changeOf,
  fieldsOf,
  isBeyond,
  isSet,
  optionOf,
  readField,
  selectChange,
  valueOf,
  type NumberField,
} from '../../src/renderer/features/train/rule-fields'
import { withLayers, type Settings } from '../../src/renderer/state/train-settings'
import { scheduleSketch } from '../../src/renderer/features/train/schedule-sketch'
import { hyperRule } from '../../src/main/training/hyper-rule'
import { upstreamRule } from '../../src/main/training/upstream-rule'
import { flowersFacts as facts } from '../training/support/rule-facts'

const { recipe, choices } = hyperRule('paper', facts, {})
const upstream = upstreamRule('small', facts, {})
const tuning = { rule: 'paper', linearProbe: false, fromWeights: false } as const
const pretraining = { ...tuning, rule: 'upstream' } as const

function numberField(choiceKey: string, key: string): NumberField {
  const field = fieldsOf(choiceKey, tuning).find((candidate) => candidate.key === key)
  if (field?.kind !== 'number') throw new Error(`no number field ${key}`)
  return field
}

function numbersOf(choiceKey: string): NumberField[] {
  return fieldsOf(choiceKey, pretraining).filter((field) => field.kind === 'number')
}

describe('the lines of the rule', () => {
  it('can be set where the rule names them', () => {
    const keys = choices.map(({ key }) => key)
    for (const key of [
      'stepCount',
      'resize',
      'baseLearningRate',
      'batch',
      'mixup',
      'flip',
      'crop',
      'precision',
      'head',
      'loss',
      'cropKind',
      'weightDecay',
      'decayTowardInitial',
      'dropout',
      'freeze',
      'linearProbe',
      'norm',
      'convolution',
    ]) {
      expect(keys).toContain(key)
      expect(fieldsOf(key, tuning).length).toBeGreaterThan(0)
    }
    for (const key of ['sizeClass', 'decay', 'optimizer']) expect(fieldsOf(key, tuning)).toEqual([])
    // Pre-training begins with a head of zeros.
    expect(fieldsOf('head', pretraining)).toEqual([])
  })

  it('are beyond the rule where the rule has them off', () => {
    const beyond = (rule: Recipe['rule'], keys: readonly string[]): string[] =>
      keys.filter((key) => isBeyond(key, rule))
    expect(
      beyond(
        'paper',
        choices.map(({ key }) => key),
      ),
    ).toEqual([
      'loss',
      'cropKind',
      'weightDecay',
      'decayTowardInitial',
      'dropout',
      'freeze',
      'linearProbe',
      'norm',
      'convolution',
    ])
    expect(
      beyond(
        'upstream',
        upstream.choices.map(({ key }) => key),
      ),
    ).toEqual(['decayTowardInitial', 'dropout', 'freeze', 'linearProbe', 'norm', 'convolution'])
  })

  it('know what the user set', () => {
    const batch = fieldsOf('batch', tuning)
    expect(isSet(batch, {})).toBe(false)
    expect(isSet(batch, { microBatchSize: 8 })).toBe(true)
    expect(isSet(fieldsOf('flip', tuning), { flip: false })).toBe(true)
  })

  it('switch to the value that departs from the rule, and to no other', () => {
    for (const key of ['flip', 'crop', 'precision', 'linearProbe', 'head']) {
      const [field] = fieldsOf(key, tuning)
      if (field?.kind !== 'switch') throw new Error(`${key} is no switch`)
      expect(isSet([field], field.other)).toBe(true)
      const switched = hyperRule('paper', facts, field.other)
      expect(switched.choices.find((choice) => choice.key === key)?.departure).not.toBeNull()
      expect(switched.recipe[field.key]).toBe(field.other[field.key])
    }
  })

  it('offer in words what the rule then says in the same words, and its own without a departure', () => {
    for (const key of ['loss', 'cropKind', 'freeze']) {
      const [field] = fieldsOf(key, tuning)
      if (field?.kind !== 'select') throw new Error(`${key} is no choice of several`)
      for (const { value, label } of field.options) {
        const chosen = hyperRule('paper', facts, { [field.key]: value })
        const line = chosen.choices.find((choice) => choice.key === key)
        if (line === undefined) throw new Error(`no line ${key}`)
        expect(line.value).toBe(label)
        expect(optionOf(field, line)).toBe(value)
        const own = choices.find((choice) => choice.key === key)?.value
        expect(selectChange(field, value, line)).toEqual({ [field.key]: label === own ? undefined : value })
      }
    }
  })

  it('offer the layers that a model’s name can say, where the weights do not say them', () => {
    for (const key of ['norm', 'convolution']) {
      const [field] = fieldsOf(key, tuning)
      if (field?.kind !== 'select') throw new Error(`${key} is no choice of several`)
      const own = choices.find((choice) => choice.key === key)
      if (own === undefined) throw new Error(`no line ${key}`)
      const offered = field.options.map(({ value, label }) => {
        const change = selectChange(field, value, own)
        const model = withLayers(facts.model, change as Settings)
        const line = hyperRule('paper', { ...facts, model }, {}).choices.find((choice) => choice.key === key)
        expect(line?.value).toBe(label)
        return [Object.values(change)[0], line?.departure !== null]
      })
      expect(offered).toEqual([
        [undefined, false],
        [key === 'norm' ? 'batch' : 'plain', true],
      ])
      expect(fieldsOf(key, { ...tuning, fromWeights: true })).toEqual([])
    }
  })

  it('cannot be set where they follow from a linear probe, or from pre-training', () => {
    for (const key of ['crop', 'cropKind'])
      expect(fieldsOf(key, { ...tuning, linearProbe: true })).toEqual([])
    expect(fieldsOf('linearProbe', { ...tuning, linearProbe: true })).not.toEqual([])
    expect(fieldsOf('linearProbe', pretraining)).toEqual([])
  })

  it('take numbers in their range only', () => {
    const steps = numberField('stepCount', 'stepCount')
    expect(readField(steps, ' 200 ', recipe.stepCount, false)).toBe(200)
    for (const text of ['0', '-4', '1.5', 'many', '1e99'])
      expect(readField(steps, text, recipe.stepCount, false)).toBeNull()
    const rate = numberField('baseLearningRate', 'baseLearningRate')
    expect(readField(rate, '0,01', recipe.baseLearningRate, false)).toBe(0.01)
    expect(readField(rate, '0', recipe.baseLearningRate, false)).toBeNull()
  })

  it('go back to the rule when emptied, and do not depart by its own value', () => {
    const steps = numberField('stepCount', 'stepCount')
    expect(readField(steps, '', 200, true)).toBe('rule')
    expect(readField(steps, String(recipe.stepCount), recipe.stepCount, false)).toBe('rule')
  })
})

describe('what was written into a line', () => {
  const change = (texts: Record<string, string>, overrides: Overrides = {}): Overrides => {
    const now = upstreamRule('small', facts, overrides).recipe
    const numbers = numbersOf('stepCount')
    const before = Object.fromEntries(
      numbers.map(({ key }) => [key, String(valueOf(key, now, facts.exampleCount))]),
    )
    return changeOf(numbers, { ...before, ...texts }, now, facts.exampleCount, overrides) as Overrides
  }

  it('is passes over the pictures in pre-training, which gives the steps', () => {
    // The nearest whole number of steps of 256 pictures to 90 passes over 476.
    expect(valueOf('epochCount', upstream.recipe, facts.exampleCount)).toBeCloseTo(90, 0)
    expect(change({ epochCount: '30' })).toEqual({ epochCount: 30, stepCount: undefined })
    expect(upstreamRule('small', facts, { epochCount: 30 }).recipe.stepCount).toBe(
      Math.round((30 * 476) / 256),
    )
  })

  it('is steps or passes: each takes the other’s place', () => {
    expect(change({ stepCount: '12' }, { epochCount: 30 })).toEqual({ stepCount: 12, epochCount: undefined })
    expect(change({ epochCount: '30' }, { stepCount: 12 })).toEqual({ stepCount: undefined, epochCount: 30 })
  })

  it('changes nothing where nothing was written or it makes no sense', () => {
    expect(change({})).toEqual({})
    expect(change({ stepCount: 'many', epochCount: '-1' })).toEqual({})
  })
})

describe('the sketch of the learning rate', () => {
  it('falls once for each decay, by one level', () => {
    const sketch = scheduleSketch(recipe)
    expect(sketch.falls.map(({ step }) => step)).toEqual(recipe.decayAtSteps)
    expect(sketch.levels.map(({ rate }) => rate)).toEqual([0, 1, 2, 3].map((power) => 0.003 / 10 ** power))
    const gaps = sketch.levels.slice(1).map(({ top }, index) => top - (sketch.levels[index]?.top ?? 0))
    for (const gap of gaps) expect(gap).toBeCloseTo(gaps[0] ?? 0, 6)
  })

  it('stays in its box, with and without a warm-up', () => {
    const warm: Recipe = hyperRule('reference-code', facts, {}).recipe
    for (const each of [recipe, warm, hyperRule('paper', facts, { stepCount: 1 }).recipe]) {
      const numbers =
        scheduleSketch(each)
          .path.match(/[\d.]+/g)
          ?.map(Number) ?? []
      expect(numbers.length).toBeGreaterThan(2)
      expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0)
      expect(Math.max(...numbers)).toBeLessThanOrEqual(100)
    }
  })
})
