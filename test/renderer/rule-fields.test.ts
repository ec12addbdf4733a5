import { describe, expect, it } from 'vitest'
import type { Overrides, Recipe } from '../../src/contract/entities/run'
import { readLine, valueOf } from '../../src/renderer/features/train/read-line'
import {
  fieldsOf,
  isBeyond,
  isSet,
  optionOf,
  selectChange,
  type NumberField,
} from '../../src/renderer/features/train/rule-fields'
import { withLayers, type Settings } from '../../src/renderer/state/runs/train-settings'
import { scheduleSketch } from '../../src/renderer/features/train/schedule-sketch'
import { hyperRule } from '../../src/domain/rules/hyper-rule'
import { upstreamRule } from '../../src/domain/rules/upstream-rule'
import { flowersFacts as facts } from '../domain/support/rule-facts'

const { recipe, choices } = hyperRule('paper', facts, {})
const upstream = upstreamRule('small', facts, {})
const tuning = { rule: 'paper', linearProbe: false, fromWeights: false } as const
const pretraining = { ...tuning, rule: 'upstream' } as const

function numbersOf(choiceKey: string, rule: 'paper' | 'upstream'): NumberField[] {
  return fieldsOf(choiceKey, { ...tuning, rule }).filter((field) => field.kind === 'number')
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
})

describe('what was written into a line', () => {
  const read = (
    choiceKey: string,
    texts: Record<string, string>,
    overrides: Overrides = {},
    rule: 'paper' | 'upstream' = 'paper',
  ): ReturnType<typeof readLine> => {
    const now =
      rule === 'paper' ? hyperRule('paper', facts, overrides) : upstreamRule('small', facts, overrides)
    const numbers = numbersOf(choiceKey, rule)
    const before = Object.fromEntries(
      numbers.map(({ key }) => [key, String(valueOf(key, now.recipe, facts.exampleCount))]),
    )
    return readLine(numbers, { ...before, ...texts }, now.recipe, facts.exampleCount, overrides)
  }
  const passes = (texts: Record<string, string>, overrides: Overrides = {}): ReturnType<typeof readLine> =>
    read('stepCount', texts, overrides, 'upstream')

  it('is a value of the recipe', () => {
    expect(read('stepCount', { stepCount: ' 200 ' })).toEqual({
      change: { stepCount: 200, epochCount: undefined },
      problems: {},
    })
    expect(read('baseLearningRate', { baseLearningRate: '0,01' }).change).toEqual({ baseLearningRate: 0.01 })
    expect(read('resize', { resizePx: '160 px', cropPx: '128px' }).change).toEqual({
      resizePx: 160,
      cropPx: 128,
    })
  })

  it('goes back to the rule where it is emptied, and does not depart by the rule’s own value', () => {
    expect(read('stepCount', { stepCount: '' }, { stepCount: 200 }).change).toMatchObject({
      stepCount: undefined,
    })
    expect(read('stepCount', {}).change).toEqual({ stepCount: undefined })
    expect(read('stepCount', { stepCount: '' }).problems).toEqual({})
  })

  it('is never left out or clamped in silence: each field says what is wrong and what is allowed', () => {
    for (const text of ['0', '-4', '1.5', 'many', '1e99', '0x10', '12 px']) {
      const { problems } = read('stepCount', { stepCount: text })
      expect(problems.stepCount).toContain(text)
      expect(problems.stepCount).toContain('a whole number from 1 to 10,000,000')
    }
    expect(read('resize', { resizePx: 'wide', cropPx: '8' }).problems).toEqual({
      resizePx: '“wide” is not a number. Allowed: a whole number from 16 to 4,096 px.',
      cropPx: '8 is too small. Allowed: a whole number from 16 to 4,096 px.',
    })
    expect(read('baseLearningRate', { baseLearningRate: '0' }).problems.baseLearningRate).toContain(
      'from 1e−9 to 10',
    )
  })

  it('is refused beside what it does not go with', () => {
    expect(read('resize', { resizePx: '64', cropPx: '96' }).problems.cropPx).toContain(
      'larger than the resize, 64 px',
    )
    expect(read('batch', { batchSize: '16', microBatchSize: '32' }).problems.microBatchSize).toContain(
      'at most 16',
    )
    // one alone takes the other along
    expect(read('resize', { cropPx: '600' }).problems).toEqual({})
    expect(read('batch', { batchSize: '4' }).problems).toEqual({})
    const taken = hyperRule('paper', facts, { cropPx: 600 }).recipe
    expect(taken.resizePx).toBeGreaterThanOrEqual(taken.cropPx)
  })

  it('is passes over the images in pre-training, which gives the steps', () => {
    // The nearest whole number of steps of 256 images to 90 passes over 476.
    expect(valueOf('epochCount', upstream.recipe, facts.exampleCount)).toBeCloseTo(90, 0)
    expect(passes({ epochCount: '30' }).change).toEqual({ epochCount: 30, stepCount: undefined })
    expect(upstreamRule('small', facts, { epochCount: 30 }).recipe.stepCount).toBe(
      Math.round((30 * 476) / 256),
    )
  })

  it('is steps or passes: each takes the other’s place', () => {
    expect(passes({ stepCount: '12' }, { epochCount: 30 }).change).toEqual({
      stepCount: 12,
      epochCount: undefined,
    })
    expect(passes({ epochCount: '30' }, { stepCount: 12 }).change).toEqual({
      stepCount: undefined,
      epochCount: 30,
    })
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
    const endless: Recipe = { ...warm, warmupStepCount: 2 * warm.stepCount }
    for (const each of [recipe, warm, endless, hyperRule('paper', facts, { stepCount: 1 }).recipe]) {
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
