import { describe, expect, it } from 'vitest'
import { idsWord } from '../../../src/domain/query/ids-word'

describe('a word for some images', () => {
  it('names each once, runs of numbers by their ends', () => {
    expect(idsWord([])).toBe('')
    expect(idsWord([7])).toBe('id:7')
    expect(idsWord([9, 3, 8, 7, 3, 12, 13])).toBe('id:3,7..9,12,13')
  })
})
