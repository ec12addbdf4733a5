import { describe, expect, it } from 'vitest'
import { columnPlaces } from '../../../src/renderer/charts/column-places'
import { Extremes } from '../../../src/renderer/charts/extremes'
import { Raster, type LineStroke, type Rgb } from '../../../src/renderer/charts/raster'

const white: Rgb = [255, 255, 255]
const black: Rgb = [0, 0, 0]
const span = { from: 0, to: 10 }

function blank(width = 10, height = 10): Raster {
  const raster = new Raster(width, height)
  raster.clear(white)
  return raster
}

function stroke(xs: number[], ys: number[], more: Partial<LineStroke> = {}): LineStroke {
  const places = Float64Array.from(xs)
  const values = Float64Array.from(ys)
  const edges = columnPlaces(places, span, 10)
  const extremes = new Extremes(values)
  return { xs: places, ys: values, extremes, edges, color: black, widthPx: 1, dash: null, ...more }
}

/** A letter a pixel: # full, + part, . none. */
function drawn({ width, height, bytes }: Raster): string[] {
  return Array.from({ length: height }, (_, row) =>
    Array.from({ length: width }, (__, column) => {
      const level = bytes[4 * (row * width + column)] ?? 0
      return level === 255 ? '.' : level === 0 ? '#' : '+'
    }).join(''),
  )
}

const yAt = (value: number): number => 10 - value

describe('a line as pixels', () => {
  it('goes from point to point, however few there are', () => {
    const raster = blank()
    raster.line(stroke([0, 10], [4.5, 4.5]), span, yAt)
    expect(drawn(raster).map((row) => row.includes('#'))).toEqual([0, 0, 0, 0, 0, 1, 0, 0, 0, 0].map(Boolean))
    expect(drawn(raster)[5]).toBe('##########')
  })

  it('leaves out no value of a column, however many there are', () => {
    const xs = Array.from({ length: 1000 }, (_, index) => index / 100)
    const raster = blank()
    raster.line(
      stroke(
        xs,
        xs.map((_, index) => (index === 537 ? 9.5 : 0.5)),
      ),
      span,
      yAt,
    )
    const columns = drawn(raster)
    expect(columns.map((row) => row[5])).toEqual(['#', '#', '#', '#', '#', '#', '#', '#', '#', '#'])
    expect(columns.slice(0, 9).join('').replaceAll('.', '')).toHaveLength(9)
  })

  it('breaks where values are missing, and ends where the curve does', () => {
    const raster = blank()
    raster.line(stroke([1, 3, 4, 5, 8], [4.5, 4.5, Number.NaN, 4.5, 4.5]), span, yAt)
    expect(drawn(raster)[5]).toBe('.###.####.')
  })

  it('is weighed where it covers part of a pixel, and cut at the edges', () => {
    const raster = blank()
    raster.line(stroke([0, 10], [5, 5]), span, yAt)
    expect(drawn(raster).slice(4, 6)).toEqual(['++++++++++', '++++++++++'])
    const outside = blank()
    outside.line(stroke([0, 10], [50, -50]), span, yAt)
    expect(drawn(outside).every((row) => row.length === 10)).toBe(true)
  })

  it('has gaps where it is dashed', () => {
    const raster = blank()
    raster.line(stroke([0, 10], [4.5, 4.5], { dash: [3, 2] }), span, yAt)
    expect(drawn(raster)[5]).toBe('###..###..')
    const jump = blank()
    jump.line(stroke([0, 5, 5, 10], [9.5, 9.5, 0.5, 0.5], { dash: [2, 2] }), span, yAt)
    const column = drawn(jump).map((row) => row[5])
    expect(column.join('')).toBe('##..##..##')
  })

  it('lies over a pale band, a grid, and beside discs', () => {
    const raster = blank()
    raster.across(9, black)
    const { edges } = stroke([0, 10], [0, 0])
    raster.band(new Extremes(Float64Array.of(4, 4), Float64Array.of(6, 6)), edges, black, 0.2, yAt)
    raster.disc(5, 2, 1, black)
    const rows = drawn(raster)
    expect(rows[9]).toBe('##########')
    expect(rows[4]).toBe('++++++++++')
    expect(rows[1]?.slice(4, 6)).not.toContain('.')
    expect(rows[7]).toBe('..........')
  })
})
