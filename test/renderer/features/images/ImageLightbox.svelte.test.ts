import { expect, it } from 'vitest'
import { page } from 'vitest/browser'
import { render } from 'vitest-browser-svelte'
import ImageLightbox from '../../../../src/renderer/features/images/ImageLightbox.svelte'
import { app } from '../../../../src/renderer/state/app.svelte'

it('the full size of an image has its boxes, asked for once it is open, and those of the next one follow', async () => {
  const asked: number[] = []
  app.start({
    call: (name: string, input: object) => {
      if (name !== 'images.get') return Promise.resolve({ databaseCheck: {}, startNotes: [] } as never)
      const id = 'id' in input ? Number(input.id) : 0
      asked.push(id)
      const place = { xPx: 20, yPx: 10, widthPx: 40, heightPx: 30, isCrowd: false }
      const boxes = id === 8 ? [] : [{ className: `iris ${String(id)}`, ...place }]
      return Promise.resolve({ id, widthPx: 100, heightPx: 50, boxes } as never)
    },
    onEvent: () => () => undefined,
    onConnection: () => () => undefined,
    abilities: {},
    imageKey: () => '',
  })
  const props = { open: false, imageId: 7, title: 'iris.jpg' }
  const shown = await render(ImageLightbox, { props })
  expect(asked).toEqual([])

  const boxes = page.getByRole('img', { name: /^\d+ box/ })
  await shown.rerender({ ...props, open: true })
  await expect.element(boxes).toHaveTextContent('iris 7')
  await shown.rerender({ ...props, open: true, imageId: 8 })
  await expect.element(boxes).not.toBeInTheDocument()
  await shown.rerender({ ...props, open: true, imageId: 9 })
  await expect.element(boxes).toHaveTextContent('iris 9')
  expect(asked).toEqual([7, 8, 9])
})
