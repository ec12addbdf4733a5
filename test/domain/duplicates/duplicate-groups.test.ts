import { expect, it } from 'vitest'
import { duplicateGroups } from '../../../src/domain/duplicates/duplicate-groups'

const pair = (one: number, other: number, likeness: number) => ({ one, other, likeness, isMirrored: false })

it('groups files of the same bytes without any pair', () => {
  expect(duplicateGroups([0, 1, 0, 2, 0], [])).toEqual([{ kind: 'same-bytes', members: [0, 2, 4] }])
})

it('groups what is the same image with all files of its bytes', () => {
  expect(duplicateGroups([0, 1, 0, 2], [pair(0, 2, 0.999)])).toEqual([
    { kind: 'same-image', members: [0, 2, 3] },
  ])
})

it('keeps similar images apart from what is the same, one of each', () => {
  const groups = duplicateGroups([0, 1, 2, 3, 4], [pair(0, 1, 0.999), pair(1, 2, 0.99), pair(0, 2, 0.988)])
  expect(groups).toEqual([
    { kind: 'same-image', members: [0, 1] },
    { kind: 'similar', members: [0, 2] },
  ])
})
