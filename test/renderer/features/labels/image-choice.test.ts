import { expect, it } from 'vitest'
import { unpackUint32 } from '../../../../src/contract/packed'
import { imageChoice } from '../../../../src/renderer/features/labels/image-choice'

const list = {
  ids: Uint32Array.from({ length: 5000 }, (_, place) => place + 10),
  query: 'width>9',
  stamp: 's',
}

it('a few images are named by their numbers', () => {
  expect(imageChoice(list, [0, 2, 4, 5])).toEqual({ imageIds: [10, 11, 14] })
})

it('all of a list are its query, and many of it are their places', () => {
  expect(imageChoice(list, [0, 5000])).toEqual({ query: 'width>9', stamp: 's' })
  const choice = imageChoice({ ...list, runId: 7 }, [0, 2000, 3000, 4000])
  expect(choice).toMatchObject({ query: 'width>9', stamp: 's', runId: 7 })
  const places = 'places' in choice ? choice.places : undefined
  expect([...unpackUint32(places ?? '')]).toEqual([0, 2000, 3000, 4000])
})

it('what depends on the run names places, however few', () => {
  expect(imageChoice({ ...list, runId: 7 }, [1, 2], true)).toMatchObject({ runId: 7, query: 'width>9' })
})
