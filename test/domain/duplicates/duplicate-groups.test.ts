import { describe, expect, it } from 'vitest'
import { contentGroups, duplicateGroups } from '../../../src/domain/duplicates/duplicate-groups'

const pair = (one: number, other: number, likeness: number) => ({ one, other, likeness, isMirrored: false })

it('keeps similar contents apart from what is the same, one of each', () => {
  const pairs = [pair(0, 1, 0.999), pair(1, 2, 0.99), pair(0, 2, 0.988)]
  expect(contentGroups(5, pairs)).toEqual([
    { kind: 'same-image', contents: [0, 1] },
    { kind: 'similar', contents: [0, 2] },
  ])
})

describe('groups of images', () => {
  const images = ['a', 'b', 'a', 'c', 'a', 'd', 'd'].map((contentHash) => ({ contentHash }))

  it('are of the same bytes where no other content is the same', () => {
    expect(duplicateGroups(images, [])).toEqual([
      { kind: 'same-bytes', members: [0, 2, 4] },
      { kind: 'same-bytes', members: [5, 6] },
    ])
  })

  it('have all files of the contents that are the same image', () => {
    expect(duplicateGroups(images, [{ kind: 'same-image', contentHashes: ['c', 'a'] }])).toEqual([
      { kind: 'same-image', members: [0, 2, 3, 4] },
      { kind: 'same-bytes', members: [5, 6] },
    ])
  })

  it('are none of contents that are no longer there', () => {
    const groups = [
      { kind: 'same-image' as const, contentHashes: ['b', 'gone'] },
      { kind: 'similar' as const, contentHashes: ['b', 'gone too'] },
    ]
    expect(duplicateGroups(images.slice(0, 2), groups)).toEqual([])
  })

  it('have one image of each similar content, and come last', () => {
    const groups = [{ kind: 'similar' as const, contentHashes: ['a', 'b'] }]
    expect(duplicateGroups(images, groups).at(-1)).toEqual({ kind: 'similar', members: [0, 1] })
  })
})
