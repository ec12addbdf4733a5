/** What a new field of the recipe takes: its entry in the table, and nothing else but the trainer's use of it. */
import { describe, expect, it } from 'vitest'
import type { FieldTable } from '../../../src/domain/recipe/field'
import { recipeFields } from '../../../src/domain/recipe/fields'
import { overridesSchemaOf, recipeSchema, recipeSchemaOf } from '../../../src/domain/recipe/recipe'
import { hyperRule } from '../../../src/domain/rules/hyper-rule'
import { upstreamRule } from '../../../src/domain/rules/upstream-rule'
import { overridesOf as overridesOfCommand } from '../../../src/main/cli/runs/recipe-options'
import { pretrainCommand, trainCommand } from '../../../src/main/cli/runs/train-command'
import { learningOf } from '../../../src/main/trainer/step/learning'
import { fieldsOf, isBeyond } from '../../../src/renderer/features/train/rule-fields'
import { overridesOf as overridesOfSheet } from '../../../src/renderer/state/runs/train-settings'
import { flowersFacts as facts } from '../support/rule-facts'

const invented = {
  labelSmoothing: {
    kind: 'number',
    whole: false,
    min: 0,
    max: 0.5,
    off: 0,
    beyond: 'both',
    learns: true,
    line: { key: 'labelSmoothing', label: 'Label smoothing' },
    words: (value) => ({
      value: value === 0 ? 'off' : `${String(value * 100)} %`,
      because: value === 0 ? 'none in the rule' : 'of each label is shared among all classes',
    }),
    command: { flag: '--label-smoothing <share>', help: 'of each label, shared among all classes' },
    editor: { label: 'Share (0 = off)' },
  },
} as const satisfies FieldTable
const table = { ...recipeFields, ...invented }
const asked: object = { labelSmoothing: 0.1 }

describe('a field that is only added to the table of recipe fields', () => {
  it('may be set within its range, and is refused outside of it', () => {
    const schema = overridesSchemaOf(table)
    expect(schema.parse(asked)).toEqual(asked)
    expect(schema.parse({})).toEqual({})
    for (const wrong of [-0.1, 0.6, '0.1'])
      expect(schema.safeParse({ labelSmoothing: wrong }).success).toBe(false)
  })

  it('is off in a recipe that was stored before it existed', () => {
    const { recipe } = hyperRule('paper', facts, {})
    const old: unknown = JSON.parse(JSON.stringify(recipe))
    expect(recipeSchemaOf(table).parse(old)).toEqual({ ...recipe, labelSmoothing: 0 })
    expect(recipeSchema.parse(old)).toEqual(recipe)
  })

  for (const [name, rule] of [
    ['HyperRule', (set: object) => hyperRule('paper', facts, set, table)],
    ['pre-training', (set: object) => upstreamRule('small', facts, set, table)],
  ] as const) {
    it(`is in the recipe of ${name}, with its line and its departure`, () => {
      const lineOf = (set: object): unknown =>
        rule(set).choices.find(({ key }) => key === invented.labelSmoothing.line.key)
      expect(rule({}).recipe).toMatchObject({ labelSmoothing: 0 })
      expect(rule(asked).recipe).toMatchObject(asked)
      expect(rule(asked).departureCount).toBe(rule({}).departureCount + 1)
      const line = { key: 'labelSmoothing', label: 'Label smoothing' }
      expect(lineOf({})).toEqual({ ...line, value: 'off', because: 'none in the rule', departure: null })
      expect(lineOf(asked)).toEqual({
        ...line,
        value: '10 %',
        because: 'of each label is shared among all classes',
        departure: { ruleValue: 'off' },
      })
      expect(recipeSchemaOf(table).parse(rule(asked).recipe)).toEqual(rule(asked).recipe)
    })
  }

  it('has an editor in the sheet, among what is beyond the rule, and is passed on from there', () => {
    for (const rule of ['paper', 'upstream'] as const) {
      expect(isBeyond('labelSmoothing', rule, table)).toBe(true)
      expect(fieldsOf('labelSmoothing', { rule, linearProbe: false, fromWeights: true }, table)).toEqual([
        {
          kind: 'number',
          key: 'labelSmoothing',
          label: 'Share (0 = off)',
          min: 0,
          max: 0.5,
          whole: false,
          unit: '',
        },
      ])
      expect(overridesOfSheet(asked, rule, table)).toEqual(asked)
    }
  })

  for (const [name, commandOf] of [
    ['train', trainCommand],
    ['pretrain', pretrainCommand],
  ] as const) {
    it(`is an option of "${name}", which checks it and passes it on`, async () => {
      const start = async (...flags: string[]): Promise<object> => {
        const given: object[] = []
        const command = commandOf((options) => {
          given.push(overridesOfCommand({ ...options }, table))
          return Promise.resolve()
        }, table).configureOutput({ writeErr: () => undefined })
        await command.parseAsync(['--dataset', 'd', '--model', 'R50x1', ...flags], { from: 'user' })
        return given[0] ?? {}
      }
      expect(await start('--label-smoothing', '0.1')).toEqual(asked)
      expect(await start()).toEqual({})
      await expect(start('--label-smoothing', '0.6')).rejects.toThrow('to 0.5')
    })
  }

  it('reaches the step of the trainer', () => {
    const { recipe } = hyperRule('paper', facts, asked, table)
    expect(learningOf(recipe, table)).toMatchObject(asked)
    expect(learningOf(recipe)).not.toHaveProperty('labelSmoothing')
  })
})
