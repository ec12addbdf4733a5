/** Fewer points, the same image: what is drawn is bounded by the pixels, not by the steps. */

/** The places to draw so that each pixel column shows its first, least, greatest and last value; ascending, no place twice. */
export function thinPlaces(
  xs: readonly number[],
  ys: readonly number[],
  columnOf: (x: number) => number,
): number[] {
  const kept: number[] = []
  let column = Number.NaN
  let first = -1
  let low = -1
  let high = -1
  let last = -1
  const flush = (): void => {
    if (first < 0) return
    const places = [first, Math.min(low, high), Math.max(low, high), last]
    for (const place of places) if (place > (kept[kept.length - 1] ?? -1)) kept.push(place)
  }
  for (let place = 0; place < xs.length; place++) {
    const y = ys[place]
    if (y === undefined || !Number.isFinite(y)) continue
    const here = Math.floor(columnOf(xs[place] ?? 0))
    if (here !== column) {
      flush()
      column = here
      first = low = high = place
    }
    if (y < (ys[low] ?? y)) low = place
    if (y > (ys[high] ?? y)) high = place
    last = place
  }
  flush()
  return kept
}

export interface BandColumn {
  readonly x: number
  readonly low: number
  readonly high: number
}

/** One least and greatest for each pixel column, at the x of the column's first value. */
export function thinBand(
  xs: readonly number[],
  low: readonly number[],
  high: readonly number[],
  columnOf: (x: number) => number,
): BandColumn[] {
  const columns: BandColumn[] = []
  let column = Number.NaN
  for (let place = 0; place < xs.length; place++) {
    const x = xs[place] ?? 0
    const least = low[place] ?? Number.NaN
    const greatest = high[place] ?? Number.NaN
    if (!Number.isFinite(least) || !Number.isFinite(greatest)) continue
    const here = Math.floor(columnOf(x))
    const previous = columns[columns.length - 1]
    if (here === column && previous !== undefined) {
      columns[columns.length - 1] = {
        x: previous.x,
        low: Math.min(previous.low, least),
        high: Math.max(previous.high, greatest),
      }
    } else columns.push({ x, low: least, high: greatest })
    column = here
  }
  return columns
}

/** The place of the last x that is not after `x`, or -1. `xs` ascending. */
export function placeAt(xs: readonly number[], x: number): number {
  let low = 0
  let high = xs.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((xs[middle] ?? 0) <= x) low = middle + 1
    else high = middle
  }
  return low - 1
}

/** At most `count` places of `length`, evenly apart, with the first and the last. */
export function evenPlaces(length: number, count: number): number[] {
  if (length <= count) return Array.from({ length }, (_, place) => place)
  return Array.from({ length: count }, (_, place) => Math.round((place * (length - 1)) / (count - 1)))
}
