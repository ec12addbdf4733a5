import { createRawSnippet, flushSync } from 'svelte'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { page } from 'vitest/browser'
import { render } from 'vitest-browser-svelte'
import ImageGrid from '../../../src/renderer/ui/ImageGrid.svelte'
import { askForReady } from '../../../src/renderer/ui/images'
import { press } from '../support/keys'
import { roomOf } from '../support/room'

/** Upright, wide, square and very wide images in turn, from `first` on. */
function listOf(count: number, first = 1): { ids: number[]; aspects: number[] } {
  const shapes = [0.75, 1.5, 1, 1.33, 2.4, 0.66, 1]
  return {
    ids: Array.from({ length: count }, (_, index) => first + index),
    aspects: Array.from({ length: count }, (_, index) => shapes[index % shapes.length] ?? 1),
  }
}

const grid = page.getByRole('listbox')
const options = (): HTMLElement[] =>
  [...document.querySelectorAll<HTMLElement>('[role=option]')].sort((a, b) => placeOf(a) - placeOf(b))
const placeOf = (option: HTMLElement): number => Number(option.getAttribute('aria-posinset'))
const image = (number: number, count: number) =>
  page.getByRole('option', { name: `Image ${number} of ${count}`, exact: true })

async function focused(count: number, more: object = {}) {
  const target = roomOf(900, 500)
  const onselect = vi.fn<(index: number) => void>()
  const onopen = vi.fn<(index: number) => void>()
  const props = { ...listOf(count), label: `${count} images`, onselect, onopen, ...more }
  const { rerender } = await render(ImageGrid, { target, props })
  await expect.element(grid).toBeVisible()
  grid.element().focus()
  return { target, onselect, onopen, rerender }
}

/** Whether the element is whole inside the box. */
function isInside(element: Element, box: Element): boolean {
  const inner = element.getBoundingClientRect()
  const outer = box.getBoundingClientRect()
  return inner.top >= outer.top - 0.5 && inner.bottom <= outer.bottom + 0.5
}

async function expectSelected(number: number, count: number): Promise<void> {
  const option = image(number, count)
  await expect.element(option).toHaveAttribute('aria-selected', 'true')
  await expect.element(grid).toHaveAttribute('aria-activedescendant', option.element().id)
  await expect.poll(() => isInside(option.element(), grid.element())).toBe(true)
  expect(document.querySelectorAll('[role=option][aria-selected=true]')).toHaveLength(1)
}

