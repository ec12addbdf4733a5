/** Curves of several runs in one stand-alone SVG, told apart by colour and dashes. */
import { dataRange, label, smooth, thin, yTicks, type Point } from './curve-svg'
import { escapeHtml } from './escape'

export interface Line {
  readonly name: string
  readonly points: readonly Point[]
}

const width = 720
const height = 260
const [left, right, top, bottom] = [48, 12, 10, 26]
/** The styles in report-css.ts; further lines take them again. */
const styleCount = 6

/** An <svg> with its legend. */
export function linesSvg(
  title: string,
  lines: readonly Line[],
  { scale, smoothing }: { readonly scale: 'log' | 'linear'; readonly smoothing: number },
): string {
  const usable = lines.map(({ name, points }) => ({
    name,
    points: smooth(
      points.filter(({ y }) => Number.isFinite(y) && (scale === 'linear' || y > 0)),
      smoothing,
    ),
  }))
  const all = usable.flatMap(({ points }) => points)
  if (all.length === 0) return `<p class="q">${escapeHtml(title)}: no values.</p>`
  const [low, high] = dataRange(all, scale)
  const xMax = all.reduce((most, { x }) => Math.max(most, x), 1)
  const value = (y: number): number => (scale === 'log' ? Math.log10(y) : y)
  const xAt = (x: number): number => left + (x / xMax) * (width - left - right)
  const yAt = (y: number): number =>
    top + ((value(high) - value(y)) / (value(high) - value(low) || 1)) * (height - top - bottom)
  const grid = yTicks(low, high, scale).map(
    (tick) =>
      `<line class="g" x1="${left}" x2="${width - right}" y1="${n(yAt(tick))}" y2="${n(yAt(tick))}"/><text x="${left - 6}" y="${n(yAt(tick) + 4)}" text-anchor="end">${label(tick)}</text>`,
  )
  const steps = [0, 0.25, 0.5, 0.75, 1].map((share) => Math.round(share * xMax))
  const axis = steps.map((x) => `<text x="${n(xAt(x))}" y="${height - 8}" text-anchor="middle">${x}</text>`)
  const paths = usable.map(({ points }, index) => {
    const path = thin(points, xMax).map(({ x, y }, at) => `${at === 0 ? 'M' : 'L'}${n(xAt(x))} ${n(yAt(y))}`)
    return `<path class="series l${index % styleCount}" d="${path.join('')}"/>`
  })
  const legend = usable.map(
    ({ name }, index) =>
      `<li><svg viewBox="0 0 28 8" aria-hidden="true"><path class="series l${index % styleCount}" d="M0 4L28 4"/></svg>${escapeHtml(name)}</li>`,
  )
  const said = `${title}: ${usable.map(({ name, points }) => `${name}, last ${label(points.at(-1)?.y ?? 0)}`).join('; ')}`
  return `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeHtml(said)}">${grid.join('')}${axis.join('')}${paths.join('')}</svg><ul class="legend">${legend.join('')}</ul>`
}

const n = (value: number): string => value.toFixed(1)
