/** Keys for a component that follows them itself: at once, where a hundred of them through the browser's driver would take seconds. */
import { flushSync } from 'svelte'

/** Each is pressed on the element with the focus, as `KeyboardEvent.key` names it; with 'Shift+' before it, Shift is down. Whether all were taken. */
export function press(...keys: string[]): boolean {
  return keys.every((named) => {
    const { groups = {} } = /^(?<modifier>Shift\+|Control\+|Alt\+|Meta\+)?(?<key>.+)$/.exec(named) ?? {}
    const { modifier, key = named } = groups
    const event = new KeyboardEvent('keydown', {
      key,
      shiftKey: modifier === 'Shift+',
      ctrlKey: modifier === 'Control+',
      altKey: modifier === 'Alt+',
      metaKey: modifier === 'Meta+',
      bubbles: true,
      cancelable: true,
    })
    const left = (document.activeElement ?? document.body).dispatchEvent(event)
    flushSync()
    return !left
  })
}

/** Each is pressed on the element with the focus while an input method composes: it is meant for the method. */
export function compose(...keys: string[]): void {
  for (const key of keys) {
    const event = new KeyboardEvent('keydown', { key, isComposing: true, bubbles: true, cancelable: true })
    ;(document.activeElement ?? document.body).dispatchEvent(event)
    flushSync()
  }
}
