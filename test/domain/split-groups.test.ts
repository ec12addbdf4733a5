import { expect, it } from 'vitest'
import { splitGroups } from '../../src/domain/split-groups'

const images = [
  { key: 'elm/a/1.jpg', contentHash: 'p' },
  { key: 'elm/a/2.jpg', contentHash: 'q' },
  { key: 'elm/b/3.jpg', contentHash: 'r' },
  { key: 'oak/c/4.jpg', contentHash: 'r' },
  { key: 'oak/d/5.jpg', contentHash: 's' },
  { key: '6.jpg', contentHash: 't' },
]
/** The places that have the same group. */
const together = (groups: readonly string[]): number[][] => [
  ...Map.groupBy(groups.keys(), (place) => groups[place]).values(),
]

it('copies stay together whatever else does', () => {
  expect(together(splitGroups(images, 'copies', []))).toEqual([[0], [1], [2, 3], [4], [5]])
})

it('groups that share a content are one', () => {
  const alike = [
    { contentHashes: ['p', 'r'] },
    { contentHashes: ['s', 'r'] },
    { contentHashes: ['gone', 't'] },
  ]
  expect(together(splitGroups(images, 'alike', alike))).toEqual([[0, 2, 3, 4], [1], [5]])
})

it('images with the same value stay together, those without one with their copies alone', () => {
  const patients = new Map([
    ['elm/a/1.jpg', 'Ada'],
    ['oak/d/5.jpg', 'Ada'],
    ['oak/c/4.jpg', 'Bob'],
    ['gone.jpg', 'Bob'],
  ])
  expect(together(splitGroups(images, patients, []))).toEqual([[0, 4], [1], [2, 3], [5]])
})

it('the images of a folder stay together, and folders that share a copy', () => {
  expect(together(splitGroups(images, 'folder', []))).toEqual([[0, 1], [2, 3], [4], [5]])
})
