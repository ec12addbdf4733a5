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

it('leads to all that a start found where that is more than there is room for, and stays until it is closed', () => {
  toasts.list = []
  let opened = 0
  const found = (count: number): string[] => Array.from({ length: count }, (_, at) => `run ${String(at)}`)
  toasts.sayAll(found(4), 'Four.', () => opened++)
  expect(toasts.list.map(({ text, stays }) => [text, stays])).toEqual(found(4).map((text) => [text, false]))
  toasts.list = []
  toasts.sayAll(found(20), 'Twenty.', () => opened++)
  expect(toasts.list).toMatchObject([{ text: 'Twenty.', detail: 'run 0', stays: true }])
  toasts.list[0]?.action?.run()
  expect(opened).toBe(1)
})

it('offers the Undo of the newest of two that say the same, and says nothing twice', () => {
  toasts.list = []
  const undone: string[] = []
  const undo = (run: string) => ({ label: 'Undo', run: () => void undone.push(run) })
  toasts.say('The run was deleted.', undo('first'))
  toasts.say('The run was deleted.', undo('second'))
  expect(toasts.list.map(({ text }) => text)).toEqual(['The run was deleted.'])
  toasts.list[0]?.action?.run()
  expect(undone).toEqual(['second'])
  // nothing new, and nothing to do: the one that can do something stays
  toasts.say('The run was deleted.')
  expect(toasts.list).toHaveLength(1)
  toasts.list[0]?.action?.run()
  expect(undone).toEqual(['second', 'second'])
})
