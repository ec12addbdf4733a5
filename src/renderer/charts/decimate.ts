/** Fewer points, the same image: what is drawn is bounded by the pixels, not by the steps. */

/** The places to draw so that each pixel column shows its first, least, greatest and last value; ascending, no place twice. */
export function thinPlaces(
  xs: ArrayLike<number>,
  ys: ArrayLike<number>,
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

/** At most `count` places of `length`, evenly apart, with the first and the last. */
export function evenPlaces(length: number, count: number): number[] {
  if (length <= count) return Array.from({ length }, (_, place) => place)
  return Array.from({ length: count }, (_, place) => Math.round((place * (length - 1)) / (count - 1)))
}
