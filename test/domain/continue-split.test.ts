import { describe, expect, test } from 'vitest'
import type { SplitOptions, SplitPart } from '../../src/contract/entities/dataset'
import { continuingSplit, type ContinuedImage } from '../../src/domain/continue-split'
import { atOnce } from '../../src/domain/in-turns'
import { assignSplit } from '../../src/domain/split'
import fc from '../support/properties'

const options: SplitOptions = { valFraction: 0.1, testFraction: 0.2, seed: 0 }

const image = (
  contentHash: string,
  keptPart: SplitPart | null = null,
  folderPart: SplitPart | null = null,
): ContinuedImage => ({ contentHash, classIndex: 0, folderPart, keptPart })

describe('the split of a dataset that took in changes', () => {
  test('moves no image that stays, whatever comes and goes, and keeps one content on one side', () => {
    fc.assert(
      fc.property(fc.nat(40), fc.nat(40), fc.nat(40), (oldCount, goneCount, newCount) => {
        const old = Array.from({ length: oldCount }, (_, index) => image(`old ${index}`))
        const { parts } = assignSplit(old, options)
        const stay = old
          .map((one, index): ContinuedImage => ({ ...one, keptPart: parts[index] ?? null }))
          .slice(Math.min(goneCount, oldCount))
        // every third new file is a copy of one that stays
        const fresh = Array.from({ length: newCount }, (_, index) =>
          image(index % 3 === 0 && stay.length > 0 ? (stay[0]?.contentHash ?? '') : `new ${index}`),
        )
        const all = [...stay, ...fresh]
        const found = atOnce(continuingSplit(all, { origin: 'seeded', options }))
        stay.forEach(({ keptPart }, index) => expect(found.parts[index]).toBe(keptPart))
        const partsOf = new Map<string, Set<SplitPart | undefined>>()
        all.forEach(({ contentHash }, index) => {
          const seen = partsOf.get(contentHash) ?? new Set()
          partsOf.set(contentHash, seen.add(found.parts[index]))
        })
        for (const seen of partsOf.values()) expect(seen.size).toBe(1)
      }),
    )
  })

  test('puts new images into each part by the seed, the same ones in any order', () => {
    const stay = Array.from({ length: 100 }, (_, index) => image(`old ${index}`, 'train'))
    const fresh = Array.from({ length: 100 }, (_, index) => image(`new ${index}`))
    const found = atOnce(continuingSplit([...stay, ...fresh], { origin: 'seeded', options })).parts
    const turned = atOnce(continuingSplit([...fresh, ...stay], { origin: 'seeded', options })).parts
    expect(found.slice(100)).toEqual(turned.slice(0, 100))
    for (const part of ['train', 'val', 'test'] as const) expect(found.slice(100)).toContain(part)
  })

  test('leaves to the source the parts that it gives', () => {
    const images = [
      image('a', null, 'test'),
      image('b', 'val', 'train'),
      image('c', null, 'test'),
      image('d', 'train', 'train'),
    ]
    expect(atOnce(continuingSplit(images, { origin: 'mixed', options })).parts).toEqual([
      'test',
      'val',
      'test',
      'train',
    ])
    expect(atOnce(continuingSplit(images, { origin: 'folders', options })).parts).toEqual([
      'test',
      'train',
      'test',
      'train',
    ])
  })

  test('follows a source that gave no parts and now gives them', () => {
    const images = [image('a', 'train', 'test'), image('b', 'test', 'train'), image('c', 'train', 'val')]
    expect(atOnce(continuingSplit(images, { origin: 'seeded', options }))).toEqual({
      origin: 'folders',
      parts: ['test', 'train', 'val'],
    })
  })
})