describe('the grid of images', () => {
  it('takes its keys while nothing has the focus where it is what the screen is about, and only there', async () => {
    const { onopen } = await focused(40, { isMain: true, selected: 0 })
    grid.element().blur()
    expect(document.activeElement).toBe(document.body)
    press('ArrowRight')
    await expectSelected(2, 40)
    expect(document.activeElement).toBe(grid.element())
    grid.element().blur()
    press(' ')
    expect(onopen).toHaveBeenCalledWith(1)
    grid.element().blur()
    expect(press('g')).toBe(false)
    expect(document.activeElement).toBe(document.body)
  })

  it('leaves the keys alone where it is one of several lists', async () => {
    await focused(40, { selected: 0 })
    grid.element().blur()
    expect(press('ArrowRight')).toBe(false)
    await expectSelected(1, 40)
  })

  it('fills each row to the same edge and keeps to the width when it changes', async () => {
    const { target } = await focused(40)
    const edges = (): number[] => {
      const rows = new Map<number, number>()
      for (const option of options()) {
        const { top, right } = option.getBoundingClientRect()
        rows.set(Math.round(top), Math.max(rows.get(Math.round(top)) ?? 0, right))
      }
      return [...rows.values()]
    }
    const end = (): number => grid.element().getBoundingClientRect().left + grid.element().clientWidth - 8
    /** The last row is as wide as its images. */
    const isFlush = (): boolean =>
      edges()
        .slice(0, -1)
        .every((edge) => Math.abs(edge - end()) < 1)
    const rowsBefore = edges().length
    expect(rowsBefore).toBeGreaterThan(2)
    await expect.poll(isFlush).toBe(true)
    target.style.width = '460px'
    await expect.poll(() => edges().length > rowsBefore && isFlush()).toBe(true)
  })

  it('holds a window of a million images in the document and reaches the last one', async () => {
    const count = 1_000_000
    const { onselect } = await focused(count)
    await expect.element(image(1, count)).toBeVisible()
    expect(options().length).toBeLessThan(150)
    press('End')
    await expectSelected(count, count)
    expect(onselect).toHaveBeenLastCalledWith(count - 1)
    expect(options().length).toBeLessThan(150)
    press('ArrowUp', 'ArrowLeft')
    const near = placeOf(options().find((option) => option.ariaSelected === 'true') ?? document.body)
    expect(near).toBeGreaterThan(count - 30)
    await expectSelected(near, count)
  })

  it('says where each image stands, also those that are not in the document', async () => {
    await focused(300)
    await expect.element(image(3, 300)).toHaveAttribute('aria-posinset', '3')
    await expect.element(image(3, 300)).toHaveAttribute('aria-setsize', '300')
    await expect.element(grid).not.toHaveAttribute('aria-activedescendant')
  })

  it('tells which images are in the document, those in sight among them', async () => {
    const onrange = vi.fn<(first: number, end: number) => void>()
    await focused(2000, { onrange })
    grid.element().scrollTop = 6000
    const inSight = (): number[] =>
      options()
        .filter((option) => isInside(option, grid.element()))
        .map((option) => placeOf(option) - 1)
    await expect.poll(() => (inSight()[0] ?? 0) > 100).toBe(true)
    const [first, end] = onrange.mock.lastCall ?? [0, 0]
    expect(first).toBeLessThanOrEqual(inSight()[0] ?? -1)
    expect(end).toBeGreaterThan(inSight().at(-1) ?? Infinity)
    expect([first, end]).toEqual([
      placeOf(options()[0] ?? document.body) - 1,
      placeOf(options().at(-1) ?? document.body),
    ])
  })

  it('steps with the arrows, down to the image whose middle is nearest', async () => {
    const { onselect } = await focused(300)
    press('ArrowRight')
    await expectSelected(1, 300)
    press('ArrowRight', 'ArrowRight', 'ArrowLeft')
    await expectSelected(2, 300)
    const middle = (option: Element): number => {
      const { left, width } = option.getBoundingClientRect()
      return left + width / 2
    }
    const from = image(2, 300).element()
    const below = [...new Set(options().map((option) => Math.round(option.getBoundingClientRect().top)))][1]
    const nearest = options()
      .filter((option) => Math.round(option.getBoundingClientRect().top) === below)
      .sort((a, b) => Math.abs(middle(a) - middle(from)) - Math.abs(middle(b) - middle(from)))[0]
    press('ArrowDown')
    expect(onselect).toHaveBeenLastCalledWith(placeOf(nearest ?? document.body) - 1)
    press('ArrowUp', 'ArrowUp', 'ArrowUp')
    expect(onselect.mock.lastCall?.[0]).toBeLessThan(9)
  })

  it('goes page by page and to both ends, always with the selected image in sight', async () => {
    const { onselect } = await focused(300)
    press('Home')
    await expectSelected(1, 300)
    press('PageDown')
    const page1 = onselect.mock.lastCall?.[0] ?? 0
    expect(page1).toBeGreaterThan(15)
    await expectSelected(page1 + 1, 300)
    press('PageDown', 'PageDown', 'PageUp')
    const page2 = onselect.mock.lastCall?.[0] ?? 0
    expect(page2).toBeGreaterThan(page1)
    await expectSelected(page2 + 1, 300)
    press('End', 'ArrowRight')
    await expectSelected(300, 300)
    press('Home', 'ArrowLeft')
    await expectSelected(1, 300)
  })

  it('begins at the first image in sight when nothing is selected', async () => {
    const { onselect } = await focused(2000)
    grid.element().scrollTop = 6000
    await expect.poll(() => placeOf(options()[0] ?? document.body) > 100).toBe(true)
    press('ArrowDown')
    const chosen = onselect.mock.lastCall?.[0] ?? 0
    expect(chosen).toBeGreaterThan(100)
    await expectSelected(chosen + 1, 2000)
    expect(Math.abs(grid.element().scrollTop - 6000)).toBeLessThan(200)
  })

  it('selects the image that is pressed and keeps the focus itself', async () => {
    const { onselect } = await focused(300)
    grid.element().blur()
    await image(4, 300).click()
    expect(onselect.mock.calls).toEqual([[3]])
    await expectSelected(4, 300)
    expect(document.activeElement).toBe(grid.element())
    await image(6, 300).click({ button: 'right' })
    expect(onselect.mock.calls).toEqual([[3]])
  })

  it('opens the selected image with Enter, Space or a double click, and opens nothing before one is selected', async () => {
    const { onopen } = await focused(300)
    press('Enter')
    expect(onopen).not.toHaveBeenCalled()
    press('ArrowRight', 'Enter')
    expect(onopen).toHaveBeenLastCalledWith(0)
    press('ArrowRight', ' ')
    expect(onopen).toHaveBeenLastCalledWith(1)
    await image(5, 300).dblClick()
    expect(onopen).toHaveBeenLastCalledWith(4)
    expect(onopen).toHaveBeenCalledTimes(3)
  })

  it('leaves keys with Ctrl, Alt or Meta to the screen', async () => {
    const { onselect } = await focused(300)
    expect(['Control+End', 'Alt+ArrowRight', 'Meta+ArrowDown'].map((key) => press(key))).toEqual([
      false,
      false,
      false,
    ])
    expect(onselect).not.toHaveBeenCalled()
  })

  it('starts a new list at its top, or at its selected image', async () => {
    const { rerender } = await focused(2000)
    grid.element().scrollTop = 6000
    await expect.poll(() => placeOf(options()[0] ?? document.body) > 100).toBe(true)
    await rerender({ ...listOf(1500, 5001) })
    await expect.element(image(1, 1500)).toBeVisible()
    expect(grid.element().scrollTop).toBe(0)
    await rerender({ ...listOf(1800, 9001), selected: 1200 })
    await expectSelected(1201, 1800)
  })

  it('starts at the image that is selected already', async () => {
    await focused(2000, { selected: 1500 })
    await expectSelected(1501, 2000)
  })

  it('keeps the first image in sight where it is when the width or the height of rows changes', async () => {
    const { target, rerender } = await focused(2000)
    grid.element().scrollTop = 9000
    const top = (): number =>
      placeOf(
        options().find(
          (option) => option.getBoundingClientRect().bottom > grid.element().getBoundingClientRect().top + 8,
        ) ?? document.body,
      )
    await expect.poll(() => top() > 200).toBe(true)
    const before = top()
    target.style.width = '500px'
    await expect.poll(() => grid.element().clientWidth < 510 && Math.abs(top() - before) <= 8).toBe(true)
    await rerender({ rowHeightPx: 240 })
    await expect.poll(() => Math.abs(top() - before) <= 12).toBe(true)
  })

  it('names an image that cannot be loaded instead of showing a torn one', async () => {
    const target = roomOf(900, 500)
    const props = { ids: [7, 404], aspects: [1, 1], label: '2 images' }
    await render(ImageGrid, { target, props })
    await expect.poll(() => image(1, 2).element().querySelector('img')?.naturalWidth).toBeGreaterThan(0)
    await expect
      .poll(() => image(2, 2).element().querySelector('[role=img]')?.ariaLabel)
      .toMatch(/cannot be shown/i)
    expect(image(1, 2).element().querySelector('[role=img]')).toBeNull()
  })
})

