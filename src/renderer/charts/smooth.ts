/** Smoothing of noisy series. It always comes before decimation: a curve must not change its shape with the window's width. */

/**
 * Exponential mean without the start-up bias (each value divided by the weight seen so far, as Adam does).
 * `weight` in [0, 1) is the share of the past; 0 gives the values themselves. Values that are not finite carry nothing.
 */
export function smooth(values: readonly number[], weight: number): number[] {
  const mean = new ExponentialMean(weight)
  return values.map((value) => mean.next(value))
}

/** The same, one value at a time: a live curve grows without going over its past again. */
class ExponentialMean {
  #sum = 0
  #seen = 0
  readonly #weight: number

  constructor(weight: number) {
    this.#weight = weight
  }

  next(value: number): number {
    if (Number.isFinite(value)) {
      this.#sum = this.#weight * this.#sum + (1 - this.#weight) * value
      this.#seen = this.#weight * this.#seen + (1 - this.#weight)
    }
    return this.#seen === 0 ? Number.NaN : this.#sum / this.#seen
  }
}

/**
 * How much of the past the line keeps: 0.86 (seven steps) for the usual 500; a two-hundredth of a longer run, so that
 * its line is a line; less of a short one, which has no steps to average over.
 */
export function smoothingFor(stepCount: number): number {
  if (stepCount < 50) return 0.4
  if (stepCount < 200) return 0.7
  const averaged = Math.max(7, stepCount / 200)
  return Number((1 - 1 / averaged).toFixed(averaged > 100 ? 4 : 2))
}

/** Over how many steps the band's least and greatest are taken: ten of the usual 500. */
export function bandWindowFor(stepCount: number): number {
  return Math.max(3, Math.min(10, Math.round(stepCount / 20)), Math.round(stepCount / 200))
}

/** Least and greatest of the `window` values that end at each place. Linear in the number of values. */
export function rollingRange(values: readonly number[], window: number): { low: number[]; high: number[] } {
  return {
    low: rolling(values, window, (a, b) => a <= b),
    high: rolling(values, window, (a, b) => a >= b),
  }
}

/** A queue of places whose values only get worse: its head is the extreme of the window. */
function rolling(
  values: readonly number[],
  window: number,
  wins: (a: number, b: number) => boolean,
): number[] {
  const queue: number[] = []
  let head = 0
  return values.map((value, place) => {
    if (Number.isFinite(value)) {
      while (queue.length > head && wins(value, values[queue[queue.length - 1] ?? 0] ?? value)) queue.pop()
      queue.push(place)
    }
    while (head < queue.length && (queue[head] ?? 0) <= place - window) head++
    const best = queue[head]
    return best === undefined ? Number.NaN : (values[best] ?? Number.NaN)
  })
}
