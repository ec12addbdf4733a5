import fc from '../support/properties'
import { describe, expect, test } from 'vitest'
import type { SplitOptions, SplitPart } from '../../src/contract/entities/dataset'
import { assignSplit, splitHash, type SplitImage } from '../../src/domain/split'

const usual: SplitOptions = { valFraction: 0.1, testFraction: 0.2, seed: 0 }

/** Images of up to four classes; contents repeat, within a class and across classes. */
const someImages = fc.array(
  fc.record({
    contentHash: fc.nat(60).map((content) => `hash${content}`),
    classIndex: fc.nat(3),
    folderPart: fc.constant(null),
  }),
  { minLength: 1, maxLength: 120 },
)
const someOptions = fc.record({
  valFraction: fc.constantFrom(0, 0.1, 0.25, 0.9),
  testFraction: fc.constantFrom(0, 0.05, 0.2, 0.9),
  seed: fc.nat(0xffffffff),
})

function distinct(count: number, classIndex: number, folderPart: SplitPart | null = null): SplitImage[] {
  return Array.from({ length: count }, (_, index) => ({
    contentHash: `c${classIndex}-${folderPart}-${index}`,
    classIndex,
    folderPart,
  }))
}

function count(parts: readonly SplitPart[], part: SplitPart): number {
  return parts.filter((each) => each === part).length
}

describe('a seeded split', () => {
  test('keeps files of one content on one side, whatever their class', () => {
    fc.assert(
      fc.property(someImages, someOptions, (images, options) => {
        const { parts } = assignSplit(images, options)
        const sideOf = new Map<string, SplitPart | undefined>()
        images.forEach(({ contentHash }, index) => {
          if (!sideOf.has(contentHash)) sideOf.set(contentHash, parts[index])
          expect(parts[index]).toBe(sideOf.get(contentHash))
        })
      }),
    )
  })

  test('does not depend on the order of the files', () => {
    fc.assert(
      fc.property(someImages, someOptions, fc.infiniteStream(fc.nat()), (images, options, ranks) => {
        const shuffled = images
          .map((image, index) => ({ image, index, rank: ranks.next().value ?? 0 }))
          .sort((a, b) => a.rank - b.rank)
        const parts = assignSplit(images, options).parts
        const shuffledImages = shuffled.map(({ image }) => image)
        const shuffledParts = assignSplit(shuffledImages, options).parts
        shuffled.forEach(({ index }, position) => expect(shuffledParts[position]).toBe(parts[index]))
        expect(splitHash(shuffledImages, shuffledParts)).toBe(splitHash(images, parts))
      }),
    )
  })

  test('leaves every class something to train on, and gives every class that can a test and a validation image', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 6 }),
        someOptions,
        (sizes, options) => {
          const images = sizes.flatMap((size, classIndex) => distinct(size, classIndex))
          const { parts } = assignSplit(images, options)
          sizes.forEach((size, classIndex) => {
            const own = parts.filter((_, index) => images[index]?.classIndex === classIndex)
            expect(count(own, 'train')).toBeGreaterThan(0)
            if (size >= 3 && options.testFraction > 0) expect(count(own, 'test')).toBeGreaterThan(0)
            if (size >= 5 && options.valFraction > 0) expect(count(own, 'val')).toBeGreaterThan(0)
          })
        },
      ),
    )
  })

  test('takes the fractions of each class and of the whole, rounded', () => {
    const images = [...distinct(100, 0), ...distinct(37, 1), ...distinct(13, 2)]
    const { origin, parts } = assignSplit(images, usual)
    expect(origin).toBe('seeded')
    expect([count(parts, 'train'), count(parts, 'val'), count(parts, 'test')]).toEqual([105, 15, 30])
    const ofClass = (classIndex: number): SplitPart[] =>
      parts.filter((_, index) => images[index]?.classIndex === classIndex)
    expect([0, 1, 2].map((index) => count(ofClass(index), 'test'))).toEqual([20, 7, 3])
  })

  test('takes the smallest content for the test part where the fraction is less than any of them, wherever it stands', () => {
    // a tenth of ten images is one; the contents have five, two and three
    const images = ['a', 'a', 'a', 'a', 'a', 'b', 'b', 'c', 'c', 'c'].map((contentHash): SplitImage => ({
      contentHash,
      classIndex: 0,
      folderPart: null,
    }))
    const expected = images.map(({ contentHash }) => (contentHash === 'b' ? 'test' : 'train'))
    for (let seed = 0; seed < 12; seed++)
      expect(assignSplit(images, { valFraction: 0, testFraction: 0.1, seed }).parts).toEqual(expected)
  })

  test('another seed draws another split of the same sizes', () => {
    const images = distinct(200, 0)
    const first = assignSplit(images, usual).parts
    const second = assignSplit(images, { ...usual, seed: 1 }).parts
    expect(second).not.toEqual(first)
    expect(count(second, 'test')).toBe(count(first, 'test'))
    expect(splitHash(images, second)).not.toBe(splitHash(images, first))
  })
})

describe('a split by folders', () => {
  const withFolders = [...distinct(20, 0, 'train'), ...distinct(5, 0, 'test')]

  test('stays as it is where all parts are there', () => {
    const images = [...withFolders, ...distinct(3, 0, 'val')]
    expect(assignSplit(images, usual)).toEqual({
      origin: 'folders',
      parts: images.map((image) => image.folderPart),
    })
  })

  test('carves a missing validation part out of the training images alone', () => {
    const { origin, parts } = assignSplit(withFolders, usual)
    expect(origin).toBe('mixed')
    expect(parts.slice(20)).toEqual(new Array(5).fill('test'))
    expect([count(parts, 'train'), count(parts, 'val'), count(parts, 'test')]).toEqual([18, 2, 5])
  })

  test('is taken as complete where the user wants no validation part', () => {
    expect(assignSplit(withFolders, { ...usual, valFraction: 0 }).origin).toBe('folders')
  })

  test('is not used where there is no training folder', () => {
    expect(assignSplit(distinct(20, 0, 'test'), usual).origin).toBe('seeded')
  })
})
