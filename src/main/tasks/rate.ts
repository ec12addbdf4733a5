/** How fast something goes and when it will be done, steady enough to be read. */

export interface Rate {
  /** `done` so far at `atMs`. */
  observe(done: number, atMs: number): void
  /** Forgets everything: what is counted from now on is something else. */
  restart(): void
  perSecond(): number | null
  /** Milliseconds until `total`; null while it is unknown. */
  etaMs(total: number | null): number | null
}

/** An observation has lost about two thirds of its weight after this long. */
const memoryMs = 4000

/** Exponentially weighted over time, so that many small reports count as much as one large. */
export function createRate(): Rate {
  let last: { done: number; atMs: number } | null = null
  let smoothed: number | null = null
  return {
    observe(done, atMs) {
      if (last === null || done < last.done) {
        last = { done, atMs }
        smoothed = null
        return
      }
      const elapsedMs = atMs - last.atMs
      if (elapsedMs <= 0) return
      const current = ((done - last.done) / elapsedMs) * 1000
      const weight = 1 - Math.exp(-elapsedMs / memoryMs)
      smoothed = smoothed === null ? current : smoothed + (current - smoothed) * weight
      last = { done, atMs }
    },
    restart() {
      last = null
      smoothed = null
    },
    perSecond: () => smoothed,
    etaMs(total) {
      if (total === null || last === null || smoothed === null || smoothed <= 0) return null
      return Math.max(0, ((total - last.done) / smoothed) * 1000)
    },
  }
}
