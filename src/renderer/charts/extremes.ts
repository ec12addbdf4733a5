/** Least and greatest of any stretch of a curve in a few steps, whatever its length: a frame of a zoom costs as much as it has pixels. */

const fanOut = 8

export class Extremes {
  /** The values, then those of every eight of the level below. NaN where there is none. */
  readonly #lows: readonly Float64Array[]
  readonly #highs: readonly Float64Array[]
  /** Of the last `find`. */
  low = Number.NaN
  high = Number.NaN

  get length(): number {
    return this.#lows[0]?.length ?? 0
  }

  /** `lows` and `highs` are as long, and the same where one curve stands for itself. */
  constructor(lows: Float64Array, highs: Float64Array = lows) {
    this.#lows = levels(lows, (a, b) => b < a)
    this.#highs = levels(highs, (a, b) => b > a)
  }

  /** Sets `low` and `high` to those of the places [from, to); NaN where there is no value. Answers whether there is one. */
  find(from: number, to: number): boolean {
    this.low = extreme(this.#lows, from, to, false)
    this.high = extreme(this.#highs, from, to, true)
    return this.low === this.low && this.high === this.high
  }
}

function levels(values: Float64Array, wins: (held: number, value: number) => boolean): Float64Array[] {
  const found = [values]
  for (let below = values; below.length > fanOut;) {
    const level = new Float64Array(Math.ceil(below.length / fanOut)).fill(Number.NaN)
    for (let place = 0; place < below.length; place++) {
      const value = below[place] ?? Number.NaN
      const group = Math.floor(place / fanOut)
      const held = level[group] ?? Number.NaN
      if (Number.isNaN(held) ? !Number.isNaN(value) : wins(held, value)) level[group] = value
    }
    found.push(level)
    below = level
  }
  return found
}

function extreme(levelsOf: readonly Float64Array[], from: number, to: number, greatest: boolean): number {
  let best = greatest ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
  let first = from
  let end = to
  for (const level of levelsOf) {
    // the ends that fill no group; what is between them is asked of the level above
    while (first < end && (first % fanOut !== 0 || level === levelsOf[levelsOf.length - 1])) {
      const value = level[first++] ?? Number.NaN
      if (greatest ? value > best : value < best) best = value
    }
    while (first < end && end % fanOut !== 0) {
      const value = level[--end] ?? Number.NaN
      if (greatest ? value > best : value < best) best = value
    }
    if (first >= end) break
    first /= fanOut
    end /= fanOut
  }
  return Number.isFinite(best) ? best : Number.NaN
}
