import { expect, it } from 'vitest'
import { page } from 'vitest/browser'
import { render } from 'vitest-browser-svelte'
import Lightbox from '../../../src/renderer/ui/Lightbox.svelte'
import { press } from '../support/keys'

const box = { className: 'iris', xPx: 20, yPx: 10, widthPx: 40, heightPx: 30, isCrowd: false }
const drawn = page.getByRole('img', { name: '2 boxes' })

function firstBox(): Element | null {
  return drawn.element().querySelector('rect')
}

it('boxes lie over the image with their classes, grow with it, and B hides them', async () => {
  await render(Lightbox, {
    props: {
      ...{ open: true, title: 'iris.jpg', ownSize: { widthPx: 100, heightPx: 50 } },
      boxes: [box, { ...box, className: 'leaf', isCrowd: true }],
    },
  })
  await expect.element(drawn).toBeVisible()
  expect([...drawn.element().querySelectorAll('text')].map(({ textContent }) => textContent)).toEqual([
    'iris',
    'leaf (crowd)',
  ])
  const widthNow = (): number => Number(firstBox()?.getAttribute('width'))
  const stage = drawn.element().getBoundingClientRect()
  const scale = Math.min(stage.width / 100, stage.height / 50)
  expect(widthNow()).toBeCloseTo(40 * scale)
  expect(Number(firstBox()?.getAttribute('x'))).toBeCloseTo(stage.width / 2 - 30 * scale)

  const dialog = page.getByRole('dialog').element() as HTMLElement
  dialog.focus()
  press('+')
  expect(widthNow()).toBeCloseTo(40 * scale * Math.SQRT2)
  press('b')
  await expect.element(drawn).not.toBeInTheDocument()
  expect(page.getByRole('button', { name: 'Boxes B' }).element().getAttribute('aria-pressed')).toBe('false')
  press('b')
  await expect.element(drawn).toBeVisible()
})
