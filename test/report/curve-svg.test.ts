import { describe, expect, it } from 'vitest'
import { curveSvg } from '../../src/main/report/curve-svg'

const curve = (
  points: { x: number; y: number }[],
  extra: Partial<Parameters<typeof curveSvg>[0]> = {},
): string =>
  curveSvg({ title: 'Loss', unit: 'nats', scale: 'log', smoothing: 0.86, xMax: 100, points, ...extra })

/** The y of each point of the line, in SVG units (downwards). */
function lineYs(svg: string): number[] {
  const path = /class="line" d="([^"]+)"/.exec(svg)?.[1] ?? ''
  return path
    .split(/[ML]/)
    .filter(Boolean)
    .map((pair) => Number(pair.split(' ')[1]))
}

describe('curve as SVG', () => {
  it('falls where the values fall', () => {
    const ys = lineYs(curve(Array.from({ length: 100 }, (_, x) => ({ x, y: 2 * 0.97 ** x }))))
    expect(ys.length).toBe(100)
    for (let index = 1; index < ys.length; index++) expect(ys[index]).toBeGreaterThan(ys[index - 1] ?? 0)
  })

  it('starts the smoothed line at the first value, not at zero', () => {
    const [first] = lineYs(
      curve([
        { x: 0, y: 2 },
        { x: 1, y: 2 },
        { x: 2, y: 1 },
      ]),
    )
    const flat = lineYs(
      curve(
        [
          { x: 0, y: 2 },
          { x: 2, y: 1 },
        ],
        { smoothing: 0 },
      ),
    )
    expect(first).toBe(flat[0])
  })

  it('leaves out what a log axis cannot show', () => {
    expect(
      lineYs(
        curve([
          { x: 0, y: 1 },
          { x: 50, y: 0 },
          { x: 60, y: NaN },
          { x: 100, y: 0.5 },
        ]),
      ),
    ).toHaveLength(2)
  })

  it('keeps at most one point a column, however long the run', () => {
    const ys = lineYs(
      curve(
        Array.from({ length: 50_000 }, (_, x) => ({ x, y: 1 + (x % 7) })),
        { xMax: 50_000 },
      ),
    )
    expect(ys.length).toBeLessThanOrEqual(241)
  })

  it('says that there are no values yet', () => {
    expect(curve([])).toContain('no values yet')
  })
})
