/**
 * One curve as a stand-alone SVG: the raw values as a min–max band, their exponential mean as a line on top.
 * Smoothing comes before decimation, so that a long run keeps its shape.
 */
import { escapeHtml } from './escape'

export interface Curve {
  readonly title: string
  /** What the y axis counts, e.g. "nats" or "%". */
  readonly unit: string
  readonly scale: 'log' | 'linear'
  /** y by x; x ascending. Values that are not finite (or ≤ 0 on a log scale) are left out. */
  readonly points: readonly { readonly x: number; readonly y: number }[]
  /** 0: the points themselves, joined. Else the weight of the past in the exponential mean, < 1. */
  readonly smoothing: number
  readonly xMax: number
  /** Fixed ends of the y axis; else they follow the data. */
  readonly yRange?: readonly [number, number]
}

const width = 720
const height = 240
const left = 48
const right = 12
const top = 10
const bottom = 26
const columns = 240

/** An <svg> element; colours are the page's CSS variables. */
export function curveSvg(curve: Curve): string {
  const points = curve.points.filter(({ y }) => Number.isFinite(y) && (curve.scale === 'linear' || y > 0))
  if (points.length === 0) return `<p class="q">${escapeHtml(curve.title)}: no values yet.</p>`
  const [low, high] = curve.yRange ?? dataRange(points, curve.scale)
  const value = (y: number): number => (curve.scale === 'log' ? Math.log10(y) : y)
  const xAt = (x: number): number => left + (x / Math.max(1, curve.xMax)) * (width - left - right)
  const yAt = (y: number): number =>
    top + ((value(high) - value(y)) / (value(high) - value(low) || 1)) * (height - top - bottom)

  const smoothed = smooth(points, curve.smoothing)
  const ticks = yTicks(low, high, curve.scale)
  const grid = ticks
    .map(
      (tick) =>
        `<line class="g" x1="${left}" x2="${width - right}" y1="${n(yAt(tick))}" y2="${n(yAt(tick))}"/>` +
        `<text x="${left - 6}" y="${n(yAt(tick) + 4)}" text-anchor="end">${label(tick)}</text>`,
    )
    .join('')
  const xTicks = [0, 0.25, 0.5, 0.75, 1]
    .map((share) => Math.round(share * curve.xMax))
    .map((x) => `<text x="${n(xAt(x))}" y="${height - 8}" text-anchor="middle">${x}</text>`)
    .join('')
  const band = curve.smoothing > 0 ? `<path class="band" d="${bandPath(points, xAt, yAt, curve.xMax)}"/>` : ''
  const line = thin(smoothed, curve.xMax)
    .map(({ x, y }, index) => `${index === 0 ? 'M' : 'L'}${n(xAt(x))} ${n(yAt(y))}`)
    .join('')
  const last = smoothed.at(-1)
  const summary = `${curve.title}, ${points.length} values, last ${last ? label(last.y) : ''} ${curve.unit}`
  return (
    `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeHtml(summary)}">` +
    `${grid}${xTicks}${band}<path class="line" d="${line}"/></svg>`
  )
}

export type Point = { readonly x: number; readonly y: number }

export function dataRange(points: readonly Point[], scale: Curve['scale']): [number, number] {
  let low = Infinity
  let high = -Infinity
  for (const { y } of points) {
    low = Math.min(low, y)
    high = Math.max(high, y)
  }
  if (scale === 'log') return [low * 0.9, high * 1.1]
  return low === high ? [low - 0.5, high + 0.5] : [low, high]
}

export function smooth(points: readonly Point[], past: number): readonly Point[] {
  if (past <= 0) return points
  let mean = 0
  let weight = 0
  return points.map(({ x, y }) => {
    mean = past * mean + (1 - past) * y
    weight = past * weight + (1 - past) // bias correction: the first values count in full
    return { x, y: mean / weight }
  })
}

/** The last point of each pixel column. */
export function thin(points: readonly Point[], xMax: number): Point[] {
  const byColumn = new Map<number, Point>()
  for (const point of points) byColumn.set(Math.floor((point.x / Math.max(1, xMax)) * columns), point)
  return [...byColumn.values()]
}

function bandPath(
  points: readonly Point[],
  xAt: (x: number) => number,
  yAt: (y: number) => number,
  xMax: number,
): string {
  const spans = new Map<number, { x: number; low: number; high: number }>()
  for (const { x, y } of points) {
    const column = Math.floor((x / Math.max(1, xMax)) * (columns / 4))
    const span = spans.get(column)
    if (span === undefined) spans.set(column, { x, low: y, high: y })
    else {
      span.low = Math.min(span.low, y)
      span.high = Math.max(span.high, y)
    }
  }
  const list = [...spans.values()]
  const upper = list.map(({ x, high }) => `${n(xAt(x))} ${n(yAt(high))}`)
  const lower = list.map(({ x, low }) => `${n(xAt(x))} ${n(yAt(low))}`).reverse()
  return `M${[...upper, ...lower].join('L')}Z`
}

export function yTicks(low: number, high: number, scale: Curve['scale']): number[] {
  if (scale === 'linear') {
    const step = (high - low) / 4
    return [0, 1, 2, 3, 4].map((index) => low + index * step)
  }
  const ticks: number[] = []
  for (let decade = Math.floor(Math.log10(low)); decade <= Math.ceil(Math.log10(high)); decade++) {
    for (const digit of [1, 2, 5]) {
      const tick = digit * 10 ** decade
      if (tick >= low && tick <= high) ticks.push(tick)
    }
  }
  return ticks
}

const n = (value: number): string => value.toFixed(1)

export function label(value: number): string {
  if (value === 0) return '0'
  const size = Math.abs(value)
  if (size >= 100) return value.toFixed(0)
  if (size >= 1) return String(Number(value.toFixed(2)))
  return String(Number(value.toPrecision(2)))
}
