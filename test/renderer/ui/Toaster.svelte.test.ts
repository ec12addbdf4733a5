import { flushSync } from 'svelte'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import { render } from 'vitest-browser-svelte'
import Toaster from '../../../src/renderer/ui/Toaster.svelte'
import '../support/page'

const longMs = 60_000
const action = { label: 'Undo', run: () => undefined }
const toast = { text: 'The run was deleted.', detail: '', alarm: false, stays: false, action }
const undo = page.getByRole('button', { name: 'Undo' })

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
afterEach(() => void vi.useRealTimers())

/** Answers with the ids of those that went. */
async function open(): Promise<number[]> {
  const gone: number[] = []
  await render(Toaster, {
    props: { items: [{ id: 1, ...toast }], onclose: (id: number) => void gone.push(id) },
  })
  await expect.element(undo).toBeVisible()
  return gone
}

/** Where no message is. */
async function away(): Promise<void> {
  await userEvent.hover(document.body, { position: { x: 1, y: 1 } })
}

it('a message goes by itself', async () => {
  await away()
  const gone = await open()
  vi.advanceTimersByTime(longMs)
  expect(gone).toEqual([1])
})

it('it stays while the pointer is over it, also where the focus leaves it', async () => {
  const gone = await open()
  await undo.hover()
  ;(undo.element() as HTMLElement).focus()
  ;(undo.element() as HTMLElement).blur()
  flushSync()
  vi.advanceTimersByTime(longMs)
  expect(gone).toEqual([])
  await away()
  flushSync()
  vi.advanceTimersByTime(longMs)
  expect(gone).toEqual([1])
})

it('it stays while the focus is in it, also where the pointer leaves it', async () => {
  const gone = await open()
  ;(undo.element() as HTMLElement).focus()
  await undo.hover()
  await away()
  flushSync()
  vi.advanceTimersByTime(longMs)
  expect(gone).toEqual([])
  ;(undo.element() as HTMLElement).blur()
  flushSync()
  vi.advanceTimersByTime(longMs)
  expect(gone).toEqual([1])
})

it('one that is closed from within lets the others go', async () => {
  await away()
  const gone: number[] = []
  const two = [1, 2].map((id) => ({ id, ...toast, text: `Message ${String(id)}` }))
  const shown = await render(Toaster, { props: { items: two, onclose: (id: number) => void gone.push(id) } })
  const close = page.getByRole('button', { name: 'Close' }).first()
  ;(close.element() as HTMLElement).focus()
  await userEvent.keyboard('{Enter}')
  expect(gone).toEqual([1])
  await shown.rerender({ items: two.slice(1) })
  await expect.element(page.getByText('Message 1')).not.toBeInTheDocument()
  vi.advanceTimersByTime(longMs)
  expect(gone).toEqual([1, 2])
})
