import { flushSync, mount, unmount } from 'svelte'
import { expect, it, onTestFinished } from 'vitest'
import KeySettings from '../../../../src/renderer/features/settings/KeySettings.svelte'
import { everywhere, keys } from '../../../../src/renderer/state/keys.svelte'
import '../../support/page'
import { roomOf } from '../../support/room'

it('a key that cannot be chosen is refused in words, and so is one that others begin with', () => {
  const nothing = (): void => undefined
  const stop = keys.add(everywhere, [
    { keys: '?', does: 'Show this list', run: nothing },
    { keys: 'G D', does: 'Go to Datasets', run: nothing },
  ])
  const room = roomOf(700, 400)
  const component = mount(KeySettings, { target: room })
  onTestFinished(() => {
    keys.rebind('?', null)
    stop()
    void unmount(component)
  })
  const field = (): HTMLElement | null => room.querySelector('[aria-label^="Show this list"]')
  const press = (init: KeyboardEventInit): boolean => {
    const event = new KeyboardEvent('keydown', { ...init, bubbles: true, cancelable: true })
    field()?.dispatchEvent(event)
    flushSync()
    return event.defaultPrevented
  }
  const said = (): string => room.querySelector('[role="alert"]')?.textContent ?? ''
  field()?.click()
  flushSync()
  press({ key: 'Alt', altKey: true })
  expect(said()).toBe('')
  press({ key: 'q', altKey: true })
  expect(said()).toMatch(/^Choose a letter/)
  press({ key: 'g' })
  expect(said()).toBe('G is taken: Go to Datasets.')
  expect(press({ key: 'Tab' })).toBe(false)
  press({ key: 'h' })
  expect(said()).toBe('')
  expect(field()?.textContent).toContain('H')
})
