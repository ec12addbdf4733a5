/**
 * The colour of a run: the same wherever the run is drawn, whatever is beside it. Eight colours (`--run-0` … in tokens.css), told apart also by those who do
 * not see red, green, or blue; every eighth run has one again and is told apart by its dash.
 */
import type { Rgb } from './raster'

const colorCount = 8
const dashes = [null, [9, 4], [3, 3], [14, 3]] as const

/** A CSS colour. */
export function runColor(runId: number): string {
  return `var(--run-${runId % colorCount})`
}

/** Pixels on and off of its lines; null: unbroken. Runs that are shown together and have one colour are told apart by it. */
export function runDash(runId: number, shown: readonly number[]): readonly [on: number, off: number] | null {
  const alike = [...shown].filter((id) => id % colorCount === runId % colorCount).sort((a, b) => a - b)
  return dashes[alike.indexOf(runId) % dashes.length] ?? null
}

/** What a CSS colour is here and now: in the theme of `element`. */
export function rgbOf(element: HTMLElement, color: string): Rgb {
  const probe = element.ownerDocument.createElement('i')
  probe.style.color = color
  probe.hidden = true
  element.append(probe)
  const [red = 0, green = 0, blue = 0] = (getComputedStyle(probe).color.match(/[\d.]+/g) ?? []).map(Number)
  probe.remove()
  return [red, green, blue]
}