describe('images that the core has ready', () => {
  afterEach(() => askForReady(() => Promise.resolve([])))

  it('come together, those in sight first, and are there without addresses of their own', async () => {
    const square = document.createElement('canvas').toDataURL('image/png')
    const asked: number[][] = []
    askForReady((keys) => {
      asked.push(keys.map(({ id }) => id))
      return Promise.resolve(keys.map(({ id }) => (id === 2 ? null : square)))
    })
    await focused(1000)
    const without = (start: string): (string | null)[] =>
      options()
        .map((option) => option.querySelector('img')?.getAttribute('src') ?? null)
        .filter((address) => address?.startsWith(start) !== true)
    await expect.poll(() => without('data:')).toEqual([expect.stringContaining('/image/2?')])
    expect(without('/image/').length).toBeGreaterThan(20)
    expect(asked[0]?.slice(0, 3)).toEqual([1, 2, 3])
  })
})

describe('a list', () => {
  it('has an image a row with words beside it, and the keys of the grid', async () => {
    const beside = createRawSnippet((index: () => number) => ({
      render: () => `<b>number ${String(index() + 1)}</b>`,
    }))
    await focused(1000, { beside, rowHeightPx: 44, gapPx: 0, padPx: 0 })
    const rows = options().slice(0, 5)
    expect(rows.map((row) => row.offsetTop)).toEqual([0, 44, 88, 132, 176])
    expect(rows.map((row) => row.textContent.trim())).toContain('number 3')
    press('ArrowDown', 'ArrowDown')
    await expectSelected(2, 1000)
    press('End')
    await expectSelected(1000, 1000)
  })
})

