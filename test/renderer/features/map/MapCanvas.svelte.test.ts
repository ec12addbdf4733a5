import { expect, it, vi } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import { render } from 'vitest-browser-svelte'
import MapCanvas from '../../../../src/renderer/features/map/MapCanvas.svelte'

it('selects what is in the ring with Enter, and adds to it with Shift', async () => {
  const onlasso = vi.fn()
  const props = {
    map: {
      ...{ ids: Uint32Array.of(1, 2, 3), classes: new Uint32Array(3), parts: new Uint32Array(3) },
      // the middle of the view is that of the outer two
      points: Float32Array.of(-100, 0, 0, 0, 100, 0),
      imageCount: 3,
    },
    ...{ colours: new Int16Array(3), palette: ['red'], ghost: 'grey', label: 'Map', nameOf: () => '' },
    ...{ onlasso, onopen: () => undefined },
  }
  const { rerender } = await render(MapCanvas, { props: { ...props, selected: new Set<number>() } })
  const map = page.getByRole('application', { name: 'Map' })
  ;(map.element() as HTMLElement).style.cssText = 'width: 400px; height: 300px'
  await userEvent.tab()
  await expect.element(map).toHaveFocus()
  await userEvent.keyboard('{Enter}')
  expect(onlasso).toHaveBeenLastCalledWith([1])
  await rerender({ ...props, selected: new Set([0]) })
  await userEvent.keyboard('{Shift>}{Enter}{/Shift}')
  expect(onlasso).toHaveBeenLastCalledWith([0, 1])
  // What stands back is not selected.
  await rerender({ ...props, colours: Int16Array.of(0, -1, 0), selected: new Set<number>() })
  await userEvent.keyboard('{Enter}')
  expect(onlasso).toHaveBeenLastCalledWith([])
})
