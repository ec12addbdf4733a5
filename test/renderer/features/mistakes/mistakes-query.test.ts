import { correctnessOf, withCorrectness } from '../../../../src/domain/query/correctness'
import { describe, expect, it } from 'vitest'
import { fileName, ordinal } from '../../../../src/renderer/features/mistakes/image-words'
import {
  shownLists,
  hasRange,
  isPair,
  onlyClass,
  orderOf,
  pairQuery,
  listOf,
  lists,
  withOrder,
  withRange,
  withList,
} from '../../../../src/renderer/features/mistakes/mistakes-query'

describe('what clicks put into the query', () => {
  it('says which predictions are shown; the wrong ones are those of no word', () => {
    expect(['', 'is:right', 'is:any', 'is:wrong', 'is:turned'].map(correctnessOf)).toEqual([
      ...['wrong', 'right', 'any', 'wrong', 'wrong'],
    ])
    expect(withCorrectness('is:turned is:right a', 'any')).toBe('a is:turned is:any')
    expect(withCorrectness('is:right', 'wrong')).toBe('')
  })

  it('says the order, and nothing for the usual one', () => {
    expect(['', 'sort:-loss', 'sort:path', 'sort:-width'].map(orderOf)).toEqual([
      '-loss',
      '-loss',
      'path',
      null,
    ])
    expect(withOrder('a sort:path', '-confidence')).toBe('a sort:-confidence')
    expect(withOrder('a sort:path', '-loss')).toBe('a')
  })

  it('says the rank of the label', () => {
    expect(withList('label:Iris loss>2 rank:3', 'top5')).toBe('label:Iris loss>2 rank:top5')
    expect(withList('rank:top5', 'all')).toBe('')
    expect(withList('is:turned is:right', 'doubted')).toBe('is:turned is:any is:doubted sort:doubt')
    for (const list of lists) expect(listOf(withList('label:Iris', list))).toBe(list)
    expect(['rank:top5', 'rank:3', 'is:right', ''].map(listOf)).toEqual(['top5', null, null, 'all'])
  })

  it('says a bar of the histogram, and takes it back the second time', () => {
    const query = withRange('label:Iris', 0.7, 0.71875)
    expect(query).toBe('label:Iris confidence:0.7..0.7188')
    expect(hasRange(query, 0.7, 0.71875)).toBe(true)
    expect(withRange(query, 0.7, 0.71875)).toBe('label:Iris')
  })

  it('says a cell of the matrix as its count was counted, in the order that is shown', () => {
    const query = 'loss>2 is:any sort:path'
    expect(pairQuery(query, { label: 'Iris', predicted: 'Colts Foot' })).toBe(
      'label:Iris predicted:"Colts Foot" sort:path',
    )
    expect(pairQuery(query, { label: 'Iris', predicted: 'Iris', which: 'right' })).toBe(
      'label:Iris predicted:Iris is:right sort:path',
    )
    expect(pairQuery('a', { label: 'Iris', predicted: 'Crocus' }, 'leave-out')).toBe(
      'a -(label:Iris predicted:Crocus)',
    )
    expect(pairQuery('a label:Crocus', { label: 'Iris' }, 'add')).toBe('a label:Crocus,Iris')
    expect(pairQuery('', { label: 'Iris' }, 'leave-out')).toBe('-label:Iris')
  })

  it('knows the cell that it is of', () => {
    expect(isPair('label:Iris predicted:Crocus loss>1', 'Iris', 'Crocus')).toBe(true)
    expect(isPair('label:Iris predicted:Crocus', 'Iris', undefined)).toBe(false)
    expect(onlyClass('label:Iris', 'label', ['Crocus', 'Iris'])).toBe(1)
    expect(onlyClass('label:Iris,Crocus', 'label', ['Crocus', 'Iris'])).toBe(null)
  })
})

describe('the words for an image', () => {
  it('name the file and the rank', () => {
    expect(fileName('Colts Foot/image 1.jpg')).toBe('image 1.jpg')
    expect([1, 3, 6, 11, 21, 22, 23, 112].map(ordinal)).toEqual([
      'first',
      'third',
      '6th',
      '11th',
      '21st',
      '22nd',
      '23rd',
      '112th',
    ])
  })
})

it('lists by verdict are there with ratings, and the one across runs with more than one run', () => {
  expect(shownLists(false, false, null)).not.toContain('prediction')
  expect(shownLists(false, false, null)).not.toContain('always')
  expect(shownLists(true, true, null)).toEqual([...lists])
  // A list that an address asks for is named all the same.
  expect(shownLists(false, false, 'always')).toContain('always')
})
