import { describe, expect, it } from 'vitest'
import { evaluatedCount, measureLines } from '../../../src/domain/rules/measure-words'
import { createTally } from '../../../src/domain/rules/tally'

/** Each pair: the label, and its rank among the classes. */
function figures(classCount: number, ranks: readonly (readonly [label: number, rank: number])[]) {
  const tally = createTally(classCount)
  for (const [label, rank] of ranks) tally.add(label, rank)
  return tally.figures()
}
/** Eight images of class 0, seven of them right; two of class 1, one right and one sixth; none of the other four classes. */
const unequal = [
  ...Array.from({ length: 7 }, () => [0, 1] as const),
  [0, 5] as const,
  [1, 1] as const,
  [1, 6] as const,
]

describe('what an evaluation counts', () => {
  it('is right 8 of 10 times, balanced (7/8 + 1/2) / 2, and 9 of 10 times among the first five', () => {
    const found = figures(6, unequal)
    expect(found?.accuracy).toMatchObject({ correct: 8, total: 10, value: 0.8 })
    expect(found?.measures.balanced).toEqual({ value: 0.6875, classCount: 2, leastCount: 2, mostCount: 8 })
    expect(found?.measures.topFive).toMatchObject({ correct: 9, total: 10, value: 0.9 })
  })

  it('has no top 5 among five classes, where the label always is one of them', () => {
    expect(figures(5, [[4, 5]])?.measures.topFive).toBeNull()
    expect(figures(6, [[4, 5]])?.measures.topFive?.value).toBe(1)
  })

  it('has a balanced accuracy equal to the accuracy where the classes are equal', () => {
    const found = figures(2, [
      [0, 1],
      [0, 2],
      [1, 1],
      [1, 1],
    ])
    expect(found?.measures.balanced?.value).toBe(0.75)
    expect(found?.accuracy.value).toBe(0.75)
  })

  it('is nothing of no image, neither 0 % nor 100 %', () => {
    expect(figures(6, [])).toBeNull()
  })
})

describe('the words beside an accuracy', () => {
  const measures = { partCount: 12, ...figures(6, unequal)?.measures } as const

  it('say of both figures what they are a percentage of', () => {
    const { topFive = null, balanced = null } = measures
    expect(measureLines({ partCount: 12, topFive, balanced }, 1)).toEqual([
      {
        label: 'Top-5 accuracy',
        share: '90.0 %',
        of: '9 of 10 images have their label among the first five classes',
      },
      {
        label: 'Balanced accuracy',
        share: '68.8 %',
        of: 'mean over 2 classes of the share of their images that are right; a class has 2 to 8 images',
      },
    ])
  })

  it('leave balanced accuracy out where no class has more than a tenth more images than another', () => {
    const balanced = { value: 0.5, classCount: 2, leastCount: 10, mostCount: 11 }
    expect(measureLines({ partCount: 21, topFive: null, balanced }, 1)).toEqual([])
    expect(
      measureLines({ partCount: 22, topFive: null, balanced: { ...balanced, mostCount: 12 } }, 1),
    ).toHaveLength(1)
  })

  it('say how many of the part were evaluated where not all were', () => {
    const none = { topFive: null, balanced: null }
    expect(evaluatedCount({ total: 130 }, { partCount: 136, ...none })).toBe('130 of 136')
    expect(evaluatedCount({ total: 136 }, { partCount: 136, ...none })).toBe('136')
  })
})
