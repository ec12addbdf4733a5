import { describe, expect, it } from 'vitest'
import type { Recipe } from '../../src/contract/entities/run'
import { fieldsOf, isSet, readField, type NumberField } from '../../src/renderer/features/train/rule-fields'
import { scheduleSketch } from '../../src/renderer/features/train/schedule-sketch'
import { hyperRule } from '../../src/main/training/hyper-rule'

const facts = {
  exampleCount: 476,
  classCount: 17,
  medianWidthPx: 500,
  medianHeightPx: 667,
  model: 'R50x1',
  seed: 0,
  microBatchSize: 64,
}
const { recipe, choices } = hyperRule('paper', facts, {})

function numberField(choiceKey: string, key: string): NumberField {
  const field = fieldsOf(choiceKey).find((candidate) => candidate.key === key)
  if (field?.kind !== 'number') throw new Error(`no number field ${key}`)
  return field
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
    ]) {
      expect(keys).toContain(key)
      expect(fieldsOf(key).length).toBeGreaterThan(0)
    }
    for (const key of ['sizeClass', 'decay', 'optimizer']) expect(fieldsOf(key)).toEqual([])
  })

  it('know what the user set', () => {
    expect(isSet('batch', {})).toBe(false)
    expect(isSet('batch', { microBatchSize: 8 })).toBe(true)
    expect(isSet('flip', { flip: false })).toBe(true)
  })

  it('switch to the value that departs from the rule, and to no other', () => {
    for (const key of ['flip', 'crop', 'precision']) {
      const [field] = fieldsOf(key)
      if (field?.kind !== 'switch') throw new Error(`${key} is no switch`)
      expect(isSet(key, field.other)).toBe(true)
      const switched = hyperRule('paper', facts, field.other)
      expect(switched.choices.find((choice) => choice.key === key)?.departure).not.toBeNull()
      expect(switched.recipe[field.key]).toBe(field.other[field.key])
    }
  })

  it('take numbers in their range only', () => {
    const steps = numberField('stepCount', 'stepCount')
    expect(readField(steps, ' 200 ', recipe, {})).toBe(200)
    for (const text of ['0', '-4', '1.5', 'many', '1e99'])
      expect(readField(steps, text, recipe, {})).toBeNull()
    const rate = numberField('baseLearningRate', 'baseLearningRate')
    expect(readField(rate, '0,01', recipe, {})).toBe(0.01)
    expect(readField(rate, '0', recipe, {})).toBeNull()
  })

  it('go back to the rule when emptied, and do not depart by its own value', () => {
    const steps = numberField('stepCount', 'stepCount')
    expect(readField(steps, '', recipe, { stepCount: 200 })).toBe('rule')
    expect(readField(steps, String(recipe.stepCount), recipe, {})).toBe('rule')
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
