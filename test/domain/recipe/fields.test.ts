import { describe, expect, it } from 'vitest'
import { wordsOf, type RecipeField } from '../../../src/domain/recipe/field'
import { recipeFields } from '../../../src/domain/recipe/fields'
import { overridesSchema, recipeSchema } from '../../../src/domain/recipe/recipe'
import { fieldsOf } from '../../../src/renderer/features/train/rule-fields'

const fields = Object.entries<RecipeField>(recipeFields)
const told = { rule: 'paper', linearProbe: false, leastCropArea: 0.05 }

function takes(key: string, value: unknown): boolean {
  return overridesSchema.safeParse({ [key]: value }).success
}

describe('the table of recipe fields', () => {
  it('has an “off” that may be set, and a word for it wherever a line is beyond the rule', () => {
    for (const [key, field] of fields) {
      if (field.off !== undefined) expect(takes(key, field.off), key).toBe(true)
      if (field.beyond === undefined) continue
      expect(field.line, key).not.toBeNull()
      expect(wordsOf(field, field.off, told).because, key).not.toBe('')
    }
  })

  it('lets the sheet take exactly what may be set', () => {
    for (const [lineKey, rule] of fields.flatMap(
      ([, { line }]) =>
        [
          [line?.key ?? '', 'paper'],
          [line?.key ?? '', 'upstream'],
        ] as const,
    )) {
      for (const field of fieldsOf(lineKey, { rule, linearProbe: false, fromWeights: false })) {
        if (field.kind === 'select') {
          for (const { value } of field.options) expect(takes(field.key, value), field.key).toBe(true)
        } else if (field.kind === 'number') {
          const { key, min, max } = field
          expect(
            [min, max, max + 1, -1].map((value) => takes(key, value)),
            key,
          ).toEqual([true, true, false, false])
        } else expect(overridesSchema.parse(field.other)).toEqual(field.other)
      }
    }
  })

  it('gives each option of the command line to one field', () => {
    const flags = fields.flatMap(([, { command }]) => (command === undefined ? [] : [command.flag]))
    expect(new Set(flags.map((flag) => flag.split(' ')[0])).size).toBe(flags.length)
  })

  it('keeps in a recipe all that may be set, but passes, which give the steps', () => {
    const missing = fields.filter(([key]) => !(key in recipeSchema.shape)).map(([key]) => key)
    expect(missing).toEqual(['epochCount'])
  })

  it('has no words for what is no value of a field', () => {
    expect(() => wordsOf(recipeFields.loss, 'hinge', told)).toThrow('hinge')
    expect(() => wordsOf(recipeFields.dropout, 'much', told)).toThrow('much')
  })
})
