import { describe, expect, it } from 'vitest'
import { complete } from '../../../src/domain/query/complete'
import {
  setOneOf,
  setSort,
  setWord,
  toggleValue,
  valuesOf,
  withoutField,
} from '../../../src/domain/query/edit'

describe('a query that is changed by clicks', () => {
  it.each([
    ['', 'narrow', 'class:Iris'],
    ['class:Iris', 'narrow', ''],
    ['class:iris width<9', 'narrow', 'width<9'],
    ['class:Crocus petal', 'narrow', 'petal class:Iris'],
    ['class:Crocus', 'add', 'class:Crocus,Iris'],
    ['class:Crocus,Iris', 'add', 'class:Crocus'],
    ['class:Crocus,Iris', 'narrow', 'class:Iris'],
    ['', 'leave-out', '-class:Iris'],
    ['-class:Crocus', 'leave-out', '-class:Crocus,Iris'],
    ['-class:Iris', 'leave-out', ''],
    ['-class:Iris', 'narrow', 'class:Iris'],
    ['label:Iris', 'narrow', ''],
    ['a or b sort:-width', 'narrow', '(a or b) class:Iris sort:-width'],
    ['(class:Iris or a)', 'narrow', '(class:Iris or a) class:Iris'],
  ] as const)('%s, Iris clicked to %s: %s', (text, change, expected) => {
    expect(toggleValue(text, 'images', 'class', 'Iris', change)).toBe(expected)
  })

  it('says which values are asked for and which are left out', () => {
    const text = 'class:Iris,"Colts Foot" -label:Crocus (class:x or y)'
    expect(valuesOf(text, 'images', 'class')).toEqual({ asked: ['Iris', 'Colts Foot'], leftOut: ['Crocus'] })
    expect(withoutField(text, 'images', 'class')).toBe('class:x or y')
  })

  it('puts one of some values in the place of the others, and leaves what else the field says', () => {
    const among = ['wrong', 'right', 'any']
    const set = (text: string, value: string | null) => setOneOf(text, 'predictions', 'is', among, value)
    expect(set('is:turned loss>2', 'right')).toBe('loss>2 is:turned is:right')
    expect(set('is:right a', 'any')).toBe('a is:any')
    expect(set('is:right -is:turned', null)).toBe('-is:turned')
  })

  it('sets a field’s word and the order', () => {
    expect(setWord('rank:1 a', 'predictions', 'rank', 'rank>5')).toBe('a rank>5')
    expect(setSort('a sort:path', { field: 'loss', descending: true })).toBe('a sort:-loss')
    expect(setSort('a sort:path', null)).toBe('a')
  })
})

describe('completion', () => {
  const vocabulary = { classNames: ['Colts Foot', 'Iris', 'Iceland Poppy'] }
  const labels = (text: string, caret = text.length): string[] =>
    complete(text, caret, 'predictions', vocabulary, { label: [3, 9, 12] }).items.map(({ label }) => label)

  it('offers fields by their beginnings, by other names too', () => {
    expect(labels('pr')).toEqual(['predicted:', 'probability:'])
    expect(labels('ra')).toEqual(['rank:'])
    expect(labels('prob')).toEqual(['probability:'])
    expect(labels('loss>2 -sp')).toEqual(['split:'])
    expect(labels('')).toContain('sort:')
  })

  it('offers values, those with the most images first, quoted where they must be', () => {
    const { items, from, to } = complete('x label:"i', 10, 'predictions', vocabulary, { label: [3, 9, 12] })
    expect([from, to]).toEqual([8, 10])
    expect(items.map(({ insert, count }) => [insert, count])).toEqual([
      ['"Iceland Poppy"', 12],
      ['Iris', 9],
    ])
    expect(labels('label:Iris,col')).toEqual(['Colts Foot'])
    expect(labels('is:r')).toContain('right')
    expect(labels('sort:-lo')).toEqual(['loss', '-loss'])
    expect(labels('rank:')).toEqual(['top5', 'beyond5', 'beyond10'])
    expect(labels('loss>')).toEqual([])
  })

  it('offers the tags that images have', () => {
    const tags = [
      { tag: 'hard', count: 2 },
      { tag: 'two flowers', count: 7 },
    ]
    const { items } = complete('tag:', 4, 'images', { ...vocabulary, tags })
    expect(items.map(({ insert, count }) => [insert, count])).toEqual([
      ['"two flowers"', 7],
      ['hard', 2],
    ])
  })
})
