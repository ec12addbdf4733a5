/** SVG paths of curves in a box of `width` × `height` pixels, decimated to its columns. */
import { thinPlaces } from './decimate'
import type { Scale } from './scale'

export interface Box {
  readonly width: number
  readonly height: number
  /** Steps at the left and right edge. */
  readonly xMin: number
  readonly xMax: number
}

export interface Points {
  readonly xs: ArrayLike<number>
  readonly ys: ArrayLike<number>
}

export function linePath(points: Points, scale: Scale, box: Box): string {
  const xAt = pixels(box)
  let path = ''
  for (const place of thinPlaces(points.xs, points.ys, xAt)) {
    const x = round(xAt(points.xs[place] ?? 0))
    const y = round(scale.at(points.ys[place] ?? 0) * box.height)
    path += path === '' ? `M${x} ${y}` : `L${x} ${y}`
  }
  return path
}

function pixels(box: Box): (x: number) => number {
  const span = box.xMax - box.xMin || 1
  return (x) => ((x - box.xMin) / span) * box.width
}

function round(pixel: number): number {
  return Math.round(pixel * 100) / 100
}
