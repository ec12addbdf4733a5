import { createRawSnippet } from 'svelte'
import { beforeEach, describe, expect, it } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import { render } from 'vitest-browser-svelte'
import Panes from '../../../src/renderer/ui/Panes.svelte'
import { press } from '../support/keys'
import { roomOf } from '../support/room'

const children = createRawSnippet(() => ({
  render: () =>
    '<div style="display: contents"><section id="start"></section><section id="middle"></section><section id="end"></section></div>',
}))
const filter = page.getByRole('separator', { name: 'Width of Filter' })
const side = page.getByRole('separator', { name: 'Width of Selected image' })
const widthOf = (id: string): number => document.getElementById(id)?.getBoundingClientRect().width ?? NaN

async function shown() {
  const target = roomOf(1300, 400)
  target.style.display = 'grid'
  const { unmount } = await render(Panes, {
    target,
    props: {
      name: 'test',
      start: { label: 'Filter', widthPx: 240, leastPx: 168 },
      end: { label: 'Selected image', widthPx: 300, leastPx: 232 },
      children,
    },
  })
  await expect.poll(() => widthOf('start')).toBe(200)
  return { target, unmount }
}

/** The room without the widths that the panes begin with: the middle's. */
describe('panes', () => {
  beforeEach(() => localStorage.clear())

  it('follow the line that is dragged, on both sides, and stop at their least width', async () => {
    await shown()
    const pane = page.elementLocator(document.body)
    const drag = async (line: typeof filter, byPx: number): Promise<void> => {
      const { left, top, width } = line.element().getBoundingClientRect()
      const [x, y] = [left + width / 2, top + 100]
      await userEvent.dragAndDrop(pane, pane, {
        sourcePosition: { x, y },
        targetPosition: { x: x + byPx, y },
      })
    }
    await drag(filter, 90)
    expect(widthOf('start')).toBe(290)
    await drag(side, -60)
    expect(widthOf('end')).toBe(310)
    expect(widthOf('middle')).toBe(700)
    await drag(filter, -250)
    expect(widthOf('start')).toBe(168)
  })

  it('have their lines beside the scrollbars of the panes, not over them', async () => {
    const { target } = await shown()
    const room = target.getBoundingClientRect()
    const leftOf = (line: typeof filter): number => line.element().getBoundingClientRect().left
    expect(leftOf(filter) - room.left).toBeGreaterThanOrEqual(widthOf('start') - 1)
    expect(room.right - leftOf(side)).toBeLessThanOrEqual(widthOf('end') + 1)
  })

  it('move with the arrows, farther with Shift, to both ends of their range, and back with Enter', async () => {
    await shown()
    filter.element().focus()
    press('ArrowRight')
    expect(widthOf('start')).toBe(216)
    press('Shift+ArrowRight', 'ArrowLeft')
    expect(widthOf('start')).toBe(264)
    press('Home')
    expect(widthOf('start')).toBe(168)
    press('End')
    expect(widthOf('middle')).toBe(360)
    await expect.element(filter).toHaveAttribute('aria-valuenow', String(widthOf('start')))
    await expect.element(filter).toHaveAttribute('aria-valuemax', String(widthOf('start')))
    press('Enter')
    expect(widthOf('start')).toBe(200)
    side.element().focus()
    press('ArrowLeft')
    expect(widthOf('end')).toBe(266)
    expect(press('Control+ArrowLeft')).toBe(false)
    expect(widthOf('end')).toBe(266)
  })

  it('keep their width for the next time, until a double click', async () => {
    const { unmount } = await shown()
    filter.element().focus()
    press('ArrowRight', 'ArrowRight', 'ArrowRight')
    await unmount()
    const target = roomOf(1300, 400)
    await render(Panes, {
      target,
      props: { name: 'test', start: { label: 'Filter', widthPx: 240, leastPx: 168 }, children },
    })
    await expect.element(filter).toHaveAttribute('aria-valuenow', '248')
    await filter.dblClick()
    await expect.element(filter).toHaveAttribute('aria-valuenow', '200')
    expect(localStorage).toHaveLength(0)
  })

  it('give way to the middle in a smaller window and come back in a larger one', async () => {
    const { target } = await shown()
    side.element().focus()
    press('End')
    await expect.poll(() => widthOf('end')).toBe(740)
    target.style.width = '1000px'
    await expect.poll(() => widthOf('middle')).toBe(360)
    expect(widthOf('end')).toBe(440)
    target.style.width = '1300px'
    await expect.poll(() => widthOf('end')).toBe(740)
  })
})
