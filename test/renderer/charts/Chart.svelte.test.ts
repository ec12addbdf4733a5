import { describe, expect, it } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import { render } from 'vitest-browser-svelte'
import Chart from '../../../src/renderer/charts/Chart.svelte'
import { makeScale } from '../../../src/renderer/charts/scale'
import type { Readout, Series } from '../../../src/renderer/charts/series'
import { press } from '../support/keys'
import { roomOf } from '../support/room'

const plot = page.getByRole('slider', { name: 'Training loss: step at the crosshair' })
const paths = (): (string | null)[] =>
  [...document.querySelectorAll('.plot path')].map((path) => path.getAttribute('d'))
const dots = (): number => document.querySelectorAll('.plot i.tiny').length

/** Losses that halve every hundred steps. */
function losses(count: number): Series {
  const xs = Array.from({ length: count }, (_, step) => step)
  return { key: 'loss', look: 'line', xs, ys: xs.map((step) => 2 * 0.5 ** (step / 100)) }
}

/** A screen with one chart, which keeps the step at the crosshair. */
async function shown(series: readonly Series[], xMax: number) {
  const target = roomOf(848, 300)
  const [first] = series
  const said: (number | null)[] = []
  const props = {
    label: 'Training loss',
    series,
    scale: makeScale('log', 0.01, 2),
    xMax,
    formatY: String,
    cross: null as number | null,
    onCross: (step: number | null) => {
      said.push(step)
      void rerender({ cross: step })
    },
    readout: (step: number): Readout | null => {
      const value = first?.ys[step]
      return value === undefined
        ? null
        : { text: `step ${step} · loss ${value.toFixed(3)}`, marks: [{ value }] }
    },
  }
  const { rerender } = await render(Chart, { target, props })
  await expect.poll(() => plot.element().clientWidth).toBe(800)
  return { target, said, rerender }
}

describe('a chart', () => {
  it('reads the step under the pointer and nothing once the pointer has left', async () => {
    const { said } = await shown([losses(400)], 400)
    await userEvent.hover(plot, { position: { x: 200, y: 100 } })
    await expect.element(plot).toHaveAttribute('aria-valuetext', 'step 100 · loss 1.000')
    await expect.element(plot).toHaveAttribute('aria-valuenow', '100')
    await expect.element(page.getByText('step 100 · loss 1.000')).toBeVisible()
    const cross = document.querySelector('.cross')?.getBoundingClientRect().left ?? NaN
    expect(Math.abs(cross - plot.element().getBoundingClientRect().left - 200)).toBeLessThan(2)
    await userEvent.hover(document.body, { position: { x: 1000, y: 600 } })
    expect(said.at(-1)).toBeNull()
    await expect.poll(() => document.querySelector('.cross')).toBeNull()
  })

  it('reads with the arrow keys, in larger strides with Shift, and never beyond its steps', async () => {
    const { said } = await shown([losses(400)], 400)
    plot.element().focus()
    press('ArrowRight')
    await expect.element(plot).toHaveAttribute('aria-valuetext', 'step 201 · loss 0.497')
    press('Shift+ArrowLeft')
    await expect.element(plot).toHaveAttribute('aria-valuenow', '181')
    press('Home')
    await expect.element(plot).toHaveAttribute('aria-valuenow', '0')
    press('ArrowLeft')
    expect(said.at(-1)).toBe(0)
    press('End')
    await expect.element(plot).toHaveAttribute('aria-valuenow', '400')
    press('ArrowRight')
    expect(said.at(-1)).toBe(400)
    expect(press('x')).toBe(false)
    plot.element().blur()
    expect(said.at(-1)).toBeNull()
  })

  it('says how it is read while nothing is at the crosshair', async () => {
    await shown([losses(400)], 400)
    await expect.element(plot).toHaveAttribute('aria-valuetext', 'arrow keys move the crosshair')
  })

  it('shows a single point as a dot, since a line through it cannot be seen', async () => {
    await shown([losses(1)], 400)
    expect(dots()).toBe(1)
    plot.element().focus()
    press('Home')
    await expect.element(plot).toHaveAttribute('aria-valuetext', 'step 0 · loss 2.000')
  })

  it('stays on its only step, wherever the pointer is', async () => {
    const { said } = await shown([losses(1)], 0)
    await userEvent.hover(plot, { position: { x: 700, y: 100 } })
    expect(said.at(-1)).toBe(0)
    plot.element().focus()
    press('End', 'ArrowRight')
    expect(said.at(-1)).toBe(0)
  })

  it('is whole without any data: axes, no curve, nothing to read', async () => {
    await shown([{ key: 'loss', look: 'line', xs: [], ys: [], dots: true }], 400)
    expect(paths()).toEqual([''])
    expect(dots()).toBe(0)
    plot.element().focus()
    press('ArrowRight')
    await expect.element(plot).toHaveAttribute('aria-valuetext', 'arrow keys move the crosshair')
    expect(document.querySelector('.read')).toBeNull()
    await expect.element(page.getByText('400')).toBeInTheDocument()
    expect(document.body.innerHTML).not.toContain('NaN')
  })

  it('leaves out values that are not numbers', async () => {
    const gap: Series = { key: 'val', look: 'line', xs: [0, 10, 20], ys: [1, Number.NaN, 0.5], dots: true }
    await shown([gap], 40)
    expect(dots()).toBe(2)
    expect(document.body.innerHTML).not.toContain('NaN')
  })

  it('shows the dots of two curves, also where they share a step', async () => {
    const one: Series = { key: 'val', look: 'line', xs: [0, 10], ys: [1, 0.5], dots: true }
    await shown([one, { ...one, key: 'test', look: 'second', ys: [0.9, 0.4] }], 40)
    expect(dots()).toBe(4)
  })

  it('draws its curve over the width that it has', async () => {
    const { target } = await shown([losses(401)], 400)
    const end = (): number => Number(/L([\d.]+) [\d.]+$/.exec(paths()[0] ?? '')?.[1])
    expect(end()).toBe(800)
    target.style.width = '448px'
    await expect.poll(end).toBe(400)
  })
})
