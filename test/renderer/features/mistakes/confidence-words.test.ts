import { describe, expect, it } from 'vitest'
import { readQuery } from '../../../../src/domain/query/bind'
import {
  answeredQuery,
  binQuery,
  coverageWords,
  pointAt,
  refusedQuery,
  shortCount,
} from '../../../../src/renderer/features/mistakes/confidence-words'

const point = { threshold: 0.72, answered: 82, correct: 80 }

describe('the words of the calibration', () => {
  it('are a query for each bin, without bounds at the ends', () => {
    const bin = (from: number, to: number) => ({ from, to, count: 1, correct: 1, confidence: to })
    expect(binQuery(bin(0, 1 / 15))).toBe('is:any confidence<=0.0666667')
    expect(binQuery(bin(13 / 15, 14 / 15))).toBe('is:any confidence>0.8666667 confidence<=0.9333333')
    expect(binQuery(bin(0, 1 / 15), 'scaled')).toBe('is:any scaled<=0.0666667')
    expect(binQuery(bin(14 / 15, 1))).toBe('is:any confidence>0.9333333')
  })

  it('are queries for what is answered and what is left, that are understood', () => {
    const queries = [answeredQuery(point, 'any'), answeredQuery(point, 'wrong'), refusedQuery(point)]
    expect(queries).toEqual([
      'is:any confidence>=0.72',
      'confidence>=0.72',
      'is:any confidence<0.72 sort:confidence',
    ])
    for (const query of queries)
      expect(readQuery(query, 'predictions', { classNames: [] }).faults).toEqual([])
  })

  it('say how much is answered, and how much of that is right', () => {
    expect(coverageWords(point, 100)).toBe('answer 82 %, 97.6 % right')
    expect(coverageWords({ threshold: 0.9, answered: 5, correct: 5 }, 10)).toBe('answer 50 %, 100 % right')
    expect(coverageWords({ threshold: 0.9, answered: 0, correct: 0 }, 10)).toBe('answer none')
  })

  it('find the point that answers nearest to a share', () => {
    const points = [10, 40, 90].map((answered) => ({ threshold: 0, answered, correct: 0 }))
    expect([0, 0.3, 0.6, 1].map((share) => pointAt(points, share, 100))).toEqual([0, 1, 1, 2])
  })

  it('shorten counts that a bar has no room for', () => {
    expect([9999, 12_345, 1_250_000].map(shortCount)).toEqual(['9999', '12k', '1.3M'])
  })
})
