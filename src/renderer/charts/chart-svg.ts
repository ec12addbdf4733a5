/** A chart as a file of its own: every line with its name, axes, no style sheet. */
import { edgesOf, type ChartLine } from './chart-line'
import type { Span } from './column-places'
import { thinPlaces } from './decimate'
import type { Scale } from './scale'
import { xNames, xTicks, type XAxis } from './x-axis'

export interface ChartFigure {
  readonly title: string
  readonly lines: readonly ChartLine[]
  readonly scale: Scale
  readonly axis: XAxis
  readonly shown: Span
  readonly formatY: (value: number) => string
  /** Colours as a file can have them. */
  readonly color: (css: string) => string
}

export const figureWidth = 960
const plot = { left: 72, top: 44, width: 864, height: 380 }
const lineHeight = 18
const namesPerRow = 3

export function figureHeight({ lines }: Pick<ChartFigure, 'lines'>): number {
  return plot.top + plot.height + 46 + Math.ceil(lines.length / namesPerRow) * lineHeight
}

export function chartSvg(figure: ChartFigure): string {
  const { title, lines, scale, axis, shown, formatY, color } = figure
  const height = figureHeight(figure)
  const ink = color('var(--ink)')
  const quiet = color('var(--ink-3)')
  const xOf = (x: number): number => plot.left + ((x - shown.from) / (shown.to - shown.from)) * plot.width
  const yOf = (value: number): number => plot.top + scale.at(value) * plot.height
  const bottom = plot.top + plot.height
  const grid = scale.ticks.map(
    (tick) =>
      `<path d="M${plot.left} ${n(yOf(tick))}h${plot.width}" stroke="${color('var(--line)')}"/>` +
      `<text x="${plot.left - 8}" y="${n(yOf(tick) + 4)}" text-anchor="end" fill="${quiet}">${escaped(formatY(tick))}</text>`,
  )
  const along = xTicks(axis, shown, 8).map(
    ({ at, text }) =>
      `<text x="${n(xOf(at))}" y="${bottom + 18}" text-anchor="middle" fill="${quiet}">${escaped(text)}</text>`,
  )
  const curves = lines.map((line) => {
    const dash = line.dash === null ? '' : ` stroke-dasharray="${line.dash.join(' ')}"`
    return (
      bandPath(line, figure, xOf, yOf) +
      `<path d="${linePath(line, shown, xOf, yOf)}" fill="none" stroke="${color(line.color)}" stroke-width="${line.widthPx}" stroke-linejoin="round"${dash}/>`
    )
  })
  const names = lines.map((line, index) => {
    const x = plot.left + (index % namesPerRow) * (plot.width / namesPerRow)
    const y = bottom + 46 + Math.floor(index / namesPerRow) * lineHeight
    return `<path d="M${n(x)} ${y - 4}h14" stroke="${color(line.color)}" stroke-width="3"/><text x="${n(x + 20)}" y="${y}" fill="${ink}">${escaped(short(line.name))}</text>`
  })
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${figureWidth} ${height}" width="${figureWidth}" height="${height}" font-family="Inter, system-ui, sans-serif" font-size="12">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="100%" height="100%" fill="${color('var(--surface-1)')}"/>`,
    `<text x="${plot.left}" y="26" font-size="15" font-weight="600" fill="${ink}">${escaped(title)}</text>`,
    `<text x="${plot.left + plot.width}" y="26" text-anchor="end" fill="${quiet}">by ${xNames[axis.kind]}</text>`,
    ...grid,
    ...along,
    `<clipPath id="plot"><rect x="${plot.left}" y="${plot.top}" width="${plot.width}" height="${plot.height}"/></clipPath>`,
    `<g clip-path="url(#plot)">`,
    ...curves,
    `</g>`,
    `<path d="M${plot.left} ${bottom}h${plot.width}" stroke="${quiet}"/>`,
    ...names,
    `</svg>`,
  ].join('\n')
}

function linePath(
  { xs, ys }: ChartLine,
  shown: Span,
  xOf: (x: number) => number,
  yOf: (value: number) => number,
): string {
  const [first = 0, end = 0] = edgesOf(xs, shown, 1)
  const from = Math.max(0, first - 1)
  const to = Math.min(xs.length, end + 1)
  const [part, values] = [xs.subarray(from, to), ys.subarray(from, to)]
  return thinPlaces(part, values, (x) => xOf(x))
    .map((place, index) => {
      const at = part[place] ?? 0
      return `${index === 0 ? 'M' : 'L'}${n(xOf(at))} ${n(yOf(values[place] ?? 0))}`
    })
    .join('')
}

function bandPath(
  { xs, band, color }: ChartLine,
  figure: ChartFigure,
  xOf: (x: number) => number,
  yOf: (value: number) => number,
): string {
  if (band === null) return ''
  const edges = edgesOf(xs, figure.shown, plot.width)
  const upper: string[] = []
  const lower: string[] = []
  for (let column = 0; column < plot.width; column++) {
    const first = edges[column] ?? 0
    if (!band.find(first, edges[column + 1] ?? first)) continue
    const x = n(xOf(xs[first] ?? 0))
    upper.push(`${x} ${n(yOf(band.high))}`)
    lower.push(`${x} ${n(yOf(band.low))}`)
  }
  if (upper.length < 2) return ''
  return `<path d="M${[...upper, ...lower.reverse()].join('L')}Z" fill="${figure.color(color)}" opacity="0.17"/>`
}

function n(value: number): string {
  return String(Math.round(value * 100) / 100)
}

function short(name: string): string {
  return name.length > 40 ? `${name.slice(0, 39)}…` : name
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (found) => `&#${found.charCodeAt(0)};`)
}
