/** Smoothing of noisy series. It always comes before decimation: a curve must not change its shape with the window's width. */

/**
 * Exponential mean without the start-up bias (each value divided by the weight seen so far, as Adam does).
 * `weight` in [0, 1) is the share of the past; 0 gives the values themselves. Values that are not finite carry nothing.
 */
export function smooth(values: ArrayLike<number>, weight: number): Float64Array {
  const smoothed = new Float64Array(values.length)
  let sum = 0
  let seen = 0
  for (let place = 0; place < values.length; place++) {
    const value = values[place] ?? Number.NaN
    if (Number.isFinite(value)) {
      sum = weight * sum + (1 - weight) * value
      seen = weight * seen + (1 - weight)
    }
    smoothed[place] = seen === 0 ? Number.NaN : sum / seen
  }
  return smoothed
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
export function rollingRange(
  values: ArrayLike<number>,
  window: number,
): { low: Float64Array; high: Float64Array } {
  return {
    low: rolling(values, window, (a, b) => a <= b),
    high: rolling(values, window, (a, b) => a >= b),
  }
}

/** A queue of places whose values only get worse: its head is the extreme of the window. */
function rolling(
  values: ArrayLike<number>,
  window: number,
  wins: (a: number, b: number) => boolean,
): Float64Array {
  const queue = new Uint32Array(values.length)
  const extremes = new Float64Array(values.length)
  let head = 0
  let end = 0
  for (let place = 0; place < values.length; place++) {
    const value = values[place] ?? Number.NaN
    if (Number.isFinite(value)) {
      while (end > head && wins(value, values[queue[end - 1] ?? 0] ?? value)) end--
      queue[end++] = place
    }
    while (head < end && (queue[head] ?? 0) <= place - window) head++
    extremes[place] = head < end ? (values[queue[head] ?? 0] ?? Number.NaN) : Number.NaN
  }
  return extremes
}
