import { describe, expect, it } from 'vitest'
import { contentGroups, type LikePair } from '../../../src/domain/duplicates/duplicate-groups'
import { sameImageLikeness } from '../../../src/domain/duplicates/likeness'
import { likenessSteps } from '../../../src/domain/duplicates/likeness-steps'

const pairs: readonly LikePair[] = [
  { one: 0, other: 1, likeness: 0.999 },
  { one: 2, other: 3, likeness: 0.998 },
  { one: 1, other: 2, likeness: 0.99 },
  { one: 1, other: 3, likeness: 0.9895 },
  { one: 4, other: 5, likeness: 0.986 },
]

describe('what other thresholds would find', () => {
  it('is at each threshold what the groups under it are', () => {
    for (const { likeness, groupCount, contentCount } of likenessSteps(7, pairs)) {
      const same = contentGroups(7, pairs, likeness).filter(({ kind }) => kind === 'same-image')
      expect({ likeness, groupCount }).toEqual({ likeness, groupCount: same.length })
      expect(contentCount).toBe(same.reduce((sum, { contents }) => sum + contents.length, 0))
    }
  })

  it('rises in even steps, the usual threshold among them', () => {
    const steps = likenessSteps(7, pairs)
    expect(steps[0]).toEqual({ likeness: 0.985, groupCount: 2, contentCount: 6 })
    expect(steps.at(-1)).toEqual({ likeness: 0.9995, groupCount: 0, contentCount: 0 })
    expect(steps.map(({ likeness }) => likeness)).toContain(sameImageLikeness)
  })
})
