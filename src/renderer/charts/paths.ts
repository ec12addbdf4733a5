/** SVG paths of curves in a box of `width` × `height` pixels, decimated to its columns. */
import { thinBand, thinPlaces } from './decimate'
import type { Scale } from './scale'

export interface Box {
  readonly width: number
  readonly height: number
  /** Steps at the left and right edge. */
  readonly xMin: number
  readonly xMax: number
}

export interface Points {
  readonly xs: readonly number[]
  readonly ys: readonly number[]
}

/** `stairs` keeps each value until the next one, as a learning rate does. */
export function linePath(points: Points, scale: Scale, box: Box, stairs = false): string {
  const xAt = pixels(box)
  let path = ''
  for (const place of thinPlaces(points.xs, points.ys, xAt)) {
    const x = round(xAt(points.xs[place] ?? 0))
    const y = round(scale.at(points.ys[place] ?? 0) * box.height)
    path += path === '' ? `M${x} ${y}` : stairs ? `H${x}V${y}` : `L${x} ${y}`
  }
  return path
}

export function bandPath(
  xs: readonly number[],
  low: readonly number[],
  high: readonly number[],
  scale: Scale,
  box: Box,
): string {
  const xAt = pixels(box)
  const columns = thinBand(xs, low, high, xAt)
  const point = (x: number, value: number): string =>
    `${round(xAt(x))} ${round(scale.at(value) * box.height)}`
  const upper = columns.map((column) => point(column.x, column.high))
  const lower = columns.map((column) => point(column.x, column.low)).reverse()
  return columns.length === 0 ? '' : `M${[...upper, ...lower].join('L')}Z`
}

/** The step under a pixel column. */
export function stepAtPixel(pixel: number, box: Box): number {
  const share = box.width > 0 ? pixel / box.width : 0
  return Math.round(box.xMin + Math.max(0, Math.min(1, share)) * (box.xMax - box.xMin))
}

function pixels(box: Box): (x: number) => number {
  const span = box.xMax - box.xMin || 1
  return (x) => ((x - box.xMin) / span) * box.width
}

function round(pixel: number): number {
  return Math.round(pixel * 100) / 100
}
