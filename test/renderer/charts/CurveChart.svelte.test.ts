import { describe, expect, it } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import { render } from 'vitest-browser-svelte'
import type { ChartLine } from '../../../src/renderer/charts/chart-line'
import type { Span } from '../../../src/renderer/charts/column-places'
import CurveChart from '../../../src/renderer/charts/CurveChart.svelte'
import { Extremes } from '../../../src/renderer/charts/extremes'
import type { Readout } from '../../../src/renderer/charts/readout'
import { makeScale } from '../../../src/renderer/charts/scale'
import { press } from '../support/keys'
import { roomOf } from '../support/room'

const plot = page.getByRole('slider', { name: 'Training loss: step at the crosshair' })
const whole = { from: 0, to: 400 }

/** Halves every hundred steps, from `first` on. */
function line(runId: number, first: number, count = 401): ChartLine {
  const xs = Float64Array.from({ length: count }, (_, step) => step)
  const ys = xs.map((step) => first * 0.5 ** (step / 100))
  return {
    key: String(runId),
    runId,
    name: `run ${String(runId)}`,
    color: runId === 1 ? 'rgb(255, 0, 0)' : 'rgb(0, 0, 255)',
    xs,
    ys,
    extremes: new Extremes(ys),
    band: null,
    widthPx: 2,
    dash: null,
    isFaint: false,
    hasDots: count === 1,
  }
}

/** A screen with one chart, which keeps what is shown, where the crosshair is, and the selected run. */
async function shown(lines: readonly ChartLine[]) {
  const target = roomOf(852, 316)
  const state: { cross: number | null; shown: Span; selected: number | null } = {
    cross: null,
    shown: whole,
    selected: null,
  }
  const change = (some: Partial<typeof state>): void => {
    Object.assign(state, some)
    void rerender(some)
  }
  const { rerender } = await render(CurveChart, {
    target,
    props: {
      label: 'Training loss',
      lines,
      scale: makeScale('log', 0.01, 4),
      axis: { kind: 'step', isLog: false },
      whole,
      ...state,
      formatY: String,
      readout: (at: number): Readout | null => {
        const rows = lines.flatMap(({ runId, name, color, ys }) => {
          const value = ys[Math.round(at)]
          return value === undefined ? [] : [{ runId, name, color, value: value.toFixed(3) }]
        })
        if (rows.length === 0) return null
        const title = `step ${String(Math.round(at))}`
        return { title, text: `${title} · ${rows.map(({ value }) => value).join(', ')}`, rows, marks: [] }
      },
      onCross: (cross: number | null) => change({ cross }),
      onShow: (span: Span) => change({ shown: span }),
      onSelect: (selected: number | null) => change({ selected }),
    },
  })
  await expect.poll(() => plot.element().clientWidth).toBe(800)
  return { target, state, rerender }
}

/** How many pixels have about this colour. */
function inked(red: number, green: number, blue: number): number {
  const canvas = document.querySelector('canvas')
  const { data } = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? { data: [] }
  let count = 0
  for (let at = 0; at < data.length; at += 4)
    if (
      Math.abs((data[at] ?? 0) - red) +
        Math.abs((data[at + 1] ?? 0) - green) +
        Math.abs((data[at + 2] ?? 0) - blue) <
      60
    )
      count++
  return count
}

function wheel(options: WheelEventInit): boolean {
  const { left, top } = plot.element().getBoundingClientRect()
  const event = new WheelEvent('wheel', {
    clientX: left + 200,
    clientY: top + 50,
    bubbles: true,
    cancelable: true,
    ...options,
  })
  return !plot.element().dispatchEvent(event)
}

