import { expect, it } from 'vitest'
import { RecentlyNeeded } from '../../../src/renderer/state/recently-needed'

it('names what is new, and lets go of what was not needed for the longest', () => {
  const recent = new RecentlyNeeded(4)
  expect(recent.need([1, 2, 3])).toEqual([1, 2, 3])
  expect(recent.need([2, 4])).toEqual([4])
  expect(recent.all).toEqual([1, 3, 2, 4])
  expect(recent.need([5, 6])).toEqual([5, 6])
  expect(recent.all).toEqual([2, 4, 5, 6])
  expect(recent.need([1])).toEqual([1])
})
