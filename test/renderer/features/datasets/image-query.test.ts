import fc from '../../../support/properties'
import { describe, expect, it } from 'vitest'
import { imageFilterSchema, type ImageFilter } from '../../../../src/contract/entities/dataset'
import {
  imageAddressOf,
  imageFields,
  imageFilterOf,
} from '../../../../src/renderer/features/datasets/image-query'
import { readQuery, writeQuery } from '../../../../src/renderer/query/query-fields'
import { hrefTo, parseRoute } from '../../../../src/renderer/routes'

const names = ['Colts Foot', 'Iris', 'Lily Valley', 'iris germanica']
const read = (text: string): { state: ImageFilter; faults: string[] } => {
  const { state, faults } = readQuery<ImageFilter>(text, imageFields(names), {})
  return { state, faults: faults.map(({ message }) => message) }
}
const write = (filter: ImageFilter): string => writeQuery(filter, imageFields(names))

/** Any filter that an address can hold, over any classes that a disk can hold. */
const filters = fc
  .uniqueArray(fc.oneof(fc.string({ unit: 'binary', minLength: 1 }), fc.constantFrom(...names)), {
    minLength: 1,
    maxLength: 5,
  })
  .chain((classNames) =>
    fc.record({
      classNames: fc.constant(classNames),
      filter: fc.record(
        {
          classIndex: fc.nat(classNames.length - 1),
          part: fc.constantFrom('train' as const, 'val' as const, 'test' as const),
          text: fc.oneof(
            fc.string({ unit: 'binary', minLength: 1, maxLength: 200 }),
            fc.constantFrom('a b', ' a', 'a  b', 'split:test', 'and', 'or not', '"', '\\', 'a:b', '-a'),
          ),
          rotated: fc.boolean(),
          sameIn: fc.constantFrom('classes' as const, 'parts' as const),
        },
        { requiredKeys: [] },
      ),
    }),
  )

describe('the filter of a dataset as a text', () => {
  it('is what one would write', () => {
    expect(write({ part: 'test', classIndex: 1 })).toBe('split:test class:Iris')
    expect(write({ classIndex: 0, rotated: true, text: 'image 1.jpg' })).toBe(
      'class:"Colts Foot" is:turned image 1.jpg',
    )
    expect(write({ sameIn: 'parts' })).toBe('same:parts')
    expect(write({})).toBe('')
  })

  it('reads every filter that it writes, whatever the classes are called', () => {
    fc.assert(
      fc.property(filters, ({ classNames, filter }) => {
        const fields = imageFields(classNames)
        const text = writeQuery(filter, fields)
        const { state, faults } = readQuery<ImageFilter>(text, fields, {})
        expect(faults).toEqual([])
        expect(state).toEqual(filter)
        expect(writeQuery(state, fields)).toBe(text)
      }),
    )
  })

  it('never makes a filter that the core refuses, nor one that it cannot write, of what is typed', () => {
    const typed = fc.array(
      fc.oneof(
        fc.constantFrom(
          'split:test',
          'split:',
          'class:iris',
          'class:"Colts Foot"',
          'is:upright',
          '"',
          ' a ',
          'x:y',
        ),
        fc.string(),
      ),
    )
    fc.assert(
      fc.property(typed, (parts) => {
        const { state, faults } = read(parts.join(' '))
        expect(imageFilterSchema.safeParse(state).success).toBe(true)
        if (faults.length === 0) expect(read(write(state))).toEqual({ state, faults: [] })
      }),
    )
  })

  it('takes names in capital letters or not where only one can be meant', () => {
    expect(read('SPLIT:Test Class:"LILY valley"').state).toEqual({ part: 'test', classIndex: 2 })
    expect(readQuery<ImageFilter>('class:IRIS', imageFields(['Iris', 'iris']), {}).faults).toHaveLength(1)
    expect(readQuery<ImageFilter>('class:iris', imageFields(['Iris', 'iris']), {}).state).toEqual({
      classIndex: 1,
    })
  })

  it('says what is not understood, and what would be', () => {
    expect(read('split:tset').faults).toEqual(['split: takes train, val or test, not tset.'])
    expect(read('split:').faults).toEqual(['split: takes train, val or test, not nothing.'])
    expect(read('class:lily').faults).toEqual(['There is no class lily. Did you mean class:"Lily Valley"?'])
    expect(read('class:').faults[0]).toContain('needs the name of a class')
    expect(read('is:constructor').faults[0]).toContain('takes turned')
    expect(read('split:test split:val').faults).toEqual(['split: can appear only once.'])
    const [unknown] = read('label:Iris').faults
    expect(unknown).toContain('There is no field label. The fields are split:, class:, is: and same:.')
    expect(unknown).toContain('"label:Iris"')
    expect(read(`${'x'.repeat(501)}`).faults).toEqual(['Path text can have at most 500 characters.'])
  })
})

describe('the filter of a dataset as an address', () => {
  it('reads what it writes', () => {
    fc.assert(
      fc.property(filters, ({ classNames, filter }) => {
        // A lone half of a pair of code units has no place in an address.
        fc.pre(!/\p{Cs}/u.test(filter.text ?? ''))
        const { query } = parseRoute(hrefTo('datasets', 1, imageAddressOf(filter)))
        expect(imageFilterOf(query, classNames.length)).toEqual(filter)
      }),
    )
  })

  it('takes what cannot be read as absent', () => {
    expect(imageFilterOf({ class: '9', part: 'x', text: '' }, 3)).toEqual({})
    expect(imageFilterOf({ class: '', rotated: 'true' }, 3)).toEqual({ rotated: true })
  })
})