describe('a chart of curves', () => {
  it('draws each line over the width that it has', async () => {
    const { target } = await shown([line(1, 2), line(2, 4)])
    await expect.poll(() => inked(255, 0, 0)).toBeGreaterThan(400)
    expect(inked(0, 0, 255)).toBeGreaterThan(400)
    target.style.width = '452px'
    await expect.poll(() => document.querySelector('canvas')?.width).toBe(400)
    expect(inked(255, 0, 0)).toBeGreaterThan(200)
  })

  it('reads where the pointer is, every run in its row, and nothing once the pointer has left', async () => {
    const { state } = await shown([line(1, 2), line(2, 4)])
    await userEvent.hover(plot, { position: { x: 200, y: 100 } })
    await expect.element(plot).toHaveAttribute('aria-valuetext', 'step 100 · 1.000, 2.000')
    await expect.element(page.getByText('run 2')).toBeVisible()
    await userEvent.hover(document.body, { position: { x: 1000, y: 600 } })
    expect(state.cross).toBeNull()
  })

  it('moves the crosshair with the arrow keys, within what is shown', async () => {
    const { state } = await shown([line(1, 2)])
    await expect
      .element(plot)
      .toHaveAttribute('aria-valuetext', 'arrow keys move the crosshair, plus and minus zoom')
    plot.element().focus()
    press('End')
    expect(state.cross).toBe(400)
    press('ArrowRight')
    expect(state.cross).toBe(400)
    press('Home', 'Shift+ArrowRight')
    expect(state.cross).toBe(20)
    expect(press('x')).toBe(false)
    plot.element().blur()
    expect(state.cross).toBeNull()
  })

  it('zooms with plus and minus at the crosshair, moves by pages, and shows all again', async () => {
    const { state } = await shown([line(1, 2)])
    plot.element().focus()
    press('Home', '+', '+')
    expect(state.shown.from).toBe(0)
    expect(state.shown.to).toBeCloseTo(400 * 0.49)
    press('PageDown')
    expect(state.shown.from).toBeCloseTo(98)
    await expect.element(page.getByText('100', { exact: true })).toBeInTheDocument()
    press('0')
    expect(state.shown).toEqual(whole)
  })

  it('zooms with the wheel where it is worked with, and leaves the page to scroll where it is not', async () => {
    const { state } = await shown([line(1, 2)])
    expect(wheel({ deltaY: -200 })).toBe(false)
    expect(state.shown).toEqual(whole)
    expect(wheel({ deltaY: -200, ctrlKey: true })).toBe(true)
    const { from, to } = state.shown
    expect((100 - from) / (to - from)).toBeCloseTo(0.25)
    expect(to - from).toBeLessThan(300)
    await expect.poll(() => document.querySelector('.plot.zoomed')).not.toBeNull()
    expect(wheel({ deltaX: 80 })).toBe(true)
    expect(state.shown.from).toBeGreaterThan(from)
    plot.element().focus()
    expect(wheel({ deltaY: 5000 })).toBe(true)
    expect(state.shown).toEqual(whole)
  })

  it('shows what a drag marks, moves with Shift, and all again after a double click', async () => {
    const { state } = await shown([line(1, 2)])
    const box = plot.element().getBoundingClientRect()
    const drag = (from: number, to: number, shiftKey = false): void => {
      const at = (x: number): PointerEventInit => ({
        clientX: box.left + x,
        clientY: box.top + 20,
        pointerId: 1,
        bubbles: true,
        shiftKey,
      })
      plot.element().dispatchEvent(new PointerEvent('pointerdown', at(from)))
      plot.element().dispatchEvent(new PointerEvent('pointermove', at(to)))
      plot.element().dispatchEvent(new PointerEvent('pointerup', at(to)))
    }
    plot.element().setPointerCapture = () => undefined
    drag(600, 200)
    expect(state.shown).toEqual({ from: 100, to: 300 })
    await expect.poll(() => document.querySelector('.plot.zoomed')).not.toBeNull()
    drag(400, 200, true)
    expect(state.shown).toEqual({ from: 150, to: 350 })
    await expect.element(page.getByText('150', { exact: true })).toBeInTheDocument()
    plot.element().dispatchEvent(new MouseEvent('dblclick', { bubbles: true }))
    expect(state.shown).toEqual(whole)
  })

  it('selects the run whose line is clicked, the next with Enter, and none beside them', async () => {
    const { state } = await shown([line(1, 2), line(2, 0.1)])
    const scale = makeScale('log', 0.01, 4)
    await userEvent.click(plot, { position: { x: 200, y: 300 * scale.at(0.05) } })
    expect(state.selected).toBe(2)
    // the other one is paler now
    await expect.poll(() => inked(255, 0, 0)).toBe(0)
    press('Enter')
    expect(state.selected).toBeNull()
    press('Enter')
    expect(state.selected).toBe(1)
    await userEvent.click(plot, { position: { x: 700, y: 5 } })
    expect(state.selected).toBeNull()
  })

  it('is whole without any line, and shows a single value as a dot', async () => {
    const { rerender } = await shown([])
    plot.element().focus()
    press('ArrowRight')
    await expect
      .element(plot)
      .toHaveAttribute('aria-valuetext', 'arrow keys move the crosshair, plus and minus zoom')
    expect(document.body.innerHTML).not.toContain('NaN')
    await rerender({ lines: [line(1, 2, 1)] })
    await expect.poll(() => inked(255, 0, 0)).toBeGreaterThan(3)
  })

  it('is drawn anew in the colours of another theme', async () => {
    await shown([])
    const paper = (): number =>
      document.querySelector('canvas')?.getContext('2d')?.getImageData(5, 2, 1, 1).data[0] ?? 0
    document.documentElement.dataset['theme'] = 'light'
    await expect.poll(paper).toBeGreaterThan(200)
    document.documentElement.dataset['theme'] = 'dark'
    await expect.poll(paper).toBeLessThan(60)
    delete document.documentElement.dataset['theme']
  })
})
