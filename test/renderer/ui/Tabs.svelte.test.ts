import { expect, it } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import { render } from 'vitest-browser-svelte'
import Tabs from '../../../src/renderer/ui/Tabs.svelte'
import { press } from '../support/keys'
import { roomOf } from '../support/room'

const tabs = Array.from({ length: 12 }, (_, at) => ({
  id: `t${String(at)}`,
  label: `List number ${String(at)}`,
}))
const list = page.getByRole('tablist', { name: 'Lists' })
const tab = (at: number) => page.getByRole('tab', { name: new RegExp(`^List number ${String(at)}(?!\\d)`) })

/** Whether a tab is within the line, to a pixel. */
function isSeen(at: number): boolean {
  const [outer, inner] = [list.element().getBoundingClientRect(), tab(at).element().getBoundingClientRect()]
  return inner.left >= outer.left - 1 && inner.right <= outer.right + 1
}

it('tabs that are too many for a line stay in it: keys and the wheel bring the others', async () => {
  const target = roomOf(420, 60)
  await render(Tabs, { target, props: { tabs, value: 't0', label: 'Lists' } })
  await expect.element(tab(0)).toBeVisible()
  expect(tab(11).element().getBoundingClientRect().top).toBe(tab(0).element().getBoundingClientRect().top)
  await expect.poll(() => [isSeen(0), isSeen(11)]).toEqual([true, false])
  await expect.poll(() => list.element().className).toContain('more-after')
  await expect.poll(() => list.element().className).not.toContain('more-before')

  await userEvent.click(tab(0))
  await press('ArrowLeft')
  await expect.poll(() => isSeen(11)).toBe(true)
  await expect.element(tab(11)).toHaveAttribute('aria-selected', 'true')
  await expect.poll(() => list.element().className).toContain('more-before')
  await expect.poll(() => list.element().className).not.toContain('more-after')

  list.element().dispatchEvent(new WheelEvent('wheel', { deltaY: -5000, bubbles: true, cancelable: true }))
  await expect.poll(() => isSeen(0)).toBe(true)
})

it('the chosen one is in sight from the start', async () => {
  await render(Tabs, { target: roomOf(420, 60), props: { tabs, value: 't9', label: 'Lists' } })
  await expect.poll(() => isSeen(9)).toBe(true)
})

it('the chosen one stays in sight when counts make the others wider', async () => {
  const shown = await render(Tabs, { target: roomOf(420, 60), props: { tabs, value: 't9', label: 'Lists' } })
  await expect.poll(() => isSeen(9)).toBe(true)
  await shown.rerender({ tabs: tabs.map((one) => ({ ...one, count: '1,234,567' })) })
  await expect.poll(() => list.element().textContent).toContain('1,234,567')
  await expect.poll(() => isSeen(9)).toBe(true)
})