describe('a grid in which several images can be chosen', () => {
  const chosen = (): number[] =>
    options()
      .filter((option) => option.ariaSelected === 'true')
      .map(placeOf)
  const many = async (count = 300, more: object = {}) => {
    const shown = await focused(count, { multiple: true, ...more })
    await image(2, count).click()
    return shown
  }

  it('extends from the image in hand with Shift, back again, and from there anew', async () => {
    await many()
    press('Shift+ArrowRight', 'Shift+ArrowRight')
    expect(chosen()).toEqual([2, 3, 4])
    await expect.element(page.getByRole('status')).toHaveTextContent('3 images selected')
    press('Shift+ArrowLeft', 'Shift+ArrowLeft', 'Shift+ArrowLeft')
    expect(chosen()).toEqual([1, 2])
    await image(6, 300).click({ modifiers: ['Shift'] })
    expect(chosen()).toEqual([2, 3, 4, 5, 6])
    press('ArrowRight')
    expect(chosen()).toEqual([7])
    press('Shift+ArrowRight')
    expect(chosen()).toEqual([7, 8])
  })

  it('takes single images in and out with Ctrl, and adds a range with both', async () => {
    const { onselect } = await many()
    await image(4, 300).click({ modifiers: ['Control'] })
    await image(6, 300).click({ modifiers: ['Meta'] })
    expect(chosen()).toEqual([2, 4, 6])
    await image(8, 300).click({ modifiers: ['Control', 'Shift'] })
    expect(chosen()).toEqual([2, 4, 6, 7, 8])
    for (const number of [8, 7, 6, 4]) await image(number, 300).click({ modifiers: ['Control'] })
    expect(chosen()).toEqual([2])
    expect(onselect).toHaveBeenLastCalledWith(1)
    await expect.poll(() => page.getByRole('status').element().textContent).toBe('')
  })

  it('chooses all of a million with Ctrl A, opens the one in hand, and lets go with Escape', async () => {
    const { onopen } = await many(1_000_000)
    expect(press('Control+a')).toBe(true)
    await expect.element(page.getByRole('status')).toHaveTextContent('1,000,000 images selected')
    expect(chosen()).toHaveLength(options().length)
    press(' ')
    expect(onopen).toHaveBeenLastCalledWith(1)
    press('Escape')
    expect(chosen()).toEqual([2])
    expect(press('Escape')).toBe(false)
  })

  it('keeps the chosen images chosen in another list that has them', async () => {
    const { rerender } = await many()
    press('Shift+ArrowRight', 'Shift+ArrowRight')
    // Rendering again takes back what nobody binds.
    await rerender({ ...listOf(200, 3), selected: 1, chosen: [1, 4] })
    await expect.element(page.getByRole('status')).toHaveTextContent('2 images selected')
    expect(chosen()).toEqual([1, 2])
    await rerender({ ...listOf(200, 5000), selected: 1, chosen: [0, 2] })
    await expect.poll(() => page.getByRole('status').element().textContent).toBe('')
  })

  it('says that several can be chosen, and leaves it where they cannot', async () => {
    const { rerender } = await many()
    await expect.element(grid).toHaveAttribute('aria-multiselectable', 'true')
    await rerender({ multiple: false, selected: 1 })
    press('ArrowRight', 'Shift+ArrowRight')
    expect(chosen()).toEqual([4])
    expect(press('Control+a')).toBe(false)
  })

  it('moves with Ctrl and an arrow, takes in and out with Ctrl and Space', async () => {
    await many()
    expect(press('Control+ArrowRight', 'Control+ArrowRight')).toBe(true)
    expect(chosen()).toEqual([2])
    await expect.element(page.getByRole('status')).toHaveTextContent('1 image selected')
    press('Control+ ')
    expect(chosen()).toEqual([2, 4])
    press('Control+ArrowLeft', 'Control+ArrowLeft', 'Control+ ')
    expect(chosen()).toEqual([4])
    press('ArrowLeft')
    expect(chosen()).toEqual([1])
  })

  it('takes in what a box touches, adds to what was chosen with Shift, and lets go between the images', async () => {
    await many()
    const at = (number: number): DOMRect => image(number, 300).element().getBoundingClientRect()
    const drag = (from: [number, number], to: [number, number], shiftKey = false): void => {
      const [first] = document.elementsFromPoint(...from)
      const event = (type: string, [clientX, clientY]: [number, number]) =>
        new MouseEvent(type, { clientX, clientY, shiftKey, buttons: 1, bubbles: true, cancelable: true })
      first?.dispatchEvent(event('mousedown', from))
      window.dispatchEvent(event('mousemove', to))
      flushSync()
      window.dispatchEvent(event('mouseup', to))
      flushSync()
    }
    const [second, third] = [at(2), at(3)]
    drag([second.left + 9, second.top + 9], [third.left + 9, third.top + 20])
    expect(chosen()).toEqual([2, 3])
    await expect.element(page.getByRole('status')).toHaveTextContent('2 images selected')
    const fifth = at(5)
    const gap = fifth.right + 2
    drag([gap, fifth.top + 9], [fifth.right - 9, fifth.top + 20], true)
    expect(chosen()).toEqual([2, 3, 5])
    drag([gap, fifth.top + 9], [gap, fifth.top + 10])
    await expect.poll(() => page.getByRole('status').element().textContent).toBe('')
  })
})
