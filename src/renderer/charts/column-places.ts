/** Which places of a curve lie in which pixel column. */

/** Of the plane: what is shown from the left edge to the right one. */
export interface Span {
  readonly from: number
  readonly to: number
}

/**
 * For each edge between columns the first place whose x is at or after it; `width` + 1 of them, so that column c has the places
 * [edges[c], edges[c + 1]). `xs` ascending.
 */
export function columnPlaces(xs: Float64Array, { from, to }: Span, width: number): Uint32Array {
  const edges = new Uint32Array(width + 1)
  const stride = (to - from) / Math.max(1, width)
  let low = firstAtOrAfter(xs, from, 0)
  edges[0] = low
  for (let column = 1; column <= width; column++) {
    low = firstAtOrAfter(xs, from + column * stride, low)
    edges[column] = low
  }
  return edges
}

/** By doubling from `start` on: the next one is near where the columns are narrow. */
export function firstAtOrAfter(xs: Float64Array, x: number, start = 0): number {
  let low = start
  let step = 1
  while (low + step <= xs.length && (xs[low + step - 1] ?? Number.POSITIVE_INFINITY) < x) {
    low += step
    step *= 2
  }
  let high = Math.min(xs.length, low + step)
  while (low < high) {
    const middle = (low + high) >> 1
    if ((xs[middle] ?? Number.POSITIVE_INFINITY) < x) low = middle + 1
    else high = middle
  }
  return low
}
