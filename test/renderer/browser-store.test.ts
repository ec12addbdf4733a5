import { afterEach, beforeEach, expect, it } from 'vitest'
import { keptJson, lastingStore, tabStore } from '../../src/renderer/browser-store'
import { rememberBundle, rememberedBundle } from '../../src/renderer/transport/bundle-client'
import { lastSession } from '../../src/renderer/transport/session'

const names = ['localStorage', 'sessionStorage'] as const
const before = names.map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)] as const)

function storage(get: () => Storage): void {
  for (const name of names) Object.defineProperty(globalThis, name, { configurable: true, get })
}
beforeEach(() =>
  storage(() => {
    throw new DOMException('Access is denied for this document.', 'SecurityError')
  }),
)
afterEach(() => {
  for (const [name, property] of before)
    if (property === undefined) Reflect.deleteProperty(globalThis, name)
    else Object.defineProperty(globalThis, name, property)
})

it('a browser that forbids its storage is as one that forgot', () => {
  for (const store of [lastingStore, tabStore]) {
    store.setItem('width', '300')
    store.removeItem('width')
    expect(store.getItem('width')).toBeNull()
  }
  rememberBundle({ id: 3, path: '' })
  expect(rememberedBundle()).toBeNull()
  expect(lastSession()).toBeNull()
})

it('so is one that has no room left, but what it has is read', () => {
  const setItem = (): void => {
    throw new DOMException('exceeded the quota', 'QuotaExceededError')
  }
  storage(() => ({ getItem: () => '200', setItem }) as unknown as Storage)
  lastingStore.setItem('width', '300')
  expect(lastingStore.getItem('width')).toBe('200')
})

it('what was cut off while it was kept is as if it were not there', () => {
  storage(() => ({ getItem: () => '{"session":"a' }) as unknown as Storage)
  expect(keptJson(lastingStore, 'any')).toBeNull()
  expect([lastSession(), rememberedBundle()]).toEqual([null, null])
})
