import { expect, it } from 'vitest'
import { toasts } from '../../../src/renderer/state/toasts.svelte'

it('offers to undo the newest correction only, because that is what undo takes back', () => {
  const undo = { label: 'Undo', run: () => undefined, undoes: 'labels' } as const
  toasts.say('Done: the tag "hard" on 3 images.', undo)
  toasts.say('A new split was made.', { label: 'Undo', run: () => undefined })
  toasts.say('Done: excluding 1 image.', undo)
  expect(toasts.list.map(({ text }) => text)).toEqual(['A new split was made.', 'Done: excluding 1 image.'])
  // one image was corrected, without a message
  toasts.passOver('labels')
  expect(toasts.list.map(({ text }) => text)).toEqual(['A new split was made.'])
})

it('says that something was done again in place of that it was undone', () => {
  toasts.list = []
  toasts.say('Undone: excluding 1 image.', null, 'labels')
  toasts.say('Done again: excluding 1 image.', null, 'labels')
  expect(toasts.list.map(({ text }) => text)).toEqual(['Done again: excluding 1 image.'])
})
