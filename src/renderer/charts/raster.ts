/**
 * Curves as pixels. A column of a line is one upright stroke from the least to the greatest value that the line has there, its ends weighed by how much
 * of the pixel they cover: nothing is left out, and twenty curves of twenty thousand steps are a few thousand strokes, where SVG and canvas paths
 * would be as many joined segments. Opaque: what is drawn mixes with what is there.
 */
import type { Extremes } from './extremes'
import type { Span } from './column-places'

/** 0 to 255 each. */
export type Rgb = readonly [red: number, green: number, blue: number]

export interface LineStroke {
  readonly xs: Float64Array
  readonly ys: Float64Array
  readonly extremes: Extremes
  /** Of `columnPlaces`, for the raster's width. */
  readonly edges: Uint32Array
  readonly color: Rgb
  readonly widthPx: number
  /** Pixels on and off; null: unbroken. */
  readonly dash: readonly [on: number, off: number] | null
}

export class Raster {
  readonly width: number
  readonly height: number
  /** RGBA, as ImageData takes it. */
  readonly bytes: Uint8ClampedArray<ArrayBuffer>
  readonly #pixels: Uint32Array

  constructor(width: number, height: number) {
    this.width = width
    this.height = height
    this.bytes = new Uint8ClampedArray(width * height * 4)
    this.#pixels = new Uint32Array(this.bytes.buffer)
  }

  clear(color: Rgb): void {
    this.#pixels.fill(word(color))
  }

  /** A line of one pixel from edge to edge. `y` in pixels from the top. */
  across(y: number, color: Rgb): void {
    const row = Math.round(y)
    if (row >= 0 && row < this.height)
      this.#pixels.fill(word(color), row * this.width, (row + 1) * this.width)
  }

  /** `yAt`: pixels from the top of a value. */
  line(stroke: LineStroke, span: Span, yAt: (value: number) => number): void {
    const { xs, ys, extremes, edges, color, widthPx, dash } = stroke
    const perPixel = (span.to - span.from) / this.width
    const half = widthPx / 2
    let left = crossing(xs, ys, edges[0] ?? 0, span.from)
    for (let column = 0; column < this.width; column++) {
      const first = edges[column] ?? 0
      const end = edges[column + 1] ?? first
      const right = crossing(xs, ys, end, span.from + (column + 1) * perPixel)
      // beyond an end of the curve, or beside a gap, one of them is none
      let low = least(left, right)
      let high = greatest(left, right)
      if (first < end && extremes.find(first, end)) {
        low = least(low, extremes.low)
        high = greatest(high, extremes.high)
      }
      left = right
      if (Number.isNaN(low)) continue
      const top = yAt(high) - half
      const bottom = yAt(low) + half
      if (dash === null) this.#upright(column, top, bottom, color, 1)
      else this.#dashed(column, top, bottom, color, dash)
    }
  }

  /** What is between the least and the greatest of each column, pale. */
  band(
    extremes: Extremes,
    edges: Uint32Array,
    color: Rgb,
    opacity: number,
    yAt: (value: number) => number,
  ): void {
    for (let column = 0; column < this.width; column++) {
      const first = edges[column] ?? 0
      const end = edges[column + 1] ?? first
      // between two places the band is as it was at the one before
      const from = first < end ? first : first - 1
      if (from < 0 || (first === end && first >= extremes.length)) continue
      if (extremes.find(from, Math.max(end, from + 1)))
        this.#upright(column, yAt(extremes.high), yAt(extremes.low), color, opacity)
    }
  }

  /** A disc around a point, in pixels. */
  disc(x: number, y: number, radius: number, color: Rgb): void {
    const reach = Math.ceil(radius + 1)
    for (let row = Math.floor(y) - reach; row <= Math.floor(y) + reach; row++)
      for (let column = Math.floor(x) - reach; column <= Math.floor(x) + reach; column++) {
        const cover = radius + 0.5 - Math.hypot(column + 0.5 - x, row + 0.5 - y)
        if (cover > 0) this.#mix(column, row, color, Math.min(1, cover))
      }
  }

  /** A jump has its dashes downward: as one of them it would be a whole line, or none. */
  #dashed(
    column: number,
    top: number,
    bottom: number,
    color: Rgb,
    [on, off]: readonly [number, number],
  ): void {
    if (bottom - top <= on + off) {
      if (column % (on + off) < on) this.#upright(column, top, bottom, color, 1)
      return
    }
    for (let from = Math.max(0, top); from < Math.min(this.height, bottom); from += on + off)
      this.#upright(column, from, Math.min(bottom, from + on), color, 1)
  }

  #upright(column: number, top: number, bottom: number, color: Rgb, opacity: number): void {
    const from = Math.max(0, top)
    const to = Math.min(this.height, bottom)
    if (!(from < to)) return
    const firstRow = Math.floor(from)
    const lastRow = Math.min(this.height - 1, Math.ceil(to) - 1)
    if (firstRow === lastRow) return this.#mix(column, firstRow, color, (to - from) * opacity)
    this.#mix(column, firstRow, color, (firstRow + 1 - from) * opacity)
    this.#mix(column, lastRow, color, (to - lastRow) * opacity)
    if (opacity < 1) {
      for (let row = firstRow + 1; row < lastRow; row++) this.#mix(column, row, color, opacity)
      return
    }
    const solid = word(color)
    const end = lastRow * this.width + column
    for (let at = (firstRow + 1) * this.width + column; at < end; at += this.width) this.#pixels[at] = solid
  }

  #mix(column: number, row: number, color: Rgb, share: number): void {
    if (column < 0 || column >= this.width || row < 0 || row >= this.height) return
    const { bytes } = this
    const at = 4 * (row * this.width + column)
    const red = bytes[at] ?? 0
    const green = bytes[at + 1] ?? 0
    const blue = bytes[at + 2] ?? 0
    bytes[at] = red + share * (color[0] - red)
    bytes[at + 1] = green + share * (color[1] - green)
    bytes[at + 2] = blue + share * (color[2] - blue)
  }
}

/** The value of the line at `x`, between the place before `place` and that place; NaN beyond its ends. */
function crossing(xs: Float64Array, ys: Float64Array, place: number, x: number): number {
  if (place === 0 || place >= xs.length) return Number.NaN
  const before = xs[place - 1] ?? 0
  const span = (xs[place] ?? 0) - before
  const from = ys[place - 1] ?? Number.NaN
  const to = ys[place] ?? Number.NaN
  return span > 0 ? from + ((x - before) / span) * (to - from) : to
}

function least(a: number, b: number): number {
  return a <= b || Number.isNaN(b) ? a : b
}

function greatest(a: number, b: number): number {
  return a >= b || Number.isNaN(b) ? a : b
}

function word([red, green, blue]: Rgb): number {
  return (255 << 24) | (blue << 16) | (green << 8) | red
}
