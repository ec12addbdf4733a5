import { edgesOf, type ChartLine } from './chart-line'
import type { Span } from './column-places'
import type { Raster, Rgb } from './raster'
import type { Scale } from './scale'

export interface ChartPicture {
  readonly lines: readonly ChartLine[]
  readonly scale: Scale
  readonly span: Span
  readonly selected: number | null
  /** Device pixels a CSS pixel. */
  readonly ratio: number
}

const bandOpacity = 0.17
/** Of lines behind the others, and of runs beside the selected one. */
const quietShare = 0.45
const dotRadiusPx = 2.5

/** All of a chart that is not text, into `raster`. The selected run comes last and lies on top. */
export function drawChart(
  raster: Raster,
  { lines, scale, span, selected, ratio }: ChartPicture,
  rgb: (color: string) => Rgb,
): void {
  const paper = rgb('var(--surface-1)')
  raster.clear(paper)
  for (const tick of scale.ticks) raster.across(scale.at(tick) * (raster.height - 1), rgb('var(--line)'))
  const yAt = (value: number): number => scale.at(value) * raster.height
  const rank = (line: ChartLine): number => (line.runId === selected ? 2 : 0) + (line.isFaint ? 0 : 1)
  const ordered = [...lines].sort((a, b) => rank(a) - rank(b))
  for (const line of ordered) {
    const isQuiet = line.isFaint || (selected !== null && line.runId !== selected)
    const own = rgb(line.color)
    const color = isQuiet ? mixed(paper, own, quietShare) : own
    const edges = edgesOf(line.xs, span, raster.width)
    if (line.band !== null && !isQuiet) raster.band(line.band, edges, color, bandOpacity, yAt)
    const widthPx = line.widthPx * ratio * (line.runId === selected ? 1.4 : 1)
    raster.line({ ...line, edges, color, widthPx }, span, yAt)
    if (!line.hasDots) continue
    const perX = raster.width / (span.to - span.from)
    const first = Math.max(0, edges[0] ?? 0)
    const end = Math.min(line.xs.length, (edges[raster.width] ?? 0) + 1)
    for (let place = first; place < end; place++) {
      const value = line.ys[place] ?? Number.NaN
      if (Number.isNaN(value)) continue
      raster.disc(((line.xs[place] ?? 0) - span.from) * perX, yAt(value), dotRadiusPx * ratio, color)
    }
  }
}

function mixed(paper: Rgb, ink: Rgb, share: number): Rgb {
  const at = (index: 0 | 1 | 2): number => paper[index] + share * (ink[index] - paper[index])
  return [at(0), at(1), at(2)]
}
